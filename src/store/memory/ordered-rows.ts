/**
 * Rows in key order: sorted chunks under a sorted directory. Finding a row is two binary searches; an insert moves at
 * most one chunk, and the directory only when a chunk splits (once in CHUNK / 2 inserts), so that 10⁶ rows stay cheap.
 */
import type { Row } from '../meta-store.ts';

/** Rows a chunk may hold; one more splits it in halves. */
const CHUNK = 256;
/** A chunk this small is joined with a neighbour where both fit into three quarters of a chunk. */
const SMALL = CHUNK / 4;

export class OrderedRows {
  /** Never empty chunks, except that one empty chunk stands when there are no rows. */
  readonly #chunks: Row[][] = [[]];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The same rows; a change of one is none of the other. */
  copy(): OrderedRows {
    const copy = new OrderedRows();
    copy.#chunks.length = 0;
    for (const chunk of this.#chunks) copy.#chunks.push(chunk.slice());
    copy.#size = this.#size;
    return copy;
  }

  get(key: Buffer): Row | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)]!;
    const row = chunk[lowerBound(chunk, key)];
    return row?.key.equals(key) ? row : undefined;
  }

  /** Inserts the row or replaces the one with its key, which is returned. */
  set(row: Row): Row | undefined {
    const index = this.#chunkOf(row.key);
    const chunk = this.#chunks[index]!;
    const at = lowerBound(chunk, row.key);
    const old = chunk[at];
    if (old?.key.equals(row.key)) {
      chunk[at] = row;
      return old;
    }
    chunk.splice(at, 0, row);
    this.#size += 1;
    if (chunk.length > CHUNK) {
      // Ascending inserts would leave half-full chunks behind: there the new row opens a chunk of its own.
      const appended = at === chunk.length - 1 && index === this.#chunks.length - 1;
      this.#chunks.splice(index + 1, 0, chunk.splice(appended ? CHUNK : CHUNK / 2));
    }
    return undefined;
  }

  /** Removes and returns the row of this key. */
  delete(key: Buffer): Row | undefined {
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index]!;
    const at = lowerBound(chunk, key);
    const old = chunk[at];
    if (old === undefined || !old.key.equals(key)) return undefined;
    chunk.splice(at, 1);
    this.#size -= 1;
    if (chunk.length < SMALL) this.#join(index);
    return old;
  }

  /** A cursor at the first row at or above `from`. Valid until the next change. */
  seek(from: Buffer): RowCursor {
    return new RowCursor(this.#chunks, from);
  }

  #chunkOf(key: Buffer): number {
    return chunkOf(this.#chunks, key);
  }

  #join(index: number): void {
    const chunks = this.#chunks;
    if (chunks.length === 1) return;
    const chunk = chunks[index]!;
    for (const left of [index - 1, index]) {
      const a = chunks[left];
      const b = chunks[left + 1];
      if (a === undefined || b === undefined || (chunk.length > 0 && a.length + b.length > CHUNK - SMALL)) continue;
      for (const row of b) a.push(row);
      chunks.splice(left + 1, 1);
      return;
    }
  }
}

/** Walks rows upwards, forward only. */
export class RowCursor {
  readonly #chunks: readonly Row[][];
  #chunk: number;
  #at: number;

  constructor(chunks: readonly Row[][], from: Buffer) {
    this.#chunks = chunks;
    this.#chunk = chunkOf(chunks, from);
    this.#at = lowerBound(chunks[this.#chunk]!, from);
  }

  /** The row at hand, or undefined at the end. */
  peek(): Row | undefined {
    const chunk = this.#chunks[this.#chunk];
    if (chunk === undefined) return undefined;
    if (this.#at < chunk.length) return chunk[this.#at];
    this.#chunk += 1;
    this.#at = 0;
    return this.#chunks[this.#chunk]?.[0];
  }

  next(): void {
    this.#at += 1;
  }

  /** Moves up to the first row at or above `key`; `key` lies above the row at hand. */
  seek(key: Buffer): void {
    const chunk = this.#chunks[this.#chunk];
    const last = chunk?.[chunk.length - 1];
    if (last === undefined || Buffer.compare(last.key, key) < 0) {
      this.#chunk = chunkOf(this.#chunks, key);
      this.#at = 0;
    }
    this.#at = lowerBound(this.#chunks[this.#chunk]!, key, this.#at);
  }
}

/** Index of the last chunk whose first key is not above `key` (or 0). */
function chunkOf(chunks: readonly Row[][], key: Buffer): number {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (Buffer.compare(chunks[middle]![0]!.key, key) <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Index of the first row at or above `key`, at `from` or behind. */
function lowerBound(chunk: readonly Row[], key: Buffer, from = 0): number {
  let low = from;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(chunk[middle]!.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
