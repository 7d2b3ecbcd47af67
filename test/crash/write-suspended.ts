/** Changes in the bucket whose versioning was enabled and then suspended: writes replace the null version alone. */
import { type Ask, type CosClient, hostOf } from './client.ts';
import { bytesOfPiece, type Content } from './content.ts';
import { type History, NULL_ID, type Versions, withNull, without } from './history.ts';
import { KIB, MIB, type Session } from './session.ts';
import { SUSPENDED, type World } from './world.ts';

const KEYS = 4;

export class SuspendedWriter {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  key(): string {
    return `${this.#session.name}/s${this.#session.random.between(1, KEYS)}`;
  }

  async put(kind: string): Promise<void> {
    const piece = this.#session.piece(this.#session.random.pick([100, 32 * KIB, MIB + 1000]));
    const key = this.key();
    await this.write(kind, key, [piece], { method: 'PUT', bucket: SUSPENDED, key, body: bytesOfPiece(piece) });
  }

  /** Brings any version of one key back as the null version of another or of the same. */
  async copy(kind: string): Promise<void> {
    const { world, random } = this.#session;
    const from = this.key();
    const versions = world.history(from).versions.filter(({ value }) => value !== undefined);
    if (versions.length === 0) return;
    const { id, value } = random.pick(versions);
    const headers = { 'x-cos-copy-source': `${hostOf(SUSPENDED)}/${from}?versionId=${id}` };
    const key = this.key();
    await this.write(kind, key, value, { method: 'PUT', bucket: SUSPENDED, key, headers });
  }

  async deleteWithMarker(kind: string): Promise<void> {
    const key = this.key();
    await this.write(kind, key, undefined, { method: 'DELETE', bucket: SUSPENDED, key });
  }

  /** Removes the null version mostly, now and then an older one for good. */
  async remove(kind: string): Promise<void> {
    const { world, random } = this.#session;
    const key = this.key();
    const history = world.history(key);
    if (history.versions.length === 0) return;
    const id = random.next() < 0.9 ? NULL_ID : random.pick(history.versions).id;
    const ask = { method: 'DELETE', bucket: SUSPENDED, key, params: { versionId: id } };
    await this.#change(kind, key, history, without(history.versions, id), ask);
  }

  /** Whatever makes a null version. @param value undefined: a delete marker @returns whether it was made @throws Interrupted */
  write(kind: string, key: string, value: Content, ask: Ask): Promise<boolean> {
    const history = this.#session.world.history(key);
    return this.#change(kind, key, history, withNull(history.versions, value), ask);
  }

  async #change(kind: string, key: string, history: History, after: Versions, ask: Ask): Promise<boolean> {
    history.begin(after);
    if (!this.#session.accepted(kind, await this.#session.client.ask(ask), key)) {
      history.refuse();
      return false;
    }
    history.acknowledge();
    this.#session.world.acknowledged(kind);
    return true;
  }
}

/** One more version of each writer's keys, while the bucket is not suspended. @throws Error */
export async function writeUnder(world: World, client: CosClient, writers: number): Promise<void> {
  for (let writer = 0; writer < writers; writer++) {
    for (let number = 1; number <= KEYS; number++) {
      const key = `w${writer}/s${number}`;
      const history = world.history(key);
      const value = [world.newPiece(10 * KIB)];
      const answer = await client.ask({ method: 'PUT', bucket: SUSPENDED, key, body: bytesOfPiece(value[0]!) });
      if (answer.status !== 200) throw new Error(`writing ${key}: ${answer.status}`);
      const id = answer.headers['x-cos-version-id'];
      history.settle(typeof id === 'string' ? [{ id, value }, ...history.versions] : withNull(history.versions, value));
    }
  }
}
