/** GET Object and HEAD Object. Source: spec/objects.md §6.3, §8.4, §8.5. */
import { authorizeObjectRead } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { evaluateConditions, type RangeValidator, type ReadConditions, rangeApplies } from '../model/conditions.ts';
import { type Content, loadSmall, openContent } from '../model/content.ts';
import { type ByteRange, type RangeSpec, resolveRange } from '../model/range.ts';
import { type FoundObject, readObject } from '../model/read-object.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface ReadObjectInput {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly conditions: ReadConditions;
  readonly range: RangeSpec | undefined;
  /** The range counts only while the object is the one this names. */
  readonly rangeValidator: RangeValidator | undefined;
}

export interface ReadObjectResult {
  readonly object: FoundObject;
  readonly outcome: 'ok' | 'not-modified';
  /** The part that was asked for; undefined sends everything. */
  readonly range: ByteRange | undefined;
}

export interface GetObjectResult extends ReadObjectResult {
  /** The whole body in memory, or a reader that the receiver must close; undefined with `not-modified`. */
  readonly body: Buffer | Content | undefined;
}

const READ_ERRORS = ['InvalidRange', 'NoSuchKey', 'NoSuchVersion', 'PreconditionFailed'] as const;

async function findObject({ services, identity, bucket }: BucketContext, input: ReadObjectInput): Promise<FoundObject> {
  let object: FoundObject;
  try {
    object = await readObject(services, bucket, input.key, input.versionId);
  } catch (error) {
    if (error instanceof CosError) authorizeObjectRead(identity, bucket.record, undefined);
    throw error;
  }
  authorizeObjectRead(identity, bucket.record, object.record.attributes.acl);
  return object;
}

function judge(object: FoundObject, { conditions, range, rangeValidator }: ReadObjectInput): ReadObjectResult {
  const outcome = evaluateConditions(conditions, object.record);
  if (outcome === 'failed') throw new CosError('PreconditionFailed');
  if (outcome === 'not-modified') return { object, outcome, range: undefined };
  if (range === undefined || !rangeApplies(rangeValidator, object.record)) {
    return { object, outcome: 'ok', range: undefined };
  }
  const { size } = object.record;
  const resolved = resolveRange(range, size);
  if (resolved === undefined) {
    throw new CosError('InvalidRange', { facts: { objectSize: size } });
  }
  return { object, outcome: 'ok', range: resolved };
}

export const headObject = bucketOperation<ReadObjectInput, ReadObjectResult>({
  name: 'HeadObject',
  level: 'object',
  method: 'HEAD',
  action: 'name/cos:HeadObject',
  access: 'object-read',
  success: [200, 206, 304],
  errors: READ_ERRORS,
  spec: 'objects.md §8.5',
  run: async (context, input) => judge(await findObject(context, input), input),
});

export const getObject = bucketOperation<ReadObjectInput, GetObjectResult>({
  name: 'GetObject',
  level: 'object',
  method: 'GET',
  action: 'name/cos:GetObject',
  access: 'object-read',
  success: [200, 206, 304],
  errors: [...READ_ERRORS, 'InvalidRequest'],
  spec: 'objects.md §8.4',
  async run(context, input) {
    const object = await findObject(context, input);
    const judged = judge(object, input);
    if (judged.outcome === 'not-modified') return { ...judged, body: undefined };
    const { services, bucket } = context;
    const body = (await loadSmall(services, object)) ?? (await openContent(services, bucket.record.id, object));
    return { ...judged, body };
  },
});
