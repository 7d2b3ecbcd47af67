/** Retention and legal hold of a version. Source: spec/objects.md §7. */
import { CosError } from '../errors/cos-error.ts';
import { changeVersion } from '../model/change-version.ts';
import { readObject } from '../model/read-object.ts';
import { type ObjectLock, withExtra } from '../model/records/attributes.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { replaceAttributes } from '../model/restore.ts';
import type { ObjectVersionInput } from './find-object.ts';
import { bucketOperation } from './operation.ts';

const BODY_ERRORS = [
  'BadDigest',
  'InvalidDigest',
  'MalformedXML',
  'MissingContentLength',
  'MissingRequestBodyError',
  'XMLSizeLimit',
] as const;
const FIND_ERRORS = ['NoSuchKey', 'NoSuchVersion'] as const;
const UNLOCKED: ObjectLock = { retainUntilMs: undefined, legalHold: false };

function requireLockable({ objectLock }: BucketRecord): void {
  if (objectLock === undefined) {
    throw new CosError('InvalidRequest', { message: 'Object lock is not enabled on the bucket.' });
  }
}

export interface PutObjectRetentionInput extends ObjectVersionInput {
  /** ms since the epoch; undefined asks to take the retention away, which nobody may */
  readonly retainUntilMs: number | undefined;
}

export const putObjectRetention = bucketOperation<PutObjectRetentionInput, void>({
  name: 'PutObjectRetention',
  level: 'object',
  method: 'PUT',
  subresource: 'retention',
  action: 'name/cos:PutObjectRetention',
  access: 'owner',
  success: [200],
  errors: [...BODY_ERRORS, ...FIND_ERRORS, 'InvalidArgument', 'InvalidObjectLock', 'InvalidRequest', 'PathConflict'],
  spec: 'objects.md §7',
  async run({ services, bucket }, { key, versionId, retainUntilMs }) {
    requireLockable(bucket.record);
    if (retainUntilMs === undefined) throw new CosError('AccessDenied', { message: 'Retention cannot be removed.' });
    await changeVersion(services, bucket, key, versionId, (record) => {
      const lock = record.attributes.extra?.lock ?? UNLOCKED;
      const least = Math.max(lock.retainUntilMs ?? 0, services.clock.nowMs());
      if (retainUntilMs < least) {
        throw new CosError('InvalidObjectLock', { message: 'The retain until date can only be moved to a later one.' });
      }
      return replaceAttributes(record, withExtra(record.attributes, { lock: { ...lock, retainUntilMs } }));
    });
  },
});

export const getObjectRetention = bucketOperation<ObjectVersionInput, { readonly retainUntilMs: number }>({
  name: 'GetObjectRetention',
  level: 'object',
  method: 'GET',
  subresource: 'retention',
  action: 'name/cos:GetObjectRetention',
  access: 'owner',
  success: [200],
  errors: [...FIND_ERRORS, 'NoSuchObjectLockConfiguration'],
  spec: 'objects.md §7',
  async run({ services, bucket }, { key, versionId }) {
    const { record } = await readObject(services, bucket, key, versionId);
    const retainUntilMs = record.attributes.extra?.lock?.retainUntilMs;
    if (retainUntilMs === undefined) throw new CosError('NoSuchObjectLockConfiguration');
    return { retainUntilMs };
  },
});

export interface PutObjectLegalHoldInput extends ObjectVersionInput {
  readonly legalHold: boolean;
}

export const putObjectLegalHold = bucketOperation<PutObjectLegalHoldInput, void>({
  name: 'PutObjectLegalHold',
  level: 'object',
  method: 'PUT',
  subresource: 'legal-hold',
  action: 'name/cos:PutObjectLegalHold',
  access: 'owner',
  success: [200],
  errors: [...BODY_ERRORS, ...FIND_ERRORS, 'InvalidRequest', 'PathConflict'],
  spec: 'objects.md §7',
  async run({ services, bucket }, { key, versionId, legalHold }) {
    requireLockable(bucket.record);
    await changeVersion(services, bucket, key, versionId, (record) => {
      const lock = record.attributes.extra?.lock ?? UNLOCKED;
      return replaceAttributes(record, withExtra(record.attributes, { lock: { ...lock, legalHold } }));
    });
  },
});

export const getObjectLegalHold = bucketOperation<ObjectVersionInput, { readonly legalHold: boolean }>({
  name: 'GetObjectLegalHold',
  level: 'object',
  method: 'GET',
  subresource: 'legal-hold',
  action: 'name/cos:GetObjectLegalHold',
  access: 'owner',
  success: [200],
  errors: [...FIND_ERRORS, 'NoSuchObjectLockConfiguration'],
  spec: 'objects.md §7',
  async run({ services, bucket }, { key, versionId }) {
    const { record } = await readObject(services, bucket, key, versionId);
    const lock = record.attributes.extra?.lock;
    if (lock === undefined) throw new CosError('NoSuchObjectLockConfiguration');
    return { legalHold: lock.legalHold };
  },
});
