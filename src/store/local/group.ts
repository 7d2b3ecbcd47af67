/** Records that are written and synced together. */

import { writeEntry, writeVersion } from './entry.ts';
import type { RowState } from './index-db.ts';
import {
  BODY,
  BODY_BYTES,
  type Change,
  FILE,
  FILE_BYTES,
  FREE,
  FREE_BYTES,
  GONE,
  GONE_BYTES,
  ROW,
  ROW_BYTES,
  writeHead,
} from './record.ts';

const CHUNK = 256 * 1024;
/** Bodies up to this size are copied beside the other bytes of the group; larger ones are written from where they are. */
const COPIED_BODY = 16 * 1024;
const SPARE_CHUNKS = 8;
const PADDING = Buffer.from([0]);

/** Memory for groups, used again and again. */
export class ChunkPool {
  readonly #spare: Buffer[] = [];

  take(atLeast: number): Buffer {
    if (atLeast > CHUNK) return Buffer.allocUnsafeSlow(atLeast);
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK);
  }

  give(chunk: Buffer): void {
    if (chunk.length === CHUNK && this.#spare.length < SPARE_CHUNKS) this.#spare.push(chunk);
  }
}

export interface Waiter {
  readonly version: number;
  resolve(version: number): void;
  reject(error: unknown): void;
}

/** What a commit leaves for those admitted before it is in the index. */
export interface PendingRow extends RowState {
  readonly name: string;
  readonly group: Group;
}

export class Group {
  readonly segment: number;
  readonly offset: number;
  bytes = 0;
  records = 0;
  /** of its last record */
  sequence = 0;
  readonly pieces: Buffer[] = [];
  readonly changes: Change[] = [];
  readonly waiters: Waiter[] = [];
  readonly rows: PendingRow[] = [];
  /** Run once the group is in the index, before its waiters are told. */
  readonly applied: (() => void)[] = [];
  readonly #pool: ChunkPool;
  readonly #chunks: Buffer[] = [];
  #chunk: Buffer | undefined;
  #from = 0;
  #to = 0;
  #settled: Promise<boolean> | undefined;
  #settle: ((durable: boolean) => void) | undefined;

  constructor(pool: ChunkPool, segment: number, offset: number) {
    this.#pool = pool;
    this.segment = segment;
    this.offset = offset;
  }

  get end(): number {
    return this.offset + this.bytes;
  }

  /** Bytes in one piece that end up behind all that was reserved before. */
  reserve(length: number): Buffer {
    const at = this.#room(length);
    return this.#chunk!.subarray(at, at + length);
  }

  addBody(body: Buffer): void {
    const bytes = body.length === 0 ? PADDING : body;
    if (bytes.length <= COPIED_BODY) {
      const at = this.#room(bytes.length);
      this.#chunk!.set(bytes, at);
      return;
    }
    this.#cut();
    this.pieces.push(bytes);
    this.bytes += bytes.length;
  }

  /** No more records: `pieces` is complete. */
  seal(): void {
    this.#cut();
  }

