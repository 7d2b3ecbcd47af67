/**
 * Deferred deletion: a commit that drops a version also writes a job row; the job frees the bytes once the grace time
 * has passed and no reader holds the version. Every step can be repeated, so a crash in between costs nothing.
 */
import type { BlobRef } from '../store/blob-store.ts';
import type { Put, Row } from '../store/meta-store.ts';
import { afterPrefix, DELETIONS_FROM, deletionKey, extentKey, partNumberOf, partPrefix, stampBytes } from './keys.ts';
import { type DeletionJob, packJob, unpackJob } from './records/deletion-job.ts';
import { unpackExtents } from './records/extents.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';

/** Rows deleted in one commit, job row included (the port allows 100 keys). */
const BATCH = 90;

/** Names a version to readers: bucket id and stamp. */
export function ownerOf(bucketId: Buffer, record: ObjectRecord): Buffer {
  return Buffer.concat([bucketId, stampBytes(record.stamp)]);
}

/** The row that schedules a job. @param delayMs ms from now; default the grace time */
export function scheduleJob(services: Services, job: DeletionJob, delayMs = services.graceMs): Put {
  return {
    key: deletionKey(services.clock.nowMs() + delayMs, services.ids.versionStamp()),
    value: packJob(job),
  };
}

/** The job that frees the bytes of a dropped version; undefined when it has none. */
export function dropContent(services: Services, bucketId: Buffer, row: Row, record: ObjectRecord): Put | undefined {
  const owner = ownerOf(bucketId, record);
  if (record.manifest !== undefined) {
    const { id, starts } = record.manifest;
    return scheduleJob(services, { kind: 'manifest', owner, bucketId, manifest: id, chunks: starts.length });
  }
  if (row.blob === undefined) return undefined;
  return scheduleJob(services, { kind: 'blobs', owner, refs: [row.blob] });
}

/** What deleting needs; `doctor` has no more. */
export type Deleting = Pick<Services, 'store' | 'pins'>;

/** What a run did. */
export interface DeletionRun {
  readonly jobs: number;
  readonly blobs: number;
  /** Due but held back by a reader. */
  readonly held: number;
  /** More jobs are due. */
  readonly more: boolean;
}

/**
 * Carries out the jobs that are due, at most `limit`.
 * @param untilMs jobs due at or before this wall time; Infinity runs all
 */
export async function runDeletions(services: Deleting, untilMs: number, limit = 500): Promise<DeletionRun> {
  const run = await services.pins.freeing(() => runDue(services, untilMs, limit));
  return run ?? { jobs: 0, blobs: 0, held: 0, more: false };
}

async function runDue(services: Deleting, untilMs: number, limit: number): Promise<DeletionRun> {
  const to = Number.isFinite(untilMs) ? deletionKey(untilMs + 1, 0) : afterPrefix(DELETIONS_FROM);
  const page = await services.store.meta.scan({ from: DELETIONS_FROM, to, limit });
  let jobs = 0;
  let blobs = 0;
  let held = 0;
  const refs: BlobRef[] = [];
  const rows: Buffer[] = [];
  for (const row of page.rows) {
    const job = unpackJob(row.value);
    if (job.kind === 'blobs') {
      if (services.pins.has(job.owner)) {
        held += 1;
        continue;
      }
      refs.push(...job.refs);
      rows.push(row.key);
    } else if (job.kind === 'row') {
      rows.push(row.key, job.key);
    } else if (job.kind === 'manifest') {
      if (services.pins.has(job.owner)) {
        held += 1;
        continue;
      }
      blobs += await dropManifest(services, job, row.key);
    } else {
      blobs += await dropParts(services, job, row.key);
    }
    jobs += 1;
  }
  if (refs.length > 0) await services.store.blobs.delete(refs);
  for (let at = 0; at < rows.length; at += BATCH) {
    await services.store.meta.commit({ deletes: rows.slice(at, at + BATCH) });
  }
  return { jobs, blobs: blobs + refs.length, held, more: page.resume !== undefined };
}

async function dropManifest(
  services: Deleting,
  job: DeletionJob & { kind: 'manifest' },
  jobKey: Buffer,
): Promise<number> {
  const { meta, blobs } = services.store;
  let freed = 0;
  for (let at = 0; at < job.chunks; at += BATCH) {
    const keys: Buffer[] = [];
    for (let chunk = at; chunk < Math.min(job.chunks, at + BATCH); chunk++) {
      keys.push(extentKey(job.bucketId, job.manifest, chunk));
    }
    const refs: BlobRef[] = [];
    for (const row of await meta.get(keys)) {
      if (row === undefined) continue;
      for (const extent of unpackExtents(row.value)) {
        const ref = extent.ref ?? row.blob;
        if (ref !== undefined && ref !== null) refs.push(ref);
      }
    }
    if (refs.length > 0) await blobs.delete(refs);
    freed += refs.length;
    await meta.commit({ deletes: keys });
  }
  await meta.commit({ deletes: [jobKey] });
  return freed;
}

async function dropParts(services: Deleting, job: DeletionJob & { kind: 'parts' }, jobKey: Buffer): Promise<number> {
  const { meta, blobs } = services.store;
  const from = partPrefix(job.bucketId, job.uploadId);
  const to = afterPrefix(from);
  let freed = 0;
  for (;;) {
    const page = await meta.scan({ from, to, limit: BATCH });
    const refs: BlobRef[] = [];
    for (const row of page.rows) {
      const number = partNumberOf(row.key);
      const kept = ((job.kept[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;
      if (!kept && row.blob !== undefined) refs.push(row.blob);
    }
    if (refs.length > 0) await blobs.delete(refs);
    freed += refs.length;
    await meta.commit({ deletes: [...page.rows.map((row) => row.key), ...(page.resume ? [] : [jobKey])] });
    if (page.resume === undefined) return freed;
  }
}

/** Marks part numbers whose blobs an object took over. */
export function keptParts(numbers: Iterable<number>): Buffer {
  const bits = Buffer.alloc(1251);
  for (const number of numbers) bits[number >> 3]! |= 1 << (number & 7);
  return bits;
}
