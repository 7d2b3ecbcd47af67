/** One writer: changes its own objects, and some that it shares with the others, until the server is gone. */
import { type CosClient, Interrupted } from './client.ts';
import type { Random } from './random.ts';
import { KIB, MIB, Session } from './session.ts';
import { PLAIN, SUSPENDED, type Upload, VERSIONED, type World } from './world.ts';
import { MultipartWriter } from './write-multipart.ts';
import { KEYS, PlainWriter } from './write-plain.ts';
import { SuspendedWriter } from './write-suspended.ts';
import { VersionWriter } from './write-versions.ts';

const WEIGHTS = {
  'put small': 24,
  'put large': 8,
  'put shared': 10,
  delete: 8,
  'delete shared': 3,
  'delete several': 3,
  append: 12,
  copy: 8,
  multipart: 6,
  'put version': 14,
  'copy version': 5,
  'multipart version': 4,
  'delete with marker': 4,
  'remove version': 5,
  'remove versions': 2,
  'put null': 10,
  'copy null': 5,
  'multipart null': 4,
  'delete to null marker': 5,
  'remove null': 5,
} as const;

type Kind = keyof typeof WEIGHTS;

export class Writer {
  readonly #session: Session;
  readonly #plain: PlainWriter;
  readonly #versions: VersionWriter;
  readonly #suspended: SuspendedWriter;
  readonly #multipart: MultipartWriter;

  constructor(world: World, client: CosClient, random: Random, number: number) {
    this.#session = new Session(world, client, random, number);
    this.#plain = new PlainWriter(this.#session);
    this.#versions = new VersionWriter(this.#session);
    this.#suspended = new SuspendedWriter(this.#session);
    const writers = { plain: this.#plain, versions: this.#versions, suspended: this.#suspended };
    this.#multipart = new MultipartWriter(this.#session, writers);
  }

  /** Resolves when the server is gone, or after `most` changes. */
  async run(most = Number.POSITIVE_INFINITY): Promise<void> {
    try {
      for (let count = 0; count < most; count++) await this.#step(this.#session.random.weighted(WEIGHTS));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
    }
  }

  #step(kind: Kind): Promise<void> {
    const session = this.#session;
    const { random, name } = session;
    const own = `${name}/k${random.between(1, KEYS)}`;
    const shared = `shared/k${random.between(1, KEYS)}`;
    switch (kind) {
      case 'put small':
        return this.#plain.put(kind, own, session.piece(random.pick([0, 100, 4 * KIB, 64 * KIB, MIB])));
      case 'put large':
        return this.#plain.put(kind, own, session.largePiece());
      case 'put shared':
        return this.#plain.put(kind, shared, session.piece(random.pick([100, 64 * KIB, MIB + 1])));
      case 'delete':
        return this.#plain.delete(kind, own);
      case 'delete shared':
        return this.#plain.delete(kind, shared);
      case 'delete several':
        return this.#plain.deleteSeveral(kind);
      case 'append':
        return this.#plain.append(kind, `${name}/a${random.between(1, 3)}`);
      case 'copy':
        return this.#plain.copy(kind, own);
      case 'multipart':
        return this.#multipart.upload(kind, PLAIN, own);
      case 'put version':
        return this.#versions.put(kind);
      case 'copy version':
        return this.#versions.copy(kind);
      case 'multipart version':
        return this.#multipart.upload(kind, VERSIONED, this.#versions.key().name);
      case 'delete with marker':
        return this.#versions.deleteWithMarker(kind);
      case 'remove version':
        return this.#versions.remove(kind);
      case 'remove versions':
        return this.#versions.removeSeveral(kind);
      case 'put null':
        return this.#suspended.put(kind);
      case 'copy null':
        return this.#suspended.copy(kind);
      case 'multipart null':
        return this.#multipart.upload(kind, SUSPENDED, this.#suspended.key());
      case 'delete to null marker':
        return this.#suspended.deleteWithMarker(kind);
      case 'remove null':
        return this.#suspended.remove(kind);
    }
  }

  /** @throws Interrupted */
  complete(upload: Upload): Promise<void> {
    return this.#multipart.complete(upload);
  }

  /** @throws Interrupted */
  abort(upload: Upload): Promise<void> {
    return this.#multipart.abort(upload);
  }
}