  /** Resolves once the fate of the group is known: true when it is durable and in the index. */
  settled(): Promise<boolean> {
    this.#settled ??= new Promise((resolve) => {
      this.#settle = resolve;
    });
    return this.#settled;
  }

  /** Gives the memory back and tells everyone. */
  finish(error?: unknown): void {
    for (const chunk of this.#chunks) this.#pool.give(chunk);
    this.#settle?.(error === undefined);
    for (const waiter of this.waiters) {
      if (error === undefined) waiter.resolve(waiter.version);
      else waiter.reject(error);
    }
  }

  /** @returns where in the chunk */
  #room(length: number): number {
    if (this.#chunk === undefined || this.#to + length > this.#chunk.length) {
      this.#cut();
      this.#chunk = this.#pool.take(length);
      this.#chunks.push(this.#chunk);
      this.#from = this.#to = 0;
    }
    const at = this.#to;
    this.#to += length;
    this.bytes += length;
    return at;
  }

  #cut(): void {
    if (this.#chunk !== undefined && this.#to > this.#from)
      this.pieces.push(this.#chunk.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}

/**
 * Writes one record into a group. The sizes given at the start have to be exact. Keys and references are kept until the
 * group is applied: they must not change before.
 */
export class RecordWriter {
  readonly group: Group;
  readonly sequence: number;
  readonly segment: number;
  readonly #head: Buffer;
  readonly #bodyBytes: number;
  #at = 28;
  #operations = 0;
  #bodyAt: number;

  constructor(group: Group, sequence: number, headBytes: number, bodyBytes: number) {
    this.group = group;
    this.sequence = sequence;
    this.segment = group.segment;
    this.#bodyAt = group.end + headBytes;
    this.#head = group.reserve(headBytes);
    this.#bodyBytes = bodyBytes;
  }

  /** Where the next body will stand. */
  get bodyOffset(): number {
    return this.#bodyAt;
  }

  /** @param before the row it replaces, when that is known */
  row(
    key: Buffer,
    version: number,
    since: number,
    ref: Buffer | undefined,
    value: Buffer,
    before: RowState | undefined,
  ): void {
    const keyAt = this.#at + ROW_BYTES;
    const entryAt = keyAt + key.length;
    const end = writeEntry(this.#head, entryAt, version, this.segment, since, ref, value);
    this.#head[this.#at] = ROW;
    this.#head.writeUInt16LE(key.length, this.#at + 1);
    this.#head.writeUInt32LE(end - entryAt, this.#at + 3);
    this.#head.set(key, keyAt);
    this.#at = end;
    this.#change(
      ROW,
      this.#head.subarray(keyAt, entryAt),
      version,
      since,
      0,
      before,
      this.#head.subarray(entryAt, end),
    );
  }

  gone(key: Buffer, version: number, since: number, until: number, before: RowState | undefined): void {
    const at = this.#at;
    this.#head[at] = GONE;
    this.#head.writeUInt16LE(key.length, at + 1);
    writeVersion(this.#head, at + 3, version);
    this.#head.writeUInt32LE(since, at + 9);
    this.#head.writeUInt32LE(until, at + 13);
    this.#head.set(key, at + GONE_BYTES);
    this.#at += GONE_BYTES + key.length;
    this.#change(GONE, key, version, since, until, before);
  }

  body(ref: Buffer, size: number): void {
    this.#ref(BODY, ref, BODY_BYTES);
    this.#change(BODY, ref, this.sequence, 0, 0, undefined, undefined, this.#bodyAt);
    this.#bodyAt += size || 1;
  }

  file(ref: Buffer, since: number): void {
    this.#ref(FILE, ref, FILE_BYTES);
    this.#head.writeUInt32LE(since, this.#at - 4);
    this.#change(FILE, ref, this.sequence, since, 0);
  }

  free(ref: Buffer, since: number, until: number): void {
    this.#ref(FREE, ref, FREE_BYTES);
    this.#head.writeUInt32LE(since, this.#at - 8);
    this.#head.writeUInt32LE(until, this.#at - 4);
    this.#change(FREE, ref, this.sequence, since, until);
  }

  /** Closes the record; its bodies follow by `group.addBody`, in the order of their operations. */
  end(): void {
    if (this.#at !== this.#head.length) throw new Error('The size of a record was reckoned wrongly');
    writeHead(this.#head, {
      headBytes: this.#head.length,
      bodyBytes: this.#bodyBytes,
      sequence: this.sequence,
      operations: this.#operations,
      groupOffset: this.group.offset,
    });
    this.group.records += 1;
    this.group.sequence = this.sequence;
  }

  #ref(op: number, ref: Buffer, bytes: number): void {
    const at = this.#at;
    this.#head[at] = op;
    this.#head[at + 1] = ref.length;
    this.#head.set(ref, at + 2);
    this.#at += bytes + ref.length;
  }

  #change(
    op: number,
    key: Buffer,
    version: number,
    since: number,
    until: number,
    before?: RowState,
    entry?: Buffer,
    offset = 0,
  ): void {
    this.#operations += 1;
    this.group.changes.push({ op, key, entry, version, segment: this.segment, offset, since, until, before });
  }
}
