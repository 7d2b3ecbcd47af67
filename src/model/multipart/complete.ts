/**
 * Complete Multipart Upload: the listed parts become the object, without copying a byte. Source: spec/objects.md §11.7.
 *
 * The upload is locked first (a mark in its row), which makes late parts and a second Complete or Abort fail their
 * conditions; then the parts are judged; then one commit publishes the object and ends the upload.
 */
import { createHash } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import { CHECKSUM_BYTES, type ChecksumAlgorithm } from '../../platform/hash/checksum.ts';
import { crc64Combine } from '../../platform/hash/crc64.ts';
import type { BlobRef } from '../../store/blob-store.ts';
import type { Put } from '../../store/meta-store.ts';
import { attempt } from '../attempt.ts';
import type { BucketEntry } from '../buckets.ts';
import { keptParts, scheduleJob } from '../deletions.ts';
import { crcBytes } from '../ingest.ts';
import { afterPrefix, extentKey, finishedKey, partNumberOf, partPrefix, stampBytes } from '../keys.ts';
import { withExtra } from '../records/attributes.ts';
import type { Checksum } from '../records/checksum.ts';
import { type Extent, packExtents } from '../records/extents.ts';
import type { Manifest, ObjectRecord } from '../records/object.ts';
import { type PartRecord, packFinished, packUpload, unpackFinished, unpackPart } from '../records/upload.ts';
import type { Services } from '../services.ts';
import { publishObject, type WriteConditions } from '../write-object.ts';
import {
  type ExpectedWhole,
  joinChecksums,
  judgeListedChecksum,
  judgeWhole,
  judgeWholeKind,
  type ShownChecksum,
  shown,
} from './checksums.ts';
import { findUpload, isCompleting, MAX_PART_NUMBER, type UploadEntry } from './upload.ts';

/** Parts in one extent row: a row value stays below 64 KiB. */
const CHUNK_PARTS = 800;
/** The same of parts with checksums of up to 32 bytes, and of longer ones. */
const SUMMED_CHUNK_PARTS = 500;
const LONG_SUMMED_CHUNK_PARTS = 400;
/** All extent rows of one commit, which may hold 512 KiB; more than that only very many long checksums take. */
const EXTENT_BYTES = 480 * 1024;
/** How long a repeated Complete gets the first one's answer, ms. */
const REPLAY_MS = 10 * 60_000;

export interface CompletedPart {
  readonly partNumber: number;
  /** Without quotes, any case. */
  readonly etag: string;
  readonly checksum?: Checksum | undefined;
}

export interface CompleteOptions {
  /** Whether part numbers may leave some out; default: `refuse`. */
  readonly gaps?: 'refuse' | 'allow' | undefined;
  readonly whole?: ExpectedWhole | undefined;
}

export interface Completed {
  readonly etag: string;
  readonly crc64: Buffer | undefined;
  /** undefined where versioning was never set; `null` in a suspended bucket. */
  readonly versionId: string | undefined;
  /** The object; undefined when the answer is replayed. */
  readonly record: ObjectRecord | undefined;
  /** Of the version that went for it; undefined when the answer is replayed. */
  readonly freedBytes?: number;
  /** Where the upload asked for one. */
  readonly checksum?: ShownChecksum | undefined;
}

/** @throws CosError NoSuchUpload, PathConflict, InvalidArgument, InvalidPart, InvalidPartOrder, InvalidRequest, BadDigest, EntityTooSmall, EntityTooLarge, FileAlreadyExists, PreconditionFailed, NoSuchKey */
export async function completeUpload(
  services: Services,
  bucket: BucketEntry,
  key: string,
  uploadId: string,
  listed: readonly CompletedPart[],
  conditions: WriteConditions,
  { gaps = 'refuse', whole = ANYTHING }: CompleteOptions = {},
): Promise<Completed> {
  const bucketId = bucket.record.id;
  const digest = digestOf(listed);
  const found = await findUpload(services, bucketId, key, uploadId);
  if (found === undefined) return replay(services, bucketId, key, uploadId, digest, whole);
  judgeOrder(listed, gaps);
  judgeWholeKind(found.record.checksum, whole);
  const upload = await lock(services, bucketId, key, uploadId);
  // A Complete with this list may have ended the upload since the look above.
  if (upload === undefined) return replay(services, bucketId, key, uploadId, digest, whole);
  try {
    const parts = await judgeParts(services, bucketId, uploadId, upload, listed);
    if (whole.size !== undefined && whole.size !== sizeOf(parts)) {
      throw new CosError('InvalidRequest', {
        message: 'The size of the object is not the one that the request expects.',
      });
    }
    return await publish(services, bucket, uploadId, upload, parts, digest, conditions, whole);
  } catch (error) {
    await unlock(services, upload);
    throw error;
  }
}

