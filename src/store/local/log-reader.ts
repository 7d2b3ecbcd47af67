/** Reads the records of a segment one after the other. */

import { crc32 } from '../../platform/hash/crc32.ts';
import { BODY, type Change, checksumHolds, decodeChanges, peekHead, RECORD_BYTES, type RecordHead } from './record.ts';
import type { Segment } from './segments.ts';

const WINDOW = 1024 ** 2;

export interface LogRecord {
  readonly head: RecordHead;
  /** bytes from the start of the segment */
  readonly offset: number;
  /** where the next record begins */
  readonly end: number;
  readonly changes: readonly Change[];
}

export type ReadResult =
  | { readonly kind: 'record'; readonly record: LogRecord }
  /** the segment ends here */
  | { readonly kind: 'end' }
  /** what stands here is no whole record */
  | { readonly kind: 'bad'; readonly why: string };

export class LogReader {
  readonly #segment: Segment;
  readonly #size: number;
  readonly #verifyBodies: boolean;
  #window: Buffer = Buffer.alloc(0);
  #base = 0;
  #at: number;

  /** @param verifyBodies compares the checksums of bodies too, for which they have to be read */
  constructor(segment: Segment, from: number, size: number, verifyBodies: boolean) {
    this.#segment = segment;
    this.#at = from;
    this.#size = size;
    this.#verifyBodies = verifyBodies;
  }

  /** Where the next record begins, bytes from the start of the segment. */
  get position(): number {
    return this.#at;
  }

  async next(): Promise<ReadResult> {
    const offset = this.#at;
    if (offset === this.#size) return { kind: 'end' };
    if (this.#size - offset < RECORD_BYTES) return { kind: 'bad', why: 'a header is cut off' };
    const head = peekHead(await this.#bytes(offset, RECORD_BYTES), 0);
    if (head === undefined) return { kind: 'bad', why: 'no record begins here' };
    const end = offset + head.headBytes + head.bodyBytes;
    if (end > this.#size) return { kind: 'bad', why: 'a record is cut off' };
    const bytes = await this.#bytes(offset, head.headBytes);
    if (!checksumHolds(bytes)) return { kind: 'bad', why: 'a checksum does not hold' };
    const changes = decodeChanges(bytes, head, this.#segment.number, offset);
    if (this.#verifyBodies && head.bodyBytes > 0 && !(await this.#bodiesHold(changes))) {
      return { kind: 'bad', why: 'the checksum of a body does not hold' };
    }
    this.#at = end;
    return { kind: 'record', record: { head, offset, end, changes } };
  }

  /** Bytes of the segment, as a view that stays as it is. */
  async #bytes(offset: number, length: number): Promise<Buffer> {
    if (offset < this.#base || offset + length > this.#base + this.#window.length) {
      const window = Buffer.allocUnsafeSlow(Math.min(Math.max(length, WINDOW), this.#size - offset));
      const read = await this.#segment.file.read(window, offset);
      this.#window = window.subarray(0, read);
      this.#base = offset;
    }
    return this.#window.subarray(offset - this.#base, offset - this.#base + length);
  }

  async #bodiesHold(changes: readonly Change[]): Promise<boolean> {
    for (const { op, key, offset } of changes) {
      if (op !== BODY) continue;
      const body = await this.#bytes(offset, key.readUInt32BE(9));
      if (crc32(body) !== key.readUInt32BE(13)) return false;
    }
    return true;
  }
}

/**
 * Looks behind a bad record for one that was written with a later group: the bad one was durable then, so it was
 * damaged afterwards and is no write that was cut off.
 */
export async function laterGroupExists(segment: Segment, badOffset: number, size: number): Promise<boolean> {
  const step = 8 * WINDOW;
  for (let base = badOffset + 1; base < size; base += step) {
    const window = Buffer.allocUnsafe(Math.min(step + RECORD_BYTES, size - base));
    const length = await segment.file.read(window, base);
    for (
      let at = window.indexOf('CSR1', 0, 'latin1');
      at >= 0 && at < step;
      at = window.indexOf('CSR1', at + 1, 'latin1')
    ) {
      if (at + RECORD_BYTES > length) break;
      const head = peekHead(window, at);
      if (head === undefined || head.groupOffset <= badOffset || base + at + head.headBytes > size) continue;
      const record = Buffer.allocUnsafe(head.headBytes);
      if ((await segment.file.read(record, base + at)) === record.length && checksumHolds(record)) return true;
    }
  }
  return false;
}
