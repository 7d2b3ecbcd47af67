/** GET Object and HEAD Object. Source: spec/objects.md §6.3, §8.4, §8.5. */
import { CosError } from '../errors/cos-error.ts';
import type { CustomerKey } from '../features/encryption/record.ts';
import { noteRead, tierIn } from '../features/intelligent-tiering/access-notes.ts';
import type { StorageTier } from '../features/intelligent-tiering/tier.ts';
import { expiryIn, type ObjectExpiry } from '../features/lifecycle/expiry.ts';
import { evaluateConditions, type RangeValidator, type ReadConditions, rangeApplies } from '../model/conditions.ts';
import { type Content, loadSmall, openContent, partRange } from '../model/content.ts';
import { objectKeyOfRow } from '../model/keys.ts';
import { type ShownChecksum, shownChecksum } from '../model/multipart/checksums.ts';
import { partChecksum } from '../model/multipart/object-parts.ts';
import { type ByteRange, type RangeSpec, resolveRange } from '../model/range.ts';
import type { FoundObject } from '../model/read-object.ts';
import { requireReadable } from '../model/restore.ts';
import { isTiered } from '../model/storage-class.ts';
import { cipherOf, judgeCustomerKey } from '../model/unseal.ts';
import { findReadable, type ObjectVersionInput } from './find-object.ts';
import { type BucketContext, bucketOperation } from './operation.ts';
import { KMS_ERRORS } from './put-object.ts';

export interface ReadObjectInput extends ObjectVersionInput {
  readonly conditions: ReadConditions;
  readonly range: RangeSpec | undefined;
  /** The range counts only while the object is the one this names. */
  readonly rangeValidator: RangeValidator | undefined;
  /** One part of a multipart object instead of a range; 1 … 10,000. */
  readonly partNumber: number | undefined;
  readonly customerKey: CustomerKey | undefined;
  /** What the lack of the part asked for is called; `InvalidPart` also gives an empty object's first part. Default: `InvalidRange`. */
  readonly missingPart?: 'InvalidRange' | 'InvalidPart';
  /** Tell when a lifecycle rule will expire the object. */
  readonly tellExpiry?: boolean;
}

export interface ReadObjectResult {
  readonly object: FoundObject;
  readonly outcome: 'ok' | 'not-modified';
  /** The part that was asked for; undefined sends everything. */
  readonly range: ByteRange | undefined;
  /** undefined for classes without tiers */
  readonly tier: StorageTier | undefined;
  /** Of the bytes that `range` leaves: of a whole object, or of a part. */
  readonly checksum: ShownChecksum | undefined;
  /** Parts of the multipart object one part of which was asked for. */
  readonly partsCount: number | undefined;
  readonly expiry?: ObjectExpiry | undefined;
}

export interface GetObjectResult extends ReadObjectResult {
  /** The whole body in memory, or a reader that the receiver must close; undefined with `not-modified`. */
  readonly body: Buffer | Content | undefined;
}

const READ_ERRORS = [
  'InvalidArgument',
  'InvalidPart',
  'InvalidRange',
  'InvalidRequest',
  'NoSuchKey',
  'NoSuchVersion',
  'PreconditionFailed',
  'SSEHeaderNotAllowed',
] as const;

function judge(object: FoundObject, { conditions }: ReadObjectInput): 'ok' | 'not-modified' {
  const outcome = evaluateConditions(conditions, object.record);
  if (outcome === 'failed') throw new CosError('PreconditionFailed');
  return outcome === 'not-modified' ? outcome : 'ok';
}

function rangeOf(
  { services, bucket }: BucketContext,
  object: FoundObject,
  { range, rangeValidator, partNumber, missingPart }: ReadObjectInput,
): ByteRange | undefined | Promise<ByteRange | undefined> {
  if (partNumber !== undefined) {
    const part = partRange(services, bucket.record.id, object, partNumber);
    return missingPart === 'InvalidPart' ? partOrWhole(part, object, partNumber) : part;
  }
  if (range === undefined || !rangeApplies(rangeValidator, object.record)) return undefined;
  const { size } = object.record;
  const resolved = resolveRange(range, size);
  if (resolved === undefined) throw new CosError('InvalidRange', { facts: { objectSize: size } });
  return resolved;
}