const ANYTHING: ExpectedWhole = {};

function digestOf(listed: readonly CompletedPart[]): Buffer {
  const hash = createHash('sha1');
  for (const { partNumber, etag } of listed) hash.update(`${partNumber}:${etag.toLowerCase()}\n`);
  return hash.digest();
}

async function replay(
  services: Services,
  bucketId: Buffer,
  key: string,
  uploadId: string,
  digest: Buffer,
  whole: ExpectedWhole,
): Promise<Completed> {
  const [row] = await services.store.meta.get([finishedKey(bucketId, uploadId.slice(0, 100))]);
  if (row !== undefined) {
    const finished = unpackFinished(row.value);
    const fresh = services.clock.nowMs() < finished.untilMs;
    if (fresh && finished.key === key && finished.partsDigest.equals(digest)) {
      const { etag, crc64, versionId, checksum, parts = 0 } = finished;
      judgeWhole(checksum, parts, whole);
      const answer = { etag, crc64, versionId, record: undefined };
      return checksum === undefined ? answer : { ...answer, checksum: shown(checksum, parts) };
    }
  }
  throw new CosError('NoSuchUpload');
}

/** The part numbers alone: ascending, and without a gap from 1 unless gaps are allowed. */
function judgeOrder(listed: readonly CompletedPart[], gaps: 'refuse' | 'allow'): void {
  if (listed.length > MAX_PART_NUMBER) throw new CosError('InvalidArgument', { message: 'Too many parts' });
  let before = 0;
  let gap = false;
  for (const { partNumber } of listed) {
    if (partNumber <= before) throw new CosError('InvalidPartOrder');
    if (partNumber !== before + 1) gap = true;
    before = partNumber;
  }
  if (gap && gaps === 'refuse') throw new CosError('InvalidPart');
}

/** @returns the upload as it is while locked; undefined when it has ended */
async function lock(
  services: Services,
  bucketId: Buffer,
  key: string,
  uploadId: string,
): Promise<UploadEntry | undefined> {
  await attempt(services, async () => {
    const upload = await findUpload(services, bucketId, key, uploadId);
    if (upload === undefined) return { result: undefined };
    const { row, record } = upload;
    if (isCompleting(services, record)) throw new CosError('PathConflict');
    const completing = { by: services.processId, sinceMs: services.clock.nowMs() };
    const puts = [{ key: row.key, value: packUpload({ ...record, completing }) }];
    return { commit: { checks: [{ key: row.key, version: row.version }], puts }, result: undefined };
  });
  return findUpload(services, bucketId, key, uploadId);
}

async function unlock(services: Services, { row, record }: UploadEntry): Promise<void> {
  const { completing: _, ...open } = record;
  await services.store.meta.commit({
    checks: [{ key: row.key, version: row.version }],
    puts: [{ key: row.key, value: packUpload(open) }],
  });
}

interface JudgedPart extends PartRecord {
  readonly partNumber: number;
  readonly ref: BlobRef | undefined;
}

async function judgeParts(
  services: Services,
  bucketId: Buffer,
  uploadId: string,
  upload: UploadEntry,
  listed: readonly CompletedPart[],
): Promise<JudgedPart[]> {
  const from = partPrefix(bucketId, uploadId);
  const to = afterPrefix(from);
  const stored = new Map<number, JudgedPart>();
  for (let next: Buffer | undefined = from; next !== undefined; ) {
    const page: Awaited<ReturnType<Services['store']['meta']['scan']>> = await services.store.meta.scan({
      from: next,
      to,
      limit: 1_000,
    });
    for (const row of page.rows) {
      const partNumber = partNumberOf(row.key);
      stored.set(partNumber, { ...unpackPart(row.value), partNumber, ref: row.blob });
    }
    next = page.resume;
  }
  const parts = listed.map(({ partNumber, etag, checksum }) => {
    const part = stored.get(partNumber);
    if (part === undefined || part.etag !== etag.toLowerCase()) throw new CosError('InvalidPart');
    judgeListedChecksum(upload.record.checksum, part, checksum);
    return part;
  });
  const { minPartBytes, multipartObjectBytes } = services.limits;
  if (parts.slice(0, -1).some((part) => part.size < minPartBytes)) throw new CosError('EntityTooSmall');
  if (sizeOf(parts) > multipartObjectBytes) throw new CosError('EntityTooLarge');
  return parts;
}

const sizeOf = (parts: readonly JudgedPart[]): number => parts.reduce((sum, part) => sum + part.size, 0);

