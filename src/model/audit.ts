/**
 * Compares what the rows refer to with what the engine holds: the proof that no body is lost and none is left over.
 * Reads every row; for tests and maintenance.
 */
import type { Row } from '../store/meta-store.ts';
import { afterPrefix } from './keys.ts';
import { unpackExtents } from './records/extents.ts';
import type { Services } from './services.ts';

export interface Audit {
  /** Rows of current objects. */
  readonly objects: number;
  /** Distinct bodies that rows refer to. */
  readonly referencedBlobs: number;
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

/** Keyspaces whose rows hold bodies (keys.ts). */
const HOLDERS = ['c', 'v', 'p', 'x'] as const;

export async function audit(services: Services): Promise<Audit> {
  const { meta, blobs } = services.store;
  const seen = new Set<string>();
  let objects = 0;
  let missing = 0;
  const look = async (ref: Buffer): Promise<void> => {
    const id = ref.toString('latin1');
    if (seen.has(id)) return;
    seen.add(id);
    try {
      await (await blobs.open(ref)).close();
    } catch {
      missing += 1;
    }
  };
  for (const space of HOLDERS) {
    const to = afterPrefix(Buffer.from(space));
    let from: Buffer | undefined = Buffer.from(space);
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await meta.scan({ from, to, limit: 1_000 });
      for (const row of page.rows) {
        if (space === 'c') objects += 1;
        if (row.blob !== undefined) await look(row.blob);
        if (space !== 'x') continue;
        for (const { ref } of unpackExtents(row.value)) if (ref !== null) await look(ref);
      }
      from = page.resume;
    }
  }
  const usage = await blobs.usage();
  return {
    objects,
    referencedBlobs: seen.size,
    liveBlobs: usage.liveBlobs,
    liveBytes: usage.liveBytes,
    missing,
    leftOver: usage.liveBlobs - seen.size + missing,
    orphans: usage.orphans,
  };
}
