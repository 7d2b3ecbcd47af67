/** Changes in the bucket without versioning. */
import { hostOf } from './client.ts';
import { bytesOfPiece, lengthOf, type Piece } from './content.ts';
import { deleteAsk } from './delete-ask.ts';
import { KIB, MIB, type Session } from './session.ts';
import { PLAIN } from './world.ts';

/** Keys of one writer, by kind; and those that all share. */
export const KEYS = 12;
/** An appendable object that is longer is deleted instead. bytes */
const APPENDED_MOST = 2 * MIB;

export class PlainWriter {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async put(kind: string, key: string, piece: Piece): Promise<void> {
    await this.#session.change(kind, [piece], key, { method: 'PUT', bucket: PLAIN, key, body: bytesOfPiece(piece) });
  }

  async delete(kind: string, key: string): Promise<void> {
    await this.#session.change(kind, undefined, key, { method: 'DELETE', bucket: PLAIN, key });
  }

  async deleteSeveral(kind: string): Promise<void> {
    const { name, random, world, client } = this.#session;
    const names = [1, 2, 3].map((at) => `${name}/k${((random.between(1, KEYS) + at) % KEYS) + 1}`);
    const keys = [...new Set(names)];
    const changes = keys.map((key) => [world.register(key), world.register(key).begin(undefined)] as const);
    const ask = deleteAsk(
      PLAIN,
      keys.map((key) => ({ key })),
    );
    if (!this.#session.accepted(kind, await client.ask(ask), keys.join())) return;
    for (const [register, change] of changes) register.acknowledge(change);
    world.acknowledged(kind);
  }

  async append(kind: string, key: string): Promise<void> {
    const { world, random } = this.#session;
    const before = world.register(key).settled ?? [];
    const position = lengthOf(before);
    if (position > APPENDED_MOST) {
      await this.delete(kind, key);
      return;
    }
    const piece = this.#session.piece(random.pick([100, 64 * KIB, MIB + 1000]));
    await this.#session.change(kind, [...before, piece], key, {
      method: 'POST',
      bucket: PLAIN,
      key,
      params: { append: '', position: String(position) },
      body: bytesOfPiece(piece),
    });
  }

  async copy(kind: string, key: string): Promise<void> {
    const source = this.sources().filter(([from]) => from !== key);
    if (source.length === 0) return;
    const [from, content] = this.#session.random.pick(source);
    const headers = { 'x-cos-copy-source': `${hostOf(PLAIN)}/${from}` };
    await this.#session.change(kind, content, key, { method: 'PUT', bucket: PLAIN, key, headers });
  }

  /** Its own objects, which nobody else writes. */
  sources(): [key: string, content: readonly Piece[]][] {
    const { world, name } = this.#session;
    const sources: [string, readonly Piece[]][] = [];
    for (let number = 1; number <= KEYS; number++) {
      const from = `${name}/k${number}`;
      const content = world.register(from).settled;
      if (content !== undefined) sources.push([from, content]);
    }
    return sources;
  }
}
