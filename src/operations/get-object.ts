/** GET Object and HEAD Object. Source: spec/objects.md §6.3, §8.4, §8.5. */
import { CosError } from '../errors/cos-error.ts';
import type { CustomerKey } from '../features/encryption/record.ts';
import { noteRead, tierIn } from '../features/intelligent-tiering/access-notes.ts';
import type { StorageTier } from '../features/intelligent-tiering/tier.ts';
import { evaluateConditions, type RangeValidator, type ReadConditions, rangeApplies } from '../model/conditions.ts';
import { type Content, loadSmall, openContent, partRange } from '../model/content.ts';
import { objectKeyOfRow } from '../model/keys.ts';
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
}

export interface ReadObjectResult {
  readonly object: FoundObject;
  readonly outcome: 'ok' | 'not-modified';
  /** The part that was asked for; undefined sends everything. */
  readonly range: ByteRange | undefined;
  /** undefined for classes without tiers */
  readonly tier: StorageTier | undefined;
}

export interface GetObjectResult extends ReadObjectResult {
  /** The whole body in memory, or a reader that the receiver must close; undefined with `not-modified`. */
  readonly body: Buffer | Content | undefined;
}

const READ_ERRORS = [
  'InvalidArgument',
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
  { range, rangeValidator, partNumber }: ReadObjectInput,
): ByteRange | undefined | Promise<ByteRange> {
  if (partNumber !== undefined) return partRange(services, bucket.record.id, object, partNumber);
  if (range === undefined || !rangeApplies(rangeValidator, object.record)) return undefined;
  const { size } = object.record;
  const resolved = resolveRange(range, size);
  if (resolved === undefined) throw new CosError('InvalidRange', { facts: { objectSize: size } });
  return resolved;
}

function tierOf({ services, bucket }: BucketContext, { row, record }: FoundObject): StorageTier | undefined {
  if (!isTiered(record.storageClass)) return undefined;
  return tierIn(services, bucket.record, objectKeyOfRow(row.key), record);
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
    return { object, outcome, range, tier: tierOf(context, object) };
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
      return { object, outcome, range: undefined, tier: tierOf(context, object), body: undefined };
    }
    requireReadable(services, object.record);
    const asked = rangeOf(context, object, input);
    const range = asked instanceof Promise ? await asked : asked;
    const small = loadSmall(services, object, cipher);
    const body = (await small) ?? (await openContent(services, bucket.record.id, object, cipher));
    const tier = isTiered(object.record.storageClass) ? 'FREQUENT' : undefined;
    if (tier !== undefined) noteRead(services, bucket, object);
    return { object, outcome, range, tier, body };
  },
});
