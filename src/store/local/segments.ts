/**
 * The files of the log. A segment begins with a header of 32 bytes: magic and format (8), number (4), number and
 * length of the segment before it (4, 4), first sequence number (6), two zero bytes, checksum (4). It is durable before
 * anything is written behind it. Numbers are never used twice.
 */
import { join } from 'node:path';
import type { Disk, DiskFile } from '../../platform/disk.ts';
import { crc32 } from '../../platform/hash/crc32.ts';
import { StoreError } from '../store.ts';
import { readVersion, writeVersion } from './entry.ts';

export const SEGMENT_HEADER_BYTES = 32;
const MAGIC = Buffer.from('CSTSEG01', 'latin1');

/** One segment. Stays readable as long as someone uses it, even when it was removed. */
export class Segment {
  readonly number: number;
  readonly file: DiskFile;
  /** Durable bytes. */
  size: number;
  #users = 1;

  constructor(number: number, file: DiskFile, size: number) {
    this.number = number;
    this.file = file;
    this.size = size;
  }

  acquire(): this {
    this.#users += 1;
    return this;
  }

  release(): void {
    this.#users -= 1;
    if (this.#users === 0) this.file.close().catch(() => undefined);
  }
}

export interface SegmentHeader {
  readonly number: number;
  readonly previous: number;
  readonly previousBytes: number;
  readonly firstSequence: number;
}

export class Segments {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #segments = new Map<number, Segment>();

  /** @param dir the folder `log` */
  constructor(disk: Disk, dir: string) {
    this.#disk = disk;
    this.#dir = dir;
  }

  /** Opens what is there, oldest first. The newest is dropped when its header was never finished. */
  async openAll(): Promise<void> {
    const numbers: number[] = [];
    for (const name of await this.#disk.list(this.#dir)) {
      const match = /^(\d{8,10})\.seg$/.exec(name);
      if (match) numbers.push(Number(match[1]));
    }
    numbers.sort((a, b) => a - b);
    for (const [at, number] of numbers.entries()) {
      const newest = at === numbers.length - 1;
      // To write to each: it is the newest once recovery has dropped what a crash left unfinished behind it.
      const file = await this.#disk.open(this.#path(number), 'read-write', true);
      const segment = new Segment(number, file, await file.size());
      if ((await readHeader(segment)) === undefined) {
        segment.release();
        if (!newest) throw new StoreError('damaged', `The header of ${this.#path(number)} is damaged`);
        await this.drop(number);
        return;
      }
      this.#segments.set(number, segment);
    }
  }

  get(number: number): Segment | undefined {
    return this.#segments.get(number);
  }

  has(number: number): boolean {
    return this.#segments.has(number);
  }

  /** Ascending. */
  all(): Segment[] {
    return [...this.#segments.values()];
  }

  newest(): Segment | undefined {
    return this.all().at(-1);
  }

  /** True when a segment of this range exists, other than `except`. */
  anyBetween(first: number, last: number, except: number): boolean {
    for (const number of this.#segments.keys()) {
      if (number > last) return false;
      if (number >= first && number !== except) return true;
    }
    return false;
  }

  /** A new segment behind all others, durable with its header. */
  async create(header: SegmentHeader): Promise<Segment> {
    const file = await this.#disk.open(this.#path(header.number), 'create', true);
    try {
      await file.write([encodeHeader(header)], 0);
      await file.sync();
      await this.#disk.syncDir(this.#dir);
    } catch (error) {
      await file.close();
      await this.#disk.remove(this.#path(header.number));
      throw error;
    }
    const segment = new Segment(header.number, file, SEGMENT_HEADER_BYTES);
    this.#segments.set(header.number, segment);
    return segment;
  }

  /** Removes a file, durably; who reads from it may go on. */
  async drop(number: number): Promise<void> {
    await this.#disk.remove(this.#path(number));
    await this.#disk.syncDir(this.#dir);
    const segment = this.#segments.get(number);
    this.#segments.delete(number);
    segment?.release();
  }

  close(): void {
    for (const segment of this.#segments.values()) segment.release();
    this.#segments.clear();
  }

  #path(number: number): string {
    return join(this.#dir, `${String(number).padStart(8, '0')}.seg`);
  }
}

function encodeHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(header.number, 8);
  bytes.writeUInt32LE(header.previous, 12);
  bytes.writeUInt32LE(header.previousBytes, 16);
  writeVersion(bytes, 20, header.firstSequence);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  return bytes;
}

/** undefined when it is incomplete or damaged */
export async function readHeader(segment: Segment): Promise<SegmentHeader | undefined> {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  if ((await segment.file.read(bytes, 0)) < SEGMENT_HEADER_BYTES) return undefined;
  if (!bytes.subarray(0, 8).equals(MAGIC) || bytes.readUInt32LE(28) !== crc32(bytes.subarray(0, 28))) return undefined;
  if (bytes.readUInt32LE(8) !== segment.number) return undefined;
  return {
    number: segment.number,
    previous: bytes.readUInt32LE(12),
    previousBytes: bytes.readUInt32LE(16),
    firstSequence: readVersion(bytes, 20),
  };
}