function etagOf(parts: readonly JudgedPart[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}

function crcOf(parts: readonly JudgedPart[]): Buffer {
  let crc = parts[0]!.crc64.readBigUInt64BE(0);
  for (const part of parts.slice(1)) crc = crc64Combine(crc, part.crc64.readBigUInt64BE(0), part.size);
  return crcBytes(crc);
}

function partsInRow(summed: ChecksumAlgorithm | undefined): number {
  if (summed === undefined) return CHUNK_PARTS;
  return CHECKSUM_BYTES[summed] > 32 ? LONG_SUMMED_CHUNK_PARTS : SUMMED_CHUNK_PARTS;
}

/** Extent rows over the parts' blobs. @param summed by which algorithm the parts keep checksums, if they do */
function extentRows(
  services: Services,
  bucketId: Buffer,
  parts: readonly JudgedPart[],
  summed: ChecksumAlgorithm | undefined,
): [Manifest, Put[]] {
  const step = partsInRow(summed);
  const id = stampBytes(services.ids.versionStamp());
  const starts: number[] = [];
  const puts: Put[] = [];
  let offset = 0;
  for (let at = 0; at < parts.length; at += step) {
    const extents: Extent[] = [];
    starts.push(offset);
    for (const { size, ref, nonce, checksum } of parts.slice(at, at + step)) {
      if (ref !== undefined) extents.push({ size, ref, nonce, checksum: summed && checksum?.value });
      offset += size;
    }
    puts.push({ key: extentKey(bucketId, id, puts.length), value: packExtents(extents) });
  }
  return [{ id, starts }, puts];
}

/** The rows without the checksums of the parts where those are too many for one commit: the whole keeps its own. */
function fittingRows(
  services: Services,
  bucketId: Buffer,
  parts: readonly JudgedPart[],
  summed: ChecksumAlgorithm | undefined,
): [Manifest, Put[]] {
  const rows = extentRows(services, bucketId, parts, summed);
  const bytes = rows[1].reduce((sum, { value }) => sum + value.length, 0);
  return summed !== undefined && bytes > EXTENT_BYTES ? extentRows(services, bucketId, parts, undefined) : rows;
}

async function publish(
  services: Services,
  bucket: BucketEntry,
  uploadId: string,
  upload: UploadEntry,
  parts: readonly JudgedPart[],
  digest: Buffer,
  conditions: WriteConditions,
  whole: ExpectedWhole,
): Promise<Completed> {
  const bucketId = bucket.record.id;
  const { key } = upload.record;
  const checksum =
    upload.record.checksum === undefined ? undefined : await joinChecksums(upload.record.checksum, parts);
  judgeWhole(checksum, parts.length, whole);
  const etag = etagOf(parts);
  const crc64 = crcOf(parts);
  const only = parts.length === 1 ? parts[0]!.ref : undefined;
  const nonce = parts.length === 1 ? parts[0]!.nonce : undefined;
  const attributes =
    nonce === undefined && checksum === undefined
      ? upload.record.attributes
      : withExtra(upload.record.attributes, { nonce, checksum });
  const [manifest, extents] =
    parts.length === 1 ? [undefined, []] : fittingRows(services, bucketId, parts, checksum?.algorithm);
  let completed: Completed | undefined;
  const { freedBytes } = await publishObject(
    services,
    bucket,
    key,
    {
      kind: 'normal',
      size: sizeOf(parts),
      etag,
      crc64,
      attributes,
      parts: parts.length,
      by: 'complete',
      ...(manifest === undefined ? {} : { manifest }),
      ...(only === undefined ? {} : { blob: only }),
    },
    conditions,
    (draft, record, state) => {
      const versioning = state.bucket.record.versioning;
      const id = record.isNull ? 'null' : services.ids.versionIdOf(record.stamp);
      const versionId = versioning === 'unset' ? undefined : id;
      completed = { etag, crc64, versionId, record };
      draft.check(upload.row.key, upload.row);
      draft.deletes.push(upload.row.key);
      for (const put of extents) draft.put(put);
      const kept = keptParts(parts.map((part) => part.partNumber));
      draft.put(scheduleJob(services, { kind: 'parts', bucketId, uploadId, kept }, 0));
      const untilMs = services.clock.nowMs() + REPLAY_MS;
      const finished = finishedKey(bucketId, uploadId);
      draft.put({
        key: finished,
        value: packFinished({
          ...{ key, partsDigest: digest, etag, crc64, versionId, untilMs },
          ...(checksum === undefined ? {} : { checksum, parts: parts.length }),
        }),
      });
      draft.put(scheduleJob(services, { kind: 'row', key: finished }, REPLAY_MS));
    },
  );
  return {
    ...{ ...completed!, freedBytes },
    ...(checksum === undefined ? {} : { checksum: shown(checksum, parts.length) }),
  };
}
