/** Multipart uploads up to their end: initiate, parts, listing, abort. Source: spec/objects.md §11. */
import { CosError } from '../../errors/cos-error.ts';
import type { Put, Row } from '../../store/meta-store.ts';
import { attempt, BUSY } from '../attempt.ts';
import { type BucketEntry, isBeingDeleted, loadBucket } from '../buckets.ts';
import { scheduleJob } from '../deletions.ts';
import type { Ingested } from '../ingest.ts';
import { afterPrefix, partKey, partNumberOf, partPrefix, uploadKey } from '../keys.ts';
import type { ObjectAttributes } from '../records/attributes.ts';
import type { UploadChecksum } from '../records/checksum.ts';
import {
  type PartRecord,
  packPart,
  packUpload,
  type UploadRecord,
  unpackPart,
  unpackUpload,
} from '../records/upload.ts';
import type { Services } from '../services.ts';
import { readKeyState } from '../versions.ts';
import { judgeWrite, UNCONDITIONAL } from '../write-object.ts';

export const MAX_PART_NUMBER = 10_000;

export interface UploadEntry {
  readonly row: Row;
  readonly record: UploadRecord;
}

/** @returns the new upload's id */
export async function initiateUpload(
  services: Services,
  bucket: BucketEntry,
  key: string,
  attributes: ObjectAttributes,
  initiatorUin: string,
  forbidOverwrite: boolean,
  checksum?: UploadChecksum,
): Promise<string> {
  if (forbidOverwrite) {
    judgeWrite(services, await readKeyState(services, bucket, key), { ...UNCONDITIONAL, forbidOverwrite });
  }
  const uploadId = services.ids.uploadId(services.ids.versionStamp());
  const record: UploadRecord = {
    key,
    initiatedMs: services.clock.nowMs(),
    initiatorUin,
    attributes,
    ...(checksum === undefined ? {} : { checksum }),
  };
  const put = { key: uploadKey(bucket.record.id, key, uploadId), value: packUpload(record) };
  await attempt(services, async () => {
    const entry = await loadBucket(services, bucket.record.name);
    if (isBeingDeleted(services, entry)) return BUSY;
    const { row } = entry;
    return { commit: { guards: [{ key: row.key, version: row.version }], puts: [put] }, result: undefined };
  });
  return uploadId;
}

export async function findUpload(
  services: Services,
  bucketId: Buffer,
  key: string,
  uploadId: string,
): Promise<UploadEntry | undefined> {
  if (uploadId === '' || uploadId.length > 100) return undefined;
  const [row] = await services.store.meta.get([uploadKey(bucketId, key, uploadId)]);
  return row === undefined ? undefined : { row, record: unpackUpload(row.value) };
}

/** @throws CosError NoSuchUpload */
export async function loadUpload(
  services: Services,
  bucketId: Buffer,
  key: string,
  uploadId: string,
): Promise<UploadEntry> {
  const entry = await findUpload(services, bucketId, key, uploadId);
  if (entry === undefined) throw new CosError('NoSuchUpload');
  return entry;
}

/** True while a Complete of a live process judges the parts. */
export function isCompleting(services: Services, upload: UploadRecord): boolean {
  return upload.completing?.by === services.processId;
}

export interface StoredPart extends PartRecord {
  /** Of an earlier one of the same number. */
  readonly replacedBytes: number;
}

/**
 * Stores a part; an earlier one of the same number goes.
 * @throws CosError NoSuchUpload, PathConflict (the upload is being completed)
 */
export async function putPart(
  services: Services,
  bucketId: Buffer,
  key: string,
  uploadId: string,
  partNumber: number,
  body: Ingested,
): Promise<StoredPart> {
  const rowKey = partKey(bucketId, uploadId, partNumber);
  const record: PartRecord = {
    size: body.size,
    etag: body.etag,
    crc64: body.crc64,
    modifiedMs: services.clock.nowMs(),
    nonce: body.nonce,
    checksum: body.checksum,
  };
  return services.locks.run(rowKey.toString('latin1'), () =>
    attempt(services, async () => {
      const upload = await loadUpload(services, bucketId, key, uploadId);
      if (isCompleting(services, upload.record)) throw new CosError('PathConflict');
      const [old] = await services.store.meta.get([rowKey]);
      const puts: Put[] = [
        { key: rowKey, value: packPart(record), ...(body.blob === undefined ? {} : { blob: body.blob }) },
      ];
      if (old?.blob !== undefined) puts.push(scheduleJob(services, { kind: 'blobs', owner: rowKey, refs: [old.blob] }));
      return {
        commit: {
          guards: [{ key: upload.row.key, version: upload.row.version }],
          checks: [{ key: rowKey, version: old?.version ?? 0 }],
          puts,
        },
        result: { ...record, replacedBytes: old === undefined ? 0 : unpackPart(old.value).size },
      };
    }),
  );
}

export interface ListedPart extends PartRecord {
  readonly partNumber: number;
}

/** Parts with numbers above `after`, in order. */
export async function listParts(
  services: Services,
  bucketId: Buffer,
  uploadId: string,
  after: number,
  limit: number,
): Promise<{ parts: ListedPart[]; truncated: boolean }> {
  const to = afterPrefix(partPrefix(bucketId, uploadId));
  const from = partKey(bucketId, uploadId, Math.min(after + 1, 65_535));
  const page = await services.store.meta.scan({ from, to, limit });
  const parts = page.rows.map((row) => ({ ...unpackPart(row.value), partNumber: partNumberOf(row.key) }));
  return { parts, truncated: page.resume !== undefined };
}

/** @throws CosError NoSuchUpload, PathConflict (the upload is being completed) */
export async function abortUpload(services: Services, bucketId: Buffer, key: string, uploadId: string): Promise<void> {
  await attempt(services, async () => {
    const upload = await loadUpload(services, bucketId, key, uploadId);
    if (isCompleting(services, upload.record)) throw new CosError('PathConflict');
    const job = scheduleJob(services, { kind: 'parts', bucketId, uploadId, kept: Buffer.alloc(0) }, 0);
    return {
      commit: {
        checks: [{ key: upload.row.key, version: upload.row.version }],
        deletes: [upload.row.key],
        puts: [job],
      },
      result: undefined,
    };
  });
}
