/** Reads a snapshot without a store: what is in it, and whether it is whole. */
import { ByteSource } from './byte-source.ts';
import type { OnProgress, SnapshotCounts } from './format.ts';
import { FrameReader } from './frame-reader.ts';
import { BLOB, decodeBlobHead, decodeFileHead, decodeRowHead, FILE, HEAD_BYTES, ROW } from './items.ts';
import { isObjectRow } from './object-rows.ts';
import { SnapshotError } from './snapshot-error.ts';

/** @throws SnapshotError for what is cut, damaged or no snapshot; what `file` throws */
export async function inspectSnapshot(
  file: AsyncIterable<Buffer>,
  onProgress: OnProgress = () => undefined,
): Promise<SnapshotCounts> {
  const frames = new FrameReader(file);
  const counts = { rows: 0, objects: 0, blobs: 0, bytes: 0 };
  try {
    const header = await frames.header();
    const items = new ByteSource(frames.frames());
    for (let kind = await items.some(1); kind !== undefined; kind = await items.some(1)) {
      if (kind[0] === ROW) {
        const { keyBytes, valueBytes } = decodeRowHead(await items.read(HEAD_BYTES[ROW]));
        counts.rows += 1;
        if (isObjectRow(await items.read(keyBytes))) counts.objects += 1;
        await skip(items, valueBytes, () => undefined);
      } else if (kind[0] === BLOB) {
        const { size } = decodeBlobHead(await items.read(HEAD_BYTES[BLOB]));
        counts.blobs += 1;
        await skip(items, size, (bytes) => {
          counts.bytes += bytes;
          onProgress(counts, header);
        });
      } else if (kind[0] === FILE) {
        const { nameBytes, bytes } = decodeFileHead(await items.read(HEAD_BYTES[FILE]));
        await skip(items, nameBytes + bytes, () => undefined);
      } else throw strange();
      onProgress(counts, header);
    }
  } catch (error) {
    await frames.cancel();
    throw error instanceof RangeError ? strange() : error;
  }
  return frames.counts ?? counts;
}

async function skip(items: ByteSource, count: number, onBytes: (bytes: number) => void): Promise<void> {
  for (let left = count; left > 0; ) {
    const piece = await items.some(left);
    if (piece === undefined) throw strange();
    left -= piece.length;
    onBytes(piece.length);
  }
}

function strange(): SnapshotError {
  return new SnapshotError('the snapshot is whole but does not hold what it should: make a new one');
}
