/**
 * The bytes of a version, wherever they lie: one blob, or the extents of a manifest read as one run of bytes.
 */

import { CosError } from '../errors/cos-error.ts';
import type { ContentCipher } from '../features/encryption/cipher.ts';
import type { BlobHandle, BlobRef } from '../store/blob-store.ts';
import { StoreError } from '../store/store.ts';
import { ownerOf } from './deletions.ts';
import { extentKey } from './keys.ts';
import type { ByteRange } from './range.ts';
import { unpackExtents } from './records/extents.ts';
import type { Manifest, ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';
import type { Version } from './versions.ts';

export interface Content {
  /** bytes */
  readonly size: number;
  /** Fills `target` from `position`; resolves to the bytes read, fewer than asked only at the end. Calls may overlap. */
  read(position: number, target: Buffer): Promise<number>;
  close(): Promise<void>;
}

/** Bodies up to this size are read whole (and may come from the engine's cache). bytes */
export const WHOLE_READ_BYTES = 256 * 1024;

/** The whole body of a small single-blob version; undefined when it must be read through `openContent`. */
export function loadSmall(
  services: Services,
  { row, record }: Version,
  cipher?: ContentCipher,
): Buffer | Promise<Buffer> | undefined {
  if (record.manifest !== undefined) return undefined;
  if (record.size === 0) return EMPTY;
  if (record.size > Math.min(WHOLE_READ_BYTES, services.store.blobs.stageLimit)) return undefined;
  if (row.blob === undefined) return undefined;
  const stored = services.store.blobs.load(row.blob);
  if (cipher === undefined) return stored;
  const nonce = nonceOf(record);
  return Promise.resolve(stored).then((bytes) => cipher.start(nonce, 0).update(bytes));
}

function nonceOf({ attributes }: ObjectRecord): Buffer {
  const nonce = attributes.extra?.nonce;
  if (nonce === undefined) throw new StoreError('damaged', 'an encrypted body without a nonce');
  return nonce;
}

/** Slices of a block that is deciphered; larger ones took longer a byte. bytes */
const CIPHER_SLICE = 64 * 1024;

/** A handle that deciphers what it reads. */
function deciphered(handle: BlobHandle, cipher: ContentCipher, nonce: Buffer): BlobHandle {
  return {
    size: handle.size,
    async read(position, target) {
      const read = await handle.read(position, target);
      const stream = cipher.start(nonce, position);
      for (let at = 0; at < read; at += CIPHER_SLICE) {
        stream.update(target.subarray(at, Math.min(read, at + CIPHER_SLICE))).copy(target, at);
      }
      return read;
    },
    close: () => handle.close(),
  };
}

const EMPTY = Buffer.alloc(0);

/**
 * Where one part lies in its object. Objects that are no multipart objects have one part.
 * @throws CosError InvalidRange when there is no such part
 */
export async function partRange(
  services: Services,
  bucketId: Buffer,
  { record }: Version,
  partNumber: number,
): Promise<ByteRange> {
  const { manifest, size } = record;
  if (partNumber === 1 && record.parts <= 1 && size > 0) return { start: 0, length: size };
  if (partNumber > record.parts || manifest === undefined) {
    throw new CosError('InvalidRange', { facts: { objectSize: size } });
  }
  let before = 0;
  for (let chunk = 0; chunk < manifest.starts.length; chunk++) {
    const [row] = await services.store.meta.get([extentKey(bucketId, manifest.id, chunk)]);
    if (row === undefined) throw new StoreError('missing', 'an extent list is gone');
    const extents = unpackExtents(row.value);
    if (partNumber > before + extents.length) {
      before += extents.length;
      continue;
    }
    let start = manifest.starts[chunk]!;
    for (const extent of extents.slice(0, partNumber - before - 1)) start += extent.size;
    return { start, length: extents[partNumber - before - 1]!.size };
  }
  // The last part is empty: it has no extent.
  throw new CosError('InvalidRange', { facts: { objectSize: size } });
}

/** Opens a version's bytes and holds them against deletion until closed. */
export async function openContent(
  services: Services,
  bucketId: Buffer,
  version: Version,
  cipher?: ContentCipher,
): Promise<Content> {
  const { record, row } = version;
  const release = services.pins.add(ownerOf(bucketId, record));
  try {
    if (record.manifest !== undefined) {
      return new ExtentContent(services, bucketId, record, record.manifest, cipher, release);
    }
    if (row.blob === undefined) {
      release();
      return { size: 0, read: async () => 0, close: async () => undefined };
    }
    const opened = await services.store.blobs.open(row.blob);
    const handle = cipher === undefined ? opened : deciphered(opened, cipher, nonceOf(record));
    return {
      size: record.size,
      read: (position, target) => handle.read(position, target),
      close: async () => {
        release();
        await handle.close();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

interface Piece {
  readonly start: number;
  readonly size: number;
  readonly ref: BlobRef;
  readonly nonce: Buffer | undefined;
}

interface OpenPiece {
  readonly handle: Promise<BlobHandle>;
  users: number;
  lastUse: number;
}

const MAX_OPEN_PIECES = 8;
const MAX_CHUNKS = 4;

class ExtentContent implements Content {
  readonly size: number;
  readonly #services: Services;
  readonly #bucketId: Buffer;
  readonly #manifest: Manifest;
  readonly #cipher: ContentCipher | undefined;
  readonly #release: () => void;
  readonly #chunks = new Map<number, Promise<Piece[]>>();
  readonly #open = new Map<number, OpenPiece>();
  #uses = 0;

  constructor(
    services: Services,
    bucketId: Buffer,
    record: ObjectRecord,
    manifest: Manifest,
    cipher: ContentCipher | undefined,
    release: () => void,
  ) {
    this.#services = services;
    this.#bucketId = bucketId;
    this.size = record.size;
    this.#manifest = manifest;
    this.#cipher = cipher;
    this.#release = release;
  }

  async read(position: number, target: Buffer): Promise<number> {
    const wanted = Math.min(target.length, this.size - position);
    let done = 0;
    while (done < wanted) {
      const at = position + done;
      const piece = await this.#locate(at);
      const within = at - piece.start;
      const length = Math.min(wanted - done, piece.size - within);
      await this.#readPiece(piece, within, target.subarray(done, done + length));
      done += length;
    }
    return Math.max(0, done);
  }

  async #readPiece(piece: Piece, position: number, target: Buffer): Promise<void> {
    const open = this.#take(piece);
    try {
      const handle = await open.handle;
      let done = 0;
      while (done < target.length) {
        const read = await handle.read(position + done, target.subarray(done));
        if (read === 0) throw new StoreError('damaged', 'an extent is shorter than its list says');
        done += read;
      }
    } finally {
      open.users -= 1;
    }
  }

  #take(piece: Piece): OpenPiece {
    let open = this.#open.get(piece.start);
    if (open === undefined) {
      this.#evict();
      open = { handle: this.#openPiece(piece), users: 0, lastUse: 0 };
      this.#open.set(piece.start, open);
    }
    open.users += 1;
    open.lastUse = ++this.#uses;
    return open;
  }

  async #openPiece({ ref, nonce }: Piece): Promise<BlobHandle> {
    const handle = await this.#services.store.blobs.open(ref);
    if (this.#cipher === undefined) return handle;
    if (nonce === undefined) throw new StoreError('damaged', 'an encrypted piece without a nonce');
    return deciphered(handle, this.#cipher, nonce);
  }

  #evict(): void {
    if (this.#open.size < MAX_OPEN_PIECES) return;
    let oldest: number | undefined;
    for (const [start, open] of this.#open) {
      if (open.users > 0) continue;
      if (oldest === undefined || open.lastUse < this.#open.get(oldest)!.lastUse) oldest = start;
    }
    if (oldest === undefined) return;
    const open = this.#open.get(oldest)!;
    this.#open.delete(oldest);
    closeQuietly(open.handle);
  }

  async #locate(position: number): Promise<Piece> {
    const { starts } = this.#manifest;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    const pieces = await this.#chunk(low);
    let from = 0;
    let to = pieces.length - 1;
    while (from < to) {
      const middle = (from + to + 1) >> 1;
      if (pieces[middle]!.start <= position) from = middle;
      else to = middle - 1;
    }
    const piece = pieces[from];
    if (piece === undefined) throw new StoreError('damaged', 'an extent list does not cover its object');
    return piece;
  }

  #chunk(index: number): Promise<Piece[]> {
    let chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      if (this.#chunks.size >= MAX_CHUNKS) this.#chunks.delete(this.#chunks.keys().next().value!);
      chunk = this.#loadChunk(index);
      this.#chunks.set(index, chunk);
    }
    return chunk;
  }

  async #loadChunk(index: number): Promise<Piece[]> {
    const [row] = await this.#services.store.meta.get([extentKey(this.#bucketId, this.#manifest.id, index)]);
    if (row === undefined) throw new StoreError('missing', 'an extent list is gone');
    let start = this.#manifest.starts[index]!;
    const pieces: Piece[] = [];
    for (const { size, ref, nonce } of unpackExtents(row.value)) {
      const blob = ref ?? row.blob;
      if (blob === undefined) throw new StoreError('damaged', 'an extent without a blob');
      if (size > 0) pieces.push({ start, size, ref: blob, nonce });
      start += size;
    }
    return pieces;
  }

  async close(): Promise<void> {
    this.#release();
    for (const open of this.#open.values()) closeQuietly(open.handle);
    this.#open.clear();
  }
}

function closeQuietly(handle: Promise<BlobHandle>): void {
  handle.then((h) => h.close()).catch(() => undefined);
}
