/** Changes in the bucket whose versioning is enabled: each adds a version, or removes some for good. */
import { type Ask, hostOf } from './client.ts';
import { bytesOfPiece, type Content } from './content.ts';
import { deleteAsk } from './delete-ask.ts';
import { KIB, MIB, type Session } from './session.ts';
import { VERSIONED, type VersionedKey } from './world.ts';

const KEYS = 4;

export class VersionWriter {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  key(): VersionedKey {
    const { world, name, random } = this.#session;
    return world.versionedKey(`${name}/v${random.between(1, KEYS)}`);
  }

  async put(kind: string): Promise<void> {
    const piece = this.#session.piece(this.#session.random.pick([100, 32 * KIB, MIB + 1000]));
    const key = this.key();
    await this.write(kind, key, [piece], { ...at(key), method: 'PUT', body: bytesOfPiece(piece) });
  }

  /** Makes an older version the newest, or takes one of another key. */
  async copy(kind: string): Promise<void> {
    const from = this.key();
    const versions = from.versions.filter(({ value }) => value !== undefined);
    if (versions.length === 0) return;
    const { id, value } = this.#session.random.pick(versions);
    const headers = { 'x-cos-copy-source': `${hostOf(VERSIONED)}/${from.name}?versionId=${id}` };
    const key = this.key();
    await this.write(kind, key, value, { ...at(key), method: 'PUT', headers });
  }

  async deleteWithMarker(kind: string): Promise<void> {
    const key = this.key();
    await this.write(kind, key, undefined, { ...at(key), method: 'DELETE' });
  }

  /** Whatever adds a version. @param value undefined: a delete marker @returns whether it was made @throws Interrupted */
  async write(kind: string, key: VersionedKey, value: Content, ask: Ask): Promise<boolean> {
    const { world, client } = this.#session;
    key.unresolved.push(value);
    const answer = await client.ask(ask);
    const accepted = this.#session.accepted(kind, answer, key.name);
    key.unresolved.pop();
    if (!accepted) return false;
    const id = answer.headers['x-cos-version-id'];
    if (typeof id !== 'string') {
      world.report('unexpected', `${kind} ${key.name}: no version id`);
      return true;
    }
    key.versions.push({ id, value, removing: false, compared: false });
    world.acknowledged(kind);
    return true;
  }

  async remove(kind: string): Promise<void> {
    const { client, random } = this.#session;
    const key = this.key();
    if (key.versions.length === 0) return;
    const { id } = random.pick(key.versions);
    await this.#remove(kind, key, [id], () => client.ask({ ...at(key), method: 'DELETE', params: { versionId: id } }));
  }

  /** Up to three versions of one key with one request. */
  async removeSeveral(kind: string): Promise<void> {
    const { client, random } = this.#session;
    const key = this.key();
    if (key.versions.length < 2) return;
    const ids = [...new Set([1, 2, 3].map(() => random.pick(key.versions).id))];
    const targets = ids.map((versionId) => ({ key: key.name, versionId }));
    await this.#remove(kind, key, ids, () => client.ask(deleteAsk(VERSIONED, targets)));
  }

  async #remove(
    kind: string,
    key: VersionedKey,
    ids: readonly string[],
    ask: () => ReturnType<Session['client']['ask']>,
  ): Promise<void> {
    const entries = key.versions.filter(({ id }) => ids.includes(id));
    for (const entry of entries) entry.removing = true;
    if (!this.#session.accepted(kind, await ask(), key.name)) return;
    key.versions = key.versions.filter((entry) => !entries.includes(entry));
    for (const { id } of entries) key.removed.add(id);
    this.#session.world.acknowledged(kind);
  }
}

function at({ name }: VersionedKey): Pick<Ask, 'bucket' | 'key'> {
  return { bucket: VERSIONED, key: name };
}
