/** Metadata in memory. A commit is decided and applied in one go, so that reads always see whole commits. */
import type { BlobRef } from '../blob-store.ts';
import { collapsedLength, prefixSuccessor } from '../bytes.ts';
import type {
  Check,
  CollapseEntry,
  CollapseRequest,
  CollapseResult,
  Commit,
  CommitResult,
  MetaStore,
  Row,
  ScanRequest,
  ScanResult,
} from '../meta-store.ts';
import { PAGE_BYTES, StoreError } from '../store.ts';
import type { MemoryBlobs } from './blobs.ts';
import type { Budget } from './budget.ts';
import { OrderedRows } from './ordered-rows.ts';

const NONE: readonly never[] = [];
/** What a row costs beside key and value, bytes (roughly: two buffers, the row, its place). */
const ROW_OVERHEAD = 256;

export class MemoryMeta implements MetaStore {
  readonly #rows: OrderedRows;
  readonly #blobs: MemoryBlobs;
  readonly #budget: Budget;
  #version = 0;
  /** What the rows cost together. */
  #bytes = 0;
  #closed = false;

  constructor(blobs: MemoryBlobs, budget: Budget, rows = new OrderedRows()) {
    this.#blobs = blobs;
    this.#budget = budget;
    this.#rows = rows;
  }

  /** @param blobs a copy of this one's @param budget the rows are counted in */
  copy(blobs: MemoryBlobs, budget: Budget): MemoryMeta {
    this.#assertOpen();
    const copy = new MemoryMeta(blobs, budget, this.#rows.copy());
    copy.#version = this.#version;
    copy.#bytes = this.#bytes;
    budget.add(this.#bytes);
    return copy;
  }

  get(keys: readonly Buffer[]): (Row | undefined)[] {
    this.#assertOpen();
    return keys.map((key) => this.#rows.get(key));
  }

  scan({ from, to, limit, maxBytes = PAGE_BYTES }: ScanRequest): ScanResult {
    this.#assertOpen();
    const rows: Row[] = [];
    const cursor = this.#rows.seek(from);
    let bytes = 0;
    for (;;) {
      const row = cursor.peek();
      if (row === undefined || Buffer.compare(row.key, to) >= 0) return { rows, visited: rows.length };
      if (rows.length === limit || bytes > maxBytes) return { rows, resume: row.key, visited: rows.length + 1 };
      rows.push(row);
      bytes += row.key.length + row.value.length;
      cursor.next();
    }
  }

  collapse({ prefix, from, to, delimiter, limit }: CollapseRequest): CollapseResult {
    this.#assertOpen();
    const entries: CollapseEntry[] = [];
    const cursor = this.#rows.seek(from);
    let bytes = 0;
    for (;;) {
      const row = cursor.peek();
      if (row === undefined || Buffer.compare(row.key, to) >= 0) return { entries, visited: entries.length };
      if (entries.length === limit || bytes > PAGE_BYTES) {
        return { entries, resume: row.key, visited: entries.length + 1 };
      }
      const length = collapsedLength(row.key, prefix.length, delimiter);
      if (length < 0) {
        entries.push({ row });
        bytes += row.key.length + row.value.length;
        cursor.next();
        continue;
      }
      const common = row.key.subarray(0, length);
      entries.push({ prefix: common });
      bytes += length;
      const behind = prefixSuccessor(common);
      if (behind === undefined) return { entries, visited: entries.length };
      cursor.seek(behind);
    }
  }

  async commit(commit: Commit): Promise<CommitResult> {
    this.#assertOpen();
    const failed = this.#failing(commit.checks) ?? this.#failing(commit.guards);
    if (failed !== undefined) return { ok: false, failed };
    const { puts = NONE, deletes = NONE } = commit;
    const staged = new Set<unknown>();
    let added = 0;
    let bodies = 0;
    for (const { key, value, blob } of puts) {
      added += sizeOf(key, value);
      if (blob === undefined) continue;
      bodies += this.#blobs.assertAttachable(blob);
      if (Buffer.isBuffer(blob)) continue;
      if (staged.has(blob)) throw new StoreError('misuse', 'A staged blob is attached to one row only');
      staged.add(blob);
    }
    this.#budget.assertRoom(added + bodies);
    this.#budget.add(added + bodies);
    this.#bytes += added;
    const version = ++this.#version;
    for (const { key, value, blob } of puts) {
      this.#release(this.#rows.set(makeRow(key, value, version, blob && this.#blobs.attach(blob))));
    }
    for (const key of deletes) this.#release(this.#rows.delete(key));
    return { ok: true, version };
  }

  close(): void {
    this.#closed = true;
  }

  #failing(checks: readonly Check[] = NONE): Buffer | undefined {
    for (const { key, version } of checks) {
      if ((this.#rows.get(key)?.version ?? 0) !== version) return key;
    }
    return undefined;
  }

  #release(row: Row | undefined): void {
    if (row === undefined) return;
    const bytes = sizeOf(row.key, row.value);
    this.#budget.add(-bytes);
    this.#bytes -= bytes;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'The store is closed');
  }
}

/** A row with memory of its own: the caller may reuse its buffers. */
function makeRow(key: Buffer, value: Buffer, version: number, blob: BlobRef | undefined): Row {
  const bytes = Buffer.allocUnsafe(key.length + value.length);
  key.copy(bytes);
  value.copy(bytes, key.length);
  const own = { key: bytes.subarray(0, key.length), value: bytes.subarray(key.length), version };
  return blob === undefined ? own : { ...own, blob };
}

function sizeOf(key: Buffer, value: Buffer): number {
  return key.length + value.length + ROW_OVERHEAD;
}
