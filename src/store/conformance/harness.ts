/** What the suites of both ports share. Only tests import this folder. */
import { expect } from 'vitest';
import type { CollapseEntry, CollapseRequest, Commit, MetaStore, Row, ScanRequest } from '../meta-store.ts';
import type { Store, StoreErrorKind } from '../store.ts';

/** Opens an empty store of its own each time it is called. */
export type OpenStore = () => Promise<Store>;

/** Runs `act` on a new store and closes it, whatever happens. */
export async function withStore<T>(open: OpenStore, act: (store: Store) => Promise<T>): Promise<T> {
  const store = await open();
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Above every key the suites use. */
export const END = Buffer.alloc(1_901, 0xff);

/** Expects StoreError of this kind, thrown or rejected: reads may do either. */
export async function expectStoreError(kind: StoreErrorKind, act: () => unknown): Promise<void> {
  await expect((async () => act())()).rejects.toMatchObject({ name: 'StoreError', kind });
}

/** Commits and returns the version; a failed condition fails the test. */
export async function put(store: Store, commit: Commit): Promise<number> {
  const result = await store.meta.commit(commit);
  if (!result.ok) throw new Error(`The condition on ${result.failed.toString('hex')} failed`);
  return result.version;
}

/** Writes rows in commits of 100, several at once. */
export async function fill(store: Store, rows: readonly { readonly key: Buffer; readonly value: Buffer }[]) {
  const batches: Promise<number>[] = [];
  for (let at = 0; at < rows.length; at += 100) {
    batches.push(put(store, { puts: rows.slice(at, at + 100) }));
    if (batches.length === 32) await Promise.all(batches.splice(0));
  }
  await Promise.all(batches);
}

/** All rows of a range, page by page. */
export async function scanAll(meta: MetaStore, request: ScanRequest): Promise<Row[]> {
  const rows: Row[] = [];
  let from: Buffer | undefined = request.from;
  while (from !== undefined) {
    const page = await meta.scan({ ...request, from });
    rows.push(...page.rows);
    expectProgress(from, page.resume, page.rows.length);
    from = page.resume;
  }
  return rows;
}

/** All entries of a delimiter listing, page by page. */
export async function collapseAll(
  collapse: (request: CollapseRequest) => ReturnType<MetaStore['collapse']>,
  request: CollapseRequest,
): Promise<CollapseEntry[]> {
  const entries: CollapseEntry[] = [];
  let from: Buffer | undefined = request.from;
  while (from !== undefined) {
    const page = await collapse({ ...request, from });
    entries.push(...page.entries);
    expectProgress(from, page.resume, page.entries.length);
    from = page.resume;
  }
  return entries;
}

/** A page that names a resume key holds something, and the key lies further on: no endless paging. */
function expectProgress(from: Buffer, resume: Buffer | undefined, found: number): void {
  if (resume === undefined) return;
  expect(found).toBeGreaterThan(0);
  expect(Buffer.compare(resume, from)).toBe(1);
}

/** Rows as text to compare and to print. */
export function plain(row: Row): { key: string; value: string; version: number } {
  return { key: row.key.toString('hex'), value: row.value.toString('hex'), version: row.version };
}

export function plainEntry(entry: CollapseEntry): unknown {
  return entry.row === undefined ? { prefix: entry.prefix.toString('hex') } : plain(entry.row);
}

/** Bytes without a pattern that repeats early, the same for the same seed. */
export function noise(length: number, seed: number): Buffer {
  const out = Buffer.alloc(length);
  let state = (seed * 2_654_435_761 + 1) >>> 0 || 1;
  for (let i = 0; i + 4 <= length; i += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    out.writeInt32LE(state | 0, i);
  }
  for (let i = length & ~3; i < length; i++) out[i] = (seed + i) & 0xff;
  return out;
}
