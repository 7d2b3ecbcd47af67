/** Retention and legal hold of a version. Source: spec/objects.md §7. */
import { CosError } from '../errors/cos-error.ts';
import { changeVersion } from '../model/change-version.ts';
import { type RetentionRequest, withRetention } from '../model/object-lock.ts';
import { readObject } from '../model/read-object.ts';
import { type LockMode, type ObjectLock, withExtra } from '../model/records/attributes.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { replaceAttributes } from '../model/restore.ts';
import { mayBypassGovernance } from './bypass-governance.ts';
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
  if (objectLock === undefined) throw notEnabled();
}

function notEnabled(): CosError {
  return new CosError('InvalidRequest', { message: 'Object lock is not enabled on the bucket.' });
}

export interface PutObjectRetentionInput extends ObjectVersionInput, RetentionRequest {
  /** Asks that a retention of GOVERNANCE be made weaker, which takes a right of its own. */
  readonly bypassGovernance?: boolean;
}

export interface GetObjectLockInput extends ObjectVersionInput {
  /** What it is called that the bucket has no object lock at all. Default: `NoSuchObjectLockConfiguration`. */
  readonly unlockedBucket?: 'NoSuchObjectLockConfiguration' | 'InvalidRequest';
}

function requireLockedBucket({ objectLock }: BucketRecord, { unlockedBucket }: GetObjectLockInput): void {
  if (objectLock === undefined && unlockedBucket === 'InvalidRequest') throw notEnabled();
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
  async run(context, input) {
    const { services, bucket } = context;
    const { key, versionId } = input;
    requireLockable(bucket.record);
    const bypass = input.bypassGovernance === true && (await mayBypassGovernance(context, key, versionId));
    await changeVersion(services, bucket, key, versionId, (record) => {
      const before = record.attributes.extra?.lock ?? UNLOCKED;
      const lock = withRetention(before, input, services.clock.nowMs(), bypass);
      return replaceAttributes(record, withExtra(record.attributes, { lock }));
    });
  },
});

export interface ObjectRetention {
  readonly mode: LockMode;
  /** ms since the epoch */
  readonly retainUntilMs: number;
}

export const getObjectRetention = bucketOperation<GetObjectLockInput, ObjectRetention>({
  name: 'GetObjectRetention',
  level: 'object',
  method: 'GET',
  subresource: 'retention',
  action: 'name/cos:GetObjectRetention',
  access: 'owner',
  success: [200],
  errors: [...FIND_ERRORS, 'NoSuchObjectLockConfiguration'],
  spec: 'objects.md §7',
  async run({ services, bucket }, input) {
    requireLockedBucket(bucket.record, input);
    const { record } = await readObject(services, bucket, input.key, input.versionId);
    const { mode = 'COMPLIANCE', retainUntilMs } = record.attributes.extra?.lock ?? UNLOCKED;
    if (retainUntilMs === undefined) throw new CosError('NoSuchObjectLockConfiguration');
    return { mode, retainUntilMs };
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

export const getObjectLegalHold = bucketOperation<GetObjectLockInput, { readonly legalHold: boolean }>({
  name: 'GetObjectLegalHold',
  level: 'object',
  method: 'GET',
  subresource: 'legal-hold',
  action: 'name/cos:GetObjectLegalHold',
  access: 'owner',
  success: [200],
  errors: [...FIND_ERRORS, 'NoSuchObjectLockConfiguration'],
  spec: 'objects.md §7',
  async run({ services, bucket }, input) {
    requireLockedBucket(bucket.record, input);
    const { record } = await readObject(services, bucket, input.key, input.versionId);
    const lock = record.attributes.extra?.lock;
    if (lock === undefined) throw new CosError('NoSuchObjectLockConfiguration');
    return { legalHold: lock.legalHold };
  },
});
