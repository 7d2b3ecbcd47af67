import { expect } from 'vitest';
import type { BlobHandle, BlobRef, StagedBlob } from '../blob-store.ts';
import type { Store } from '../store.ts';
import { bytes, put } from './harness.ts';

/** Chunk sizes of a body that arrives in odd pieces, bytes. */
const ODD = [1, 65_537, 4_095, 0, 262_144, 13, 100_001] as const;

/** Streams a body in odd chunks through one buffer that is used again. */
export async function stream(store: Store, body: Buffer, sizeHint?: number): Promise<StagedBlob> {
  const writer = await store.blobs.create(sizeHint);
  const buffer = Buffer.alloc(Math.max(...ODD));
  for (let at = 0, turn = 0; at < body.length; turn++) {
    const length = body.copy(buffer, 0, at, Math.min(body.length, at + ODD[turn % ODD.length]!));
    await writer.write(buffer.subarray(0, length));
    buffer.fill(0xee, 0, length);
    at += length;
  }
  return writer.finish();
}

/** Attaches a blob to a row and returns its reference, as get and scan tell it. */
export async function attach(store: Store, name: string, blob: StagedBlob | BlobRef): Promise<BlobRef> {
  const key = bytes(name);
  await put(store, { puts: [{ key, value: bytes('v'), blob }] });
  return refOf(store, name);
}

/** The reference on a row; fails when there is none. */
export async function refOf(store: Store, name: string): Promise<BlobRef> {
  const key = bytes(name);
  const [row] = await store.meta.get([key]);
  expect(row?.blob).toBeDefined();
  const page = await store.meta.scan({ from: key, to: Buffer.concat([key, bytes('\0')]), limit: 1 });
  expect(page.rows[0]?.blob).toEqual(row?.blob);
  return row!.blob!;
}

/** Everything behind a handle, read in pieces. */
export async function readAll(handle: BlobHandle, pieceBytes = 100_000): Promise<Buffer> {
  const out = Buffer.alloc(handle.size);
  for (let at = 0; at < out.length; ) {
    const got = await handle.read(at, out.subarray(at, at + pieceBytes));
    expect(got).toBe(Math.min(pieceBytes, out.length - at));
    at += got;
  }
  return out;
}

/** The blob behind a reference, opened, read and closed. */
export async function bodyOf(store: Store, ref: BlobRef): Promise<Buffer> {
  const handle = await store.blobs.open(ref);
  try {
    return await readAll(handle);
  } finally {
    await handle.close();
  }
}

/** Compares without printing megabytes. */
export function expectBody(actual: Buffer, wanted: Buffer): void {
  expect(actual.length).toBe(wanted.length);
  expect(actual.equals(wanted)).toBe(true);
}

/** Expects these live blobs and no orphan, once the store has settled. */
export async function expectUsage(store: Store, liveBlobs: number, liveBytes: number): Promise<void> {
  for (let attempt = 0; attempt < 50 && (await store.blobs.usage()).orphans > 0; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await store.blobs.usage()).toMatchObject({ liveBlobs, liveBytes, orphans: 0 });
}
