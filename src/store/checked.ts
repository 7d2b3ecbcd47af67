/** The limits of the ports, enforced above the engines, so that what one engine takes every engine takes. */
import type { BlobStore } from './blob-store.ts';
import type { Check, CollapseRequest, Commit, MetaStore, Put, ScanRequest } from './meta-store.ts';
import { STORE_LIMITS, type Store, StoreError } from './store.ts';

/** Most rows or entries of a page. */
const PAGE_ROWS = 10_000;
/** Up to here pairs are compared; beyond, a set is cheaper. */
const FEW_KEYS = 8;
const NONE: readonly never[] = [];

/**
 * Wraps a store: what breaks a limit or a rule of the ports raises StoreError `misuse` and does not reach the engine.
 * Bodies do not count into `commitBytes`; puts and deletes count into `commitKeys` together, checks and guards too.
 */
export function checked(store: Store): Store {
  return {
    meta: checkedMeta(store.meta),
    blobs: checkedBlobs(store.blobs),
    async view() {
      const view = await store.view();
      return { scan: (request) => view.scan(checkedScan(request)), close: () => view.close() };
    },
    close: () => store.close(),
  };
}

function checkedMeta(meta: MetaStore): MetaStore {
  return {
    get(keys) {
      for (const key of keys) assertKey(key);
      return meta.get(keys);
    },
    scan: (request) => meta.scan(checkedScan(request)),
    collapse(request) {
      assertRange(request);
      if (request.delimiter.length === 0) misuse('The delimiter is empty');
      return meta.collapse(request);
    },
    async commit(commit) {
      assertCommit(commit);
      return meta.commit(commit);
    },
  };
}

function checkedBlobs(blobs: BlobStore): BlobStore {
  return {
    stageLimit: blobs.stageLimit,
    stage: (body) => blobs.stage(body),
    async create(sizeHint) {
      if (sizeHint !== undefined && !(Number.isSafeInteger(sizeHint) && sizeHint >= 0)) {
        misuse('sizeHint is no number of bytes');
      }
      return blobs.create(sizeHint);
    },
    discard: (blob) => blobs.discard(blob),
    load: (ref) => blobs.load(assertRef(ref)),
    open: (ref) => blobs.open(assertRef(ref)),
    async delete(refs) {
      for (const ref of refs) assertRef(ref);
      return blobs.delete(refs);
    },
    usage: () => blobs.usage(),
  };
}

function checkedScan(request: ScanRequest): ScanRequest {
  assertRange(request);
  if (request.maxBytes !== undefined && !(request.maxBytes >= 0)) misuse('maxBytes is no number of bytes');
  return request;
}

function assertCommit({ checks = NONE, guards = NONE, puts = NONE, deletes = NONE }: Commit): void {
  if (checks.length + guards.length > STORE_LIMITS.commitKeys) misuse('Too many conditions in one commit');
  if (puts.length + deletes.length > STORE_LIMITS.commitKeys) misuse('Too many changes in one commit');
  assertChecks(checks);
  assertChecks(guards);
  let bytes = 0;
  for (const { key, value, blob } of puts) {
    assertKey(key);
    if (value.length > STORE_LIMITS.valueBytes) misuse(`A value of ${value.length} bytes is too long`);
    if (blob !== undefined && Buffer.isBuffer(blob)) assertRef(blob);
    bytes += key.length + value.length;
  }
  for (const key of deletes) {
    assertKey(key);
    bytes += key.length;
  }
  if (bytes > STORE_LIMITS.commitBytes) misuse(`A commit of ${bytes} bytes is too large`);
  assertDistinct(puts, deletes);
}

function assertChecks(checks: readonly Check[]): void {
  for (const { key, version } of checks) {
    assertKey(key);
    if (!Number.isSafeInteger(version) || version < 0) misuse(`${version} is no version`);
  }
}

/** A key is changed once in a commit; a delete may be named twice. */
function assertDistinct(puts: readonly Put[], deletes: readonly Buffer[]): void {
  if (puts.length + deletes.length > FEW_KEYS) {
    const seen = new Set<string>();
    for (const { key } of puts) seen.add(key.toString('latin1'));
    if (seen.size < puts.length) misuse('A commit puts one key twice');
    for (const key of deletes) if (seen.has(key.toString('latin1'))) misuse('A commit puts and deletes one key');
    return;
  }
  for (let i = 0; i < puts.length; i++) {
    const { key } = puts[i]!;
    for (let j = i + 1; j < puts.length; j++) if (key.equals(puts[j]!.key)) misuse('A commit puts one key twice');
    for (const gone of deletes) if (key.equals(gone)) misuse('A commit puts and deletes one key');
  }
}

function assertKey(key: Buffer): void {
  if (key.length === 0 || key.length > STORE_LIMITS.keyBytes) misuse(`A key of ${key.length} bytes`);
}

function assertRef<Ref extends Buffer>(ref: Ref): Ref {
  if (ref.length > STORE_LIMITS.refBytes) misuse(`A blob reference of ${ref.length} bytes`);
  return ref;
}

function assertRange({ limit }: ScanRequest | CollapseRequest): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_ROWS) misuse(`A page of ${limit} rows`);
}

function misuse(message: string): never {
  throw new StoreError('misuse', message);
}
