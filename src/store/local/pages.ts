/** Pages of rows and of delimiter listings, straight from the index. Long pages let the event loop breathe. */
import { collapsedLength, prefixSuccessor } from '../bytes.ts';
import type { CollapseEntry, CollapseRequest, CollapseResult, Row, ScanRequest, ScanResult } from '../meta-store.ts';
import { PAGE_BYTES, STORE_LIMITS } from '../store.ts';
import { rowOf } from './entry.ts';
import type { IndexDb, RowSource } from './index-db.ts';

/** Steps of a cursor before others get a turn. No cursor is held meanwhile. */
const STEPS = 512;
const FIRST_KEY = Buffer.from([0]);

/** @param assertOpen throws when the store was closed meanwhile */
export async function scanPage(db: RowSource, request: ScanRequest, assertOpen: () => void): Promise<ScanResult> {
  const { to, limit, maxBytes = PAGE_BYTES } = request;
  const rows: Row[] = [];
  let from: Buffer | undefined = request.from;
  let bytes = 0;
  let visited = 0;
  while (from !== undefined) {
    const start: Buffer = startKey(from);
    let steps = 0;
    from = undefined;
    for (const { key, value } of db.entries(start)) {
      if (Buffer.compare(key, to) >= 0) break;
      visited += 1;
      if (rows.length === limit || bytes > maxBytes) return { rows, resume: key, visited };
      if (steps === STEPS) {
        from = key;
        visited -= 1;
        break;
      }
      steps += 1;
      const row = rowOf(key, value);
      rows.push(row);
      bytes += key.length + row.value.length;
    }
    if (from !== undefined) {
      await nextTurn();
      assertOpen();
    }
  }
  return { rows, visited };
}

export async function collapsePage(
  db: IndexDb,
  request: CollapseRequest,
  assertOpen: () => void,
): Promise<CollapseResult> {
  const { prefix, to, delimiter, limit } = request;
  const entries: CollapseEntry[] = [];
  let from: Buffer | undefined = request.from;
  let bytes = 0;
  let visited = 0;
  let steps = 0;
  while (from !== undefined) {
    const start: Buffer = startKey(from);
    from = undefined;
    for (const key of db.keys(start)) {
      if (Buffer.compare(key, to) >= 0) break;
      if (entries.length === limit || bytes > PAGE_BYTES) return { entries, resume: key, visited: visited + 1 };
      if (steps >= STEPS) {
        from = key;
        break;
      }
      steps += 1;
      visited += 1;
      const length = collapsedLength(key, prefix.length, delimiter);
      if (length < 0) {
        const row = rowOf(key, db.row(key)!);
        entries.push({ row });
        bytes += key.length + row.value.length;
        continue;
      }
      const common = key.subarray(0, length);
      entries.push({ prefix: common });
      bytes += length;
      from = prefixSuccessor(common);
      break;
    }
    if (steps >= STEPS && from !== undefined) {
      steps = 0;
      await nextTurn();
      assertOpen();
    }
  }
  return { entries, visited };
}

/** The index takes no empty key and none longer than a key may be: the least it takes that lies nowhere lower. */
function startKey(from: Buffer): Buffer {
  if (from.length === 0) return FIRST_KEY;
  return from.length > STORE_LIMITS.keyBytes + 1 ? from.subarray(0, STORE_LIMITS.keyBytes + 1) : from;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