/** An empty object has nothing but its first part. @throws CosError InvalidPart */
async function partOrWhole(
  part: Promise<ByteRange>,
  { record }: FoundObject,
  partNumber: number,
): Promise<ByteRange | undefined> {
  try {
    return await part;
  } catch (error) {
    if (!(error instanceof CosError) || error.code !== 'InvalidRange') throw error;
    if (partNumber === 1 && record.size === 0) return undefined;
    throw new CosError('InvalidPart');
  }
}

/** The checksum of the bytes that are asked for. */
function checksumOf(
  { services, bucket }: BucketContext,
  object: FoundObject,
  range: ByteRange | undefined,
  { partNumber }: ReadObjectInput,
): ShownChecksum | undefined | Promise<ShownChecksum | undefined> {
  if (partNumber !== undefined && object.record.parts > 0) {
    return partChecksum(services, bucket.record.id, object, partNumber);
  }
  return range === undefined || partNumber !== undefined ? shownChecksum(object.record) : undefined;
}

function partsCountOf({ record }: FoundObject, { partNumber }: ReadObjectInput): number | undefined {
  return partNumber === undefined || record.parts === 0 ? undefined : record.parts;
}

function tierOf({ services, bucket }: BucketContext, { row, record }: FoundObject): StorageTier | undefined {
  if (!isTiered(record.storageClass)) return undefined;
  return tierIn(services, bucket.record, objectKeyOfRow(row.key), record);
}

/** Rules of expiration are about newest versions. */
function expiryOf({ services, bucket }: BucketContext, { record }: FoundObject, { key, versionId }: ReadObjectInput) {
  return versionId === undefined ? expiryIn(services, bucket, key, record) : undefined;
}

export const headObject = bucketOperation<ReadObjectInput, ReadObjectResult>({
  name: 'HeadObject',
  level: 'object',
  method: 'HEAD',
  action: 'name/cos:HeadObject',
  alsoActions: ['GetObject'],
  access: 'object-read',
  success: [200, 206, 304],
  errors: READ_ERRORS,
  spec: 'objects.md §8.5',
  async run(context, input) {
    const object = await findReadable(context, input);
    judgeCustomerKey(object.record.attributes, input.customerKey);
    const outcome = judge(object, input);
    const asked = outcome === 'ok' ? rangeOf(context, object, input) : undefined;
    const range = asked instanceof Promise ? await asked : asked;
    const summed = outcome === 'ok' ? checksumOf(context, object, range, input) : undefined;
    const checksum = summed instanceof Promise ? await summed : summed;
    const partsCount = partsCountOf(object, input);
    const due = input.tellExpiry === true ? expiryOf(context, object, input) : undefined;
    const expiry = due instanceof Promise ? await due : due;
    return { object, outcome, range, tier: tierOf(context, object), checksum, partsCount, expiry };
  },
});

export const getObject = bucketOperation<ReadObjectInput, GetObjectResult>({
  name: 'GetObject',
  level: 'object',
  method: 'GET',
  action: 'name/cos:GetObject',
  access: 'object-read',
  success: [200, 206, 304],
  errors: [...READ_ERRORS, ...KMS_ERRORS, 'InvalidObjectState', 'MirrorFailed'],
  spec: 'objects.md §8.4',
  async run(context, input) {
    const { services, bucket } = context;
    const object = await findReadable(context, input);
    const cipher = cipherOf(services, object.record.attributes, input.customerKey, 'read');
    const outcome = judge(object, input);
    if (outcome === 'not-modified') {
      const tier = tierOf(context, object);
      return { object, outcome, range: undefined, tier, body: undefined, checksum: undefined, partsCount: undefined };
    }
    requireReadable(services, object.record);
    const asked = rangeOf(context, object, input);
    const range = asked instanceof Promise ? await asked : asked;
    const summed = checksumOf(context, object, range, input);
    const checksum = summed instanceof Promise ? await summed : summed;
    const due = input.tellExpiry === true ? expiryOf(context, object, input) : undefined;
    const expiry = due instanceof Promise ? await due : due;
    const small = loadSmall(services, object, cipher);
    const body = (await small) ?? (await openContent(services, bucket.record.id, object, cipher));
    const tier = isTiered(object.record.storageClass) ? 'FREQUENT' : undefined;
    if (tier !== undefined) noteRead(services, bucket, object);
    return { object, outcome, range, tier, body, checksum, partsCount: partsCountOf(object, input), expiry };
  },
});
