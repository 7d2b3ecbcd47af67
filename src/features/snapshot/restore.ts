/** Reads a snapshot into an empty store, and hands out what belongs beside it. */
import type { BlobStore, StagedBlob } from '../../store/blob-store.ts';
import type { Store } from '../../store/store.ts';
import { ByteSource } from './byte-source.ts';
import { FRAME_BYTES, type OnProgress, type SnapshotCounts, type SnapshotHeader } from './format.ts';
import { FrameReader } from './frame-reader.ts';
import {
  BLOB,
  decodeBlobHead,
  decodeFileHead,
  decodeRowHead,
  FILE,
  HEAD_BYTES,
  ROW,
  type SnapshotFile,
} from './items.ts';
import { isObjectRow } from './object-rows.ts';
import { RowImport } from './row-import.ts';
import { SnapshotError } from './snapshot-error.ts';

/** Most bytes of a file beside the store. */
const FILE_LIMIT = 16 * 1024 ** 2;

export interface Restored {
  readonly header: SnapshotHeader;
  readonly counts: SnapshotCounts;
  readonly files: readonly SnapshotFile[];
}

/**
 * @param file the snapshot, from its beginning
 * @param store empty; when this rejects it holds a part, and is to be thrown away
 * @throws SnapshotError for what is cut, damaged or no snapshot; StoreError
 */
export async function restoreSnapshot(
  file: AsyncIterable<Buffer>,
  store: Store,
  onProgress: OnProgress = () => undefined,
): Promise<Restored> {
  const frames = new FrameReader(file);
  try {
    const header = await frames.header();
    const items = new ByteSource(frames.frames());
    const reading = new Reading(items, store, (done) => onProgress(done, header));
    const files = await reading.run().catch(async (error) => {
      await reading.abort();
      throw error;
    });
    const { counts } = frames;
    if (counts === undefined || !sameCounts(counts, reading.counts)) throw inconsistent();
    return { header, counts, files };
  } catch (error) {
    await frames.cancel();
    throw error;
  }
}

class Reading {
  readonly #items: ByteSource;
  readonly #blobs: BlobStore;
  readonly #rows: RowImport;
  readonly #onProgress: (done: SnapshotCounts) => void;
  readonly #files: SnapshotFile[] = [];
  readonly counts: { -readonly [name in keyof SnapshotCounts]: number } = { rows: 0, objects: 0, blobs: 0, bytes: 0 };
  #lastKey: Buffer = Buffer.alloc(0);

  constructor(items: ByteSource, store: Store, onProgress: (done: SnapshotCounts) => void) {
    this.#items = items;
    this.#blobs = store.blobs;
    this.#rows = new RowImport(store);
    this.#onProgress = onProgress;
  }

  /** @returns the files beside the store */
  async run(): Promise<SnapshotFile[]> {
    for (;;) {
      const kind = (await this.#items.some(1))?.[0];
      if (kind === undefined) break;
      if (kind === ROW) await this.#row();
      else if (kind === BLOB) await this.#blob();
      else if (kind === FILE) await this.#file();
      else throw inconsistent();
      this.#onProgress(this.counts);
    }
    await this.#rows.finish();
    return this.#files;
  }

  abort(): Promise<void> {
    return this.#rows.abort();
  }

  async #row(): Promise<void> {
    const { keyBytes, valueBytes, blob } = decodeRowHead(await this.#read(HEAD_BYTES[ROW]));
    // Copies: what they came in is larger than they are, and the commit that takes them is yet to come.
    const key = Buffer.from(await this.#read(keyBytes));
    const value = Buffer.from(await this.#read(valueBytes));
    if (Buffer.compare(key, this.#lastKey) <= 0) throw inconsistent();
    this.#lastKey = key;
    await this.#rows.addRow(key, value, blob);
    this.counts.rows += 1;
    if (isObjectRow(key)) this.counts.objects += 1;
  }

  async #blob(): Promise<void> {
    const { number, size, isShared } = decodeBlobHead(await this.#read(HEAD_BYTES[BLOB]));
    await this.#rows.addBlob(number, isShared, await this.#body(size));
    this.counts.blobs += 1;
  }

  async #body(size: number): Promise<StagedBlob> {
    if (size <= this.#blobs.stageLimit) {
      const body = Buffer.from(await this.#read(size));
      this.counts.bytes += size;
      return this.#blobs.stage(body);
    }
    const writer = await this.#blobs.create(size);
    try {
      for (let left = size; left > 0; ) {
        const piece = await this.#items.some(Math.min(left, FRAME_BYTES));
        if (piece === undefined) throw inconsistent();
        await writer.write(piece);
        left -= piece.length;
        this.counts.bytes += piece.length;
        this.#onProgress(this.counts);
      }
      return await writer.finish();
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  async #file(): Promise<void> {
    const { nameBytes, bytes } = decodeFileHead(await this.#read(HEAD_BYTES[FILE]));
    if (bytes > FILE_LIMIT) throw inconsistent();
    const name = (await this.#read(nameBytes)).toString();
    this.#files.push({ name, content: Buffer.from(await this.#read(bytes)) });
  }

  async #read(count: number): Promise<Buffer> {
    const bytes = this.#items.tryRead(count) ?? (await this.#items.read(count));
    if (bytes.length < count) throw inconsistent();
    return bytes;
  }
}

function sameCounts(a: SnapshotCounts, b: SnapshotCounts): boolean {
  return a.rows === b.rows && a.objects === b.objects && a.blobs === b.blobs && a.bytes === b.bytes;
}

/** Every frame is whole, and yet it makes no sense: no accident of a disk does that. */
function inconsistent(): SnapshotError {
  return new SnapshotError('the snapshot is whole but does not hold what it should: make a new one');
}
