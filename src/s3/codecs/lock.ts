/** Object lock with its two modes and the right to bypass one of them. Source: spec/s3.md §6, §12.2. */
import { codec, emptyReply } from '../../cos/codec.ts';
import * as nativeBuckets from '../../cos/codecs/buckets.ts';
import * as native from '../../cos/codecs/properties.ts';
import { readXml, refuseBody } from '../../cos/decode/body.ts';
import { parseIsoDate } from '../../cos/decode/lock.ts';
import { lockConfigurationReply } from '../../cos/lock-documents.ts';
import { versionIdOf } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import { malformedXml, XML_CONFIG_BYTES, type XmlElement, xmlChild, xmlText } from '../../http/xml.ts';
import type { LockMode } from '../../model/records/attributes.ts';
import {
  getBucketObjectLock,
  type PutBucketObjectLockInput,
  putBucketObjectLock,
} from '../../operations/bucket-object-lock.ts';
import {
  getObjectLegalHold,
  getObjectRetention,
  type PutObjectRetentionInput,
  putObjectRetention,
} from '../../operations/object-lock.ts';
import { deleteObjectTagging, putObjectTagging } from '../../operations/object-tagging.ts';
import { putBucket } from '../../operations/put-bucket.ts';
import { asksForBypass, asksForObjectLock } from '../lock-headers.ts';
import { over, type S3Call } from './over.ts';

const MAX_DAYS = 36_500;
const MAX_YEARS = 100;

/** @throws CosError MalformedXML: in documents, case counts */
function lockMode(element: XmlElement): LockMode {
  const mode = xmlText(element, 'Mode');
  if (mode === 'COMPLIANCE' || mode === 'GOVERNANCE') return mode;
  throw malformedXml('Mode must be COMPLIANCE or GOVERNANCE.');
}

/** @throws CosError MalformedXML, InvalidRetentionPeriod */
function period(text: string, most: number): number {
  if (!/^-?\d{1,9}$/.test(text)) throw malformedXml('A retention period must be an integer.');
  const length = Number(text);
  if (length < 1 || length > most) {
    throw new CosError('InvalidRetentionPeriod', { message: `The retention period must be from 1 to ${most}.` });
  }
  return length;
}

export const putBucketCodec = over(putBucket, nativeBuckets.putBucketCodec, {
  input: (_, { wire }) => (asksForObjectLock(wire) ? { objectLock: true } : {}),
});

export const putBucketObjectLockCodec = codec({
  operation: putBucketObjectLock,
  async decode({ wire }, limits): Promise<PutBucketObjectLockInput> {
    const root = await readXml(wire, 'ObjectLockConfiguration', XML_CONFIG_BYTES, limits);
    if (xmlText(root, 'ObjectLockEnabled') !== 'Enabled') throw malformedXml('ObjectLockEnabled must be Enabled.');
    const rule = xmlChild(root, 'Rule');
    if (rule === undefined) return { days: undefined, needsVersioning: true };
    const retention = xmlChild(rule, 'DefaultRetention');
    if (retention === undefined) throw malformedXml('A Rule must have a DefaultRetention.');
    const mode = lockMode(retention);
    const days = xmlText(retention, 'Days');
    const years = xmlText(retention, 'Years');
    if ((days === undefined) === (years === undefined)) throw malformedXml('There must be either Days or Years.');
    return {
      mode,
      days: days === undefined ? undefined : period(days, MAX_DAYS),
      ...(years === undefined ? {} : { years: period(years, MAX_YEARS) }),
      needsVersioning: true,
    };
  },
  encode: () => emptyReply(),
});

export const getBucketObjectLockCodec = codec({
  operation: getBucketObjectLock,
  async decode({ wire }) {
    await refuseBody(wire);
    return { absent: 'ObjectLockConfigurationNotFoundError' as const };
  },
  encode: lockConfigurationReply,
});

export const putObjectRetentionCodec = codec({
  operation: putObjectRetention,
  async decode(request, limits): Promise<PutObjectRetentionInput> {
    const { wire, key } = request as S3Call;
    const root = await readXml(wire, 'Retention', XML_CONFIG_BYTES, limits);
    const until = xmlText(root, 'RetainUntilDate');
    const asked = { key, versionId: versionIdOf(request), bypassGovernance: asksForBypass(wire) };
    if (until === undefined && xmlText(root, 'Mode') === undefined) return { ...asked, retainUntilMs: undefined };
    const mode = lockMode(root);
    const retainUntilMs = until === undefined ? undefined : parseIsoDate(until);
    if (retainUntilMs === undefined) throw malformedXml('RetainUntilDate must be a time of ISO 8601.');
    if (retainUntilMs <= wire.receivedAtMs) {
      throw new CosError('InvalidArgument', { message: 'The retain until date must be in the future!' });
    }
    return { ...asked, mode, retainUntilMs };
  },
  encode: () => emptyReply(),
});

const UNLOCKED_BUCKET = { unlockedBucket: 'InvalidRequest' } as const;

export const getObjectRetentionCodec = over(getObjectRetention, native.getObjectRetentionCodec, {
  input: () => UNLOCKED_BUCKET,
});

export const getObjectLegalHoldCodec = over(getObjectLegalHold, native.getObjectLegalHoldCodec, {
  input: () => UNLOCKED_BUCKET,
});

/** Locks are of the bytes: tags of locked versions may change. */
const LOCKED_TOO = { lockedVersion: 'allow' } as const;

export const putObjectTaggingCodec = over(putObjectTagging, native.putObjectTaggingCodec, {
  input: () => LOCKED_TOO,
});

export const deleteObjectTaggingCodec = over(deleteObjectTagging, native.deleteObjectTaggingCodec, {
  input: () => LOCKED_TOO,
});
