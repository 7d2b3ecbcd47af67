/**
 * Compares what the rows refer to with what the engine holds: the proof that no body is lost and none is left over.
 * Reads every row; for tests and maintenance.
 */
import type { BlobRef } from '../store/blob-store.ts';
import type { Row } from '../store/meta-store.ts';
import { afterPrefix } from './keys.ts';
import { unpackExtents } from './records/extents.ts';
import type { Services } from './services.ts';

export interface Audit {
  readonly buckets: number;
  /** Rows of current objects. */
  readonly objects: number;
  /** Rows of noncurrent versions and delete markers. */
  readonly versions: number;
  readonly uploads: number;
  /** Parts of uploads that are not finished. */
  readonly parts: number;
  /** Distinct bodies that rows refer to. */
  readonly referencedBlobs: number;
  /** Sizes of those that can be read, together. */
  readonly referencedBytes: number;
  /** Bodies that the engine counts as live. */
  readonly liveBlobs: number;
  readonly liveBytes: number;
  /** Referred to, but unreadable. */
  readonly missing: number;
  /** Live, but not referred to by any row (deletion jobs that wait included). */
  readonly leftOver: number;
  /** On disk without any commit. */
  readonly orphans: number;
}

/** Keyspaces that are counted or whose rows hold bodies (keys.ts). */
const SPACES = ['b', 'c', 'v', 'u', 'p', 'x'] as const;

/** @param onBlob called once for each body that a row refers to and that can be read */
export async function audit(
  services: Pick<Services, 'store'>,
  onBlob: (ref: BlobRef) => void = () => undefined,
): Promise<Audit> {
  const { meta, blobs } = services.store;
  const seen = new Set<string>();
  const rows = { b: 0, c: 0, v: 0, u: 0, p: 0, x: 0 };
  let referencedBytes = 0;
  let missing = 0;
  const look = async (ref: BlobRef): Promise<void> => {
    const id = ref.toString('latin1');
    if (seen.has(id)) return;
    seen.add(id);
    try {
      const handle = await blobs.open(ref);
      referencedBytes += handle.size;
      await handle.close();
      onBlob(ref);
    } catch {
      missing += 1;
    }
  };
  for (const space of SPACES) {
    const to = afterPrefix(Buffer.from(space));
    let from: Buffer | undefined = Buffer.from(space);
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await meta.scan({ from, to, limit: 1_000 });
      rows[space] += page.rows.length;
      for (const row of page.rows) {
        if (row.blob !== undefined) await look(row.blob);
        if (space !== 'x') continue;
        for (const { ref } of unpackExtents(row.value)) if (ref !== null) await look(ref);
      }
      from = page.resume;
    }
  }
  const usage = await blobs.usage();
  return {
    buckets: rows.b,
    objects: rows.c,
    versions: rows.v,
    uploads: rows.u,
    parts: rows.p,
    referencedBlobs: seen.size,
    referencedBytes,
    liveBlobs: usage.liveBlobs,
    liveBytes: usage.liveBytes,
    missing,
    leftOver: usage.liveBlobs - seen.size + missing,
    orphans: usage.orphans,
  };
}
