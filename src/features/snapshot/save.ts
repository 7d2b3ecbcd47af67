/**
 * Writes the state of a server as a snapshot: the rows of one moment, and the blobs they name. Writers go on meanwhile
 * and wait for nothing; what they drop is freed once the snapshot is done.
 */
import { afterPrefix } from '../../model/keys.ts';
import type { Pins } from '../../model/pins.ts';
import { mapRefs, mayOutlive, refsIn, SHARING_SPACES } from '../../model/records/blob-refs.ts';
import type { BlobRef, BlobStore } from '../../store/blob-store.ts';
import type { Row } from '../../store/meta-store.ts';
import { type RowsView, rowsOf } from '../../store/rows-view.ts';
import { type Store, StoreError } from '../../store/store.ts';
import { FRAME_BYTES, type SnapshotCounts, type SnapshotHeader } from './format.ts';
import { FrameWriter } from './frame-writer.ts';
import { encodeBlobHead, encodeFile, encodeRow, GONE, numberRef, type SnapshotFile } from './items.ts';
import { isObjectRow } from './object-rows.ts';
import { SnapshotError } from './snapshot-error.ts';

export interface SaveOptions {
  readonly services: { readonly store: Store; readonly pins: Pins };
  readonly header: Omit<SnapshotHeader, 'estimate'>;
  /** What stands beside the store. Read once the rows are held. */
  readonly files: () => Promise<readonly SnapshotFile[]>;
}

/** Rows after which others get a turn. */
const TURN_ROWS = 128;
const FIRST_KEY = Buffer.from([0]);
const BEHIND_ALL = Buffer.from([0xff]);

/**
 * @returns the file, piece by piece: nothing is read ahead of who takes them. Ending early gives everything back.
 * @throws StoreError; SnapshotError when a body cannot be read
 */
export async function* saveSnapshot({ services, header, files }: SaveOptions): AsyncGenerator<Buffer> {
  const { store, pins } = services;
  const release = await pins.holdAll();
  let view: RowsView | undefined;
  try {
    view = await store.view();
    const { liveBlobs, liveBytes } = await store.blobs.usage();
    const frames = new FrameWriter();
    yield frames.start({ ...header, estimate: { blobs: liveBlobs, bytes: liveBytes } });
    for (const file of await files()) frames.put(encodeFile(file));
    yield* new Saving(store.blobs, view, frames).run();
  } finally {
    view?.close();
    release();
  }
}

class Saving {
  readonly #blobs: BlobStore;
  readonly #view: RowsView;
  readonly #frames: FrameWriter;
  /** Numbers of the blobs that several rows may name; 0 before they were written. */
  readonly #shared = new Map<string, number>();
  readonly #counts: { -readonly [name in keyof SnapshotCounts]: number } = { rows: 0, objects: 0, blobs: 0, bytes: 0 };

  constructor(blobs: BlobStore, view: RowsView, frames: FrameWriter) {
    this.#blobs = blobs;
    this.#view = view;
    this.#frames = frames;
  }

  async *run(): AsyncGenerator<Buffer> {
    await this.#findShared();
    const frames = this.#frames;
    for await (const row of rowsOf(this.#view, FIRST_KEY, BEHIND_ALL)) {
      const refs = refsIn(row.key, row.value);
      for (const ref of refs) yield* this.#sharedBlob(row, ref);
      const blob = row.blob === undefined ? 0 : yield* this.#ownBlob(row, row.blob);
      const value = refs.length === 0 ? row.value : mapRefs(row.key, row.value, (ref) => this.#number(ref));
      frames.put(encodeRow(row.key, value, blob));
      this.#counts.rows += 1;
      if (isObjectRow(row.key)) this.#counts.objects += 1;
      if (frames.isFull) yield* frames.take();
      if (this.#counts.rows % TURN_ROWS === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    yield* frames.end(this.#counts);
  }

  async #findShared(): Promise<void> {
    for (const space of SHARING_SPACES) {
      const from = Buffer.from(space);
      for await (const row of rowsOf(this.#view, from, afterPrefix(from))) {
        for (const ref of refsIn(row.key, row.value)) this.#shared.set(nameOf(ref), 0);
        if (row.blob !== undefined) this.#shared.set(nameOf(row.blob), 0);
      }
    }
  }

  #number(ref: BlobRef): BlobRef {
    const number = this.#shared.get(nameOf(ref));
    return number === undefined || number === 0 ? GONE : numberRef(number);
  }

  /** @returns its number */
  async *#ownBlob(row: Row, ref: BlobRef): AsyncGenerator<Buffer, number> {
    if (!this.#shared.has(nameOf(ref))) return yield* this.#blob(row, ref, false);
    yield* this.#sharedBlob(row, ref);
    return this.#shared.get(nameOf(ref))!;
  }

  async *#sharedBlob(row: Row, ref: BlobRef): AsyncGenerator<Buffer> {
    if (this.#shared.get(nameOf(ref)) !== 0) return;
    try {
      this.#shared.set(nameOf(ref), yield* this.#blob(row, ref, true));
    } catch (error) {
      if (!(error instanceof MissingBlob && mayOutlive(row.key))) throw error;
    }
  }

  /** @returns its number @throws SnapshotError */
  async *#blob(row: Row, ref: BlobRef, isShared: boolean): AsyncGenerator<Buffer, number> {
    const frames = this.#frames;
    const number = this.#counts.blobs + 1;
    const whole = await this.#reading(row, async () => {
      const handle = await this.#blobs.open(ref);
      if (handle.size > this.#blobs.stageLimit) return handle;
      await handle.close();
      // Small ones are checked by the engine when they are loaded whole.
      return this.#blobs.load(ref);
    });
    if (Buffer.isBuffer(whole)) {
      frames.put(encodeBlobHead(number, whole.length, isShared));
      frames.put(whole);
      this.#counted(whole.length);
      if (frames.isFull) yield* frames.take();
      return number;
    }
    try {
      frames.put(encodeBlobHead(number, whole.size, isShared));
      const piece = Buffer.allocUnsafe(FRAME_BYTES);
      for (let at = 0; at < whole.size; ) {
        const read = await this.#reading(row, () => whole.read(at, piece));
        frames.put(piece.subarray(0, read));
        at += read;
        if (frames.isFull) yield* frames.take();
      }
    } finally {
      await whole.close();
    }
    this.#counted(whole.size);
    return number;
  }

  #counted(bytes: number): void {
    this.#counts.blobs += 1;
    this.#counts.bytes += bytes;
  }

  async #reading<T>(row: Row, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof StoreError) || (error.kind !== 'missing' && error.kind !== 'damaged')) throw error;
      const which = `the body of the row ${JSON.stringify(row.key.toString('latin1'))} is ${error.kind}`;
      const message = `${which}: ${error.message}. Stop the server and look at its folder with \`cosette doctor\``;
      throw error.kind === 'missing' ? new MissingBlob(message, { cause: error }) : new SnapshotError(message);
    }
  }
}

class MissingBlob extends SnapshotError {}

const nameOf = (ref: BlobRef): string => ref.toString('latin1');
