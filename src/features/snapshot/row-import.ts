/**
 * Writes rows and blobs of a snapshot into an empty store. References come into being when a blob is attached to a row:
 * a blob with one row is attached to it; one that several may name is attached to a row of its own first, which goes as
 * soon as the reference is known.
 */
import { mapRefs, refsIn } from '../../model/records/blob-refs.ts';
import type { BlobRef, StagedBlob } from '../../store/blob-store.ts';
import type { Commit, Put } from '../../store/meta-store.ts';
import { STORE_LIMITS, type Store } from '../../store/store.ts';
import { GONE, numberOf } from './items.ts';
import { SnapshotError } from './snapshot-error.ts';

/** Commits under way at a time. */
const PARALLEL = 4;
/** Bytes of bodies that wait in memory for one commit. */
const STAGED_BYTES = 4 * 1024 ** 2;
const COMMIT_BYTES = STORE_LIMITS.commitBytes / 2;
const NOTHING = Buffer.alloc(0);

export class RowImport {
  readonly #store: Store;
  #puts: Put[] = [];
  #bytes = 0;
  #stagedBytes = 0;
  /** The blob of the next row. */
  #own: { readonly number: number; readonly blob: StagedBlob } | undefined;
  #waiting: { readonly number: number; readonly blob: StagedBlob }[] = [];
  #waitingBytes = 0;
  readonly #refs = new Map<number, BlobRef>();
  readonly #running = new Set<Promise<void>>();
  #failure: unknown;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param isShared several rows may name it; else the next row does @throws StoreError */
  async addBlob(number: number, isShared: boolean, blob: StagedBlob): Promise<void> {
    if (!isShared) {
      await this.#discardOwn();
      this.#own = { number, blob };
      return;
    }
    this.#waiting.push({ number, blob });
    this.#waitingBytes += blob.size;
    if (this.#waiting.length === STORE_LIMITS.commitKeys || this.#waitingBytes >= STAGED_BYTES) await this.#attach();
  }

  /** @throws SnapshotError for a row that names a blob which is not there; StoreError */
  async addRow(key: Buffer, value: Buffer, blob: number): Promise<void> {
    const refs = refsIn(key, value);
    const namesOther = refs.length > 0 || (blob !== 0 && blob !== this.#own?.number);
    if (namesOther && this.#waiting.length > 0) await this.#attach();
    const put = { key, value: refs.length === 0 ? value : mapRefs(key, value, (ref) => this.#refOf(ref)) };
    const attached = blob === 0 ? undefined : this.#blobOf(blob);
    const bytes = key.length + put.value.length;
    if (this.#puts.length === STORE_LIMITS.commitKeys || this.#bytes + bytes > COMMIT_BYTES) await this.#flush();
    this.#puts.push(attached === undefined ? put : { ...put, blob: attached });
    this.#bytes += bytes;
    if (attached !== undefined && !Buffer.isBuffer(attached)) this.#stagedBytes += (attached as StagedBlob).size;
    if (this.#stagedBytes >= STAGED_BYTES) await this.#flush();
  }

  /** Resolves when all of it is durable. */
  async finish(): Promise<void> {
    if (this.#waiting.length > 0 || this.#own !== undefined) {
      throw new SnapshotError('the snapshot holds bodies that no row names: make a new one');
    }
    await this.#flush();
    await Promise.all(this.#running);
    this.#assertWell();
  }

  /** Gives up, once nothing is under way any more. */
  async abort(): Promise<void> {
    await Promise.all(this.#running);
  }

  #blobOf(number: number): StagedBlob | BlobRef {
    const own = this.#own;
    if (own?.number === number) {
      this.#own = undefined;
      return own.blob;
    }
    const ref = this.#refs.get(number);
    if (ref === undefined) throw unknown(number);
    return ref;
  }

  #refOf(named: BlobRef): BlobRef {
    const number = numberOf(named);
    if (number === 0) return GONE;
    const ref = number === undefined ? undefined : this.#refs.get(number);
    if (ref === undefined) throw unknown(number ?? 0);
    return ref;
  }

  async #discardOwn(): Promise<void> {
    if (this.#own !== undefined) await this.#store.blobs.discard(this.#own.blob);
    this.#own = undefined;
  }

  async #attach(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const { meta } = this.#store;
    // Before every row there is: those begin with a letter.
    const keys = waiting.map(({ number }) => Buffer.from(`\0${number}`, 'latin1'));
    await committed(this.#store, { puts: waiting.map(({ blob }, at) => ({ key: keys[at]!, value: NOTHING, blob })) });
    for (const [at, row] of (await meta.get(keys)).entries()) {
      this.#refs.set(waiting[at]!.number, Buffer.from(row!.blob!));
    }
    await committed(this.#store, { deletes: keys });
  }

  async #flush(): Promise<void> {
    const puts = this.#puts;
    this.#puts = [];
    this.#bytes = 0;
    this.#stagedBytes = 0;
    if (puts.length === 0) return;
    if (this.#running.size >= PARALLEL) await Promise.race(this.#running);
    this.#assertWell();
    const run: Promise<void> = committed(this.#store, { puts })
      .catch((error) => {
        this.#failure ??= error;
      })
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  #assertWell(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

async function committed(store: Store, commit: Commit): Promise<void> {
  const result = await store.meta.commit(commit);
  if (!result.ok) throw new Error('A commit without conditions was refused');
}

function unknown(number: number): SnapshotError {
  return new SnapshotError(`the snapshot names the body ${number}, which it does not hold: make a new one`);
}
