/**
 * What rows of listings were before their last changes, so that a listing can be read as of some time ago. Kept only
 * while a rule wants it: a listing never shows what was before the first such rule.
 */
import { naiveCollapse } from '../../store/collapse.ts';
import type { MetaStore, Row, ScanRequest, ScanResult } from '../../store/meta-store.ts';
import { PAGE_BYTES } from '../../store/store.ts';

interface Entry {
  readonly atMs: number;
  readonly version: number;
  /** latin1 of the key */
  readonly name: string;
  readonly key: Buffer;
  /** As it was read before the commit. */
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  readonly bytes: number;
}

/** Beyond these the oldest changes are forgotten: listings lag less then. */
const MOST_ENTRIES = 50_000;
const MOST_BYTES = 64 * 1024 ** 2;
/** Most rows that a scan may ask for. */
const SCAN_ROWS = 10_000;
/** Current objects, versions and uploads: what listings read (model/keys.ts). */
const SPACES: ReadonlySet<number> = new Set([...'cvu'].map((tag) => tag.charCodeAt(0)));

export class RowJournal {
  readonly #monotonicMs: () => number;
  #keepMs = 0;
  /** By version. */
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
  }

  /** @param ms the longest lag that a listing may have; 0: nothing is kept */
  keepFor(ms: number): void {
    this.#keepMs = ms;
    this.#forget();
  }

  /** @returns the store, whose commits are written down from now on; those of the store before are forgotten */
  watch(meta: MetaStore): MetaStore {
    this.#entries = [];
    this.#bytes = 0;
    return {
      get: (keys) => meta.get(keys),
      scan: (request) => meta.scan(request),
      collapse: (request) => meta.collapse(request),
      commit: (commit) => (this.#keepMs === 0 ? meta.commit(commit) : this.#noted(meta, commit)),
    };
  }

  /** @returns the store as it was, for listings: what `scan` and `collapse` give */
  asOf(meta: MetaStore, lagMs: number): MetaStore {
    const past = this.#past(lagMs);
    if (past.length === 0) return meta;
    const scan = (request: ScanRequest) => scanPast(meta, past, request);
    return {
      get: (keys) => meta.get(keys),
      scan,
      collapse: (request) => naiveCollapse({ scan }, request),
      commit: (commit) => meta.commit(commit),
    };
  }

  async #noted(meta: MetaStore, commit: Parameters<MetaStore['commit']>[0]): ReturnType<MetaStore['commit']> {
    const puts = (commit.puts ?? []).filter(({ key }) => SPACES.has(key[0]!));
    const deletes = (commit.deletes ?? []).filter((key) => SPACES.has(key[0]!));
    const keys = [...puts.map(({ key }) => key), ...deletes];
    if (keys.length === 0) return meta.commit(commit);
    // Somebody else's commit may come between; where it does, that one's row is the one before (#past).
    const before = await meta.get(keys);
    const result = await meta.commit(commit);
    if (!result.ok) return result;
    const { version } = result;
    keys.forEach((key, at) => {
      const put = puts[at];
      const after = put === undefined ? undefined : { key, value: Buffer.from(put.value), version };
      this.#insert(Buffer.from(key), version, before[at], after);
    });
    this.#forget();
    return result;
  }

  #insert(key: Buffer, version: number, before: Row | undefined, after: Row | undefined): void {
    const bytes = 2 * key.length + (before?.value.length ?? 0) + (after?.value.length ?? 0);
    const entry: Entry = {
      atMs: this.#monotonicMs(),
      version,
      name: key.toString('latin1'),
      key,
      before,
      after,
      bytes,
    };
    let at = this.#entries.length;
    while (at > 0 && this.#entries[at - 1]!.version > version) at -= 1;
    this.#entries.splice(at, 0, entry);
    this.#bytes += bytes;
  }

  #forget(): void {
    const sinceMs = this.#monotonicMs() - this.#keepMs;
    let gone = 0;
    for (const { atMs, bytes } of this.#entries) {
      const tooMuch = this.#bytes > MOST_BYTES || this.#entries.length - gone > MOST_ENTRIES;
      if (this.#keepMs !== 0 && atMs >= sinceMs && !tooMuch) break;
      this.#bytes -= bytes;
      gone += 1;
    }
    if (gone > 0) this.#entries = this.#entries.slice(gone);
  }

  /** @returns keys that have changed since, with their rows of that time, in the order of keys */
  #past(lagMs: number): Past[] {
    const sinceMs = this.#monotonicMs() - lagMs;
    const latest = new Map<string, Row | undefined>();
    const past = new Map<string, Past>();
    for (const { atMs, name, key, before, after } of this.#entries) {
      if (atMs > sinceMs && !past.has(name)) past.set(name, { key, row: latest.has(name) ? latest.get(name) : before });
      latest.set(name, after);
    }
    return [...past.values()].sort((a, b) => Buffer.compare(a.key, b.key));
  }
}

interface Past {
  readonly key: Buffer;
  readonly row: Row | undefined;
}

/** As `MetaStore.scan`, with the rows of the past in the places of those that replaced them. */
async function scanPast(meta: MetaStore, past: readonly Past[], request: ScanRequest): Promise<ScanResult> {
  const { to, limit, maxBytes = PAGE_BYTES } = request;
  const changed = new Set(past.map(({ key }) => key.toString('latin1')));
  const rows: Row[] = [];
  let bytes = 0;
  let visited = 0;
  let from: Buffer | undefined = request.from;
  while (from !== undefined) {
    const page: ScanResult = await meta.scan({ from, to, limit: Math.min(SCAN_ROWS, limit + 1) });
    visited += page.visited;
    const end = page.resume ?? to;
    const kept = page.rows.filter(({ key }) => !changed.has(key.toString('latin1')));
    for (const { key, row } of past) {
      if (row !== undefined && Buffer.compare(key, from) >= 0 && Buffer.compare(key, end) < 0) kept.push(row);
    }
    kept.sort((a, b) => Buffer.compare(a.key, b.key));
    for (const row of kept) {
      if (rows.length === limit || bytes > maxBytes) return { rows, resume: row.key, visited };
      rows.push(row);
      bytes += row.key.length + row.value.length;
    }
    from = page.resume;
  }
  return { rows, visited };
}
