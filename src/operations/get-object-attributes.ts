/** GetObjectAttributes: what is known of an object besides its bytes, as far as it is asked for. Source: spec/s3.md §10. */
import type { CustomerKey } from '../features/encryption/record.ts';
import { type ShownChecksum, shownChecksum } from '../model/multipart/checksums.ts';
import { listObjectParts, type ObjectPart } from '../model/multipart/object-parts.ts';
import { judgeCustomerKey } from '../model/unseal.ts';
import { findReadable, type ObjectVersionInput } from './find-object.ts';
import { bucketOperation } from './operation.ts';

export const OBJECT_ATTRIBUTES = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const;
export type ObjectAttribute = (typeof OBJECT_ATTRIBUTES)[number];

export interface GetObjectAttributesInput extends ObjectVersionInput {
  readonly attributes: ReadonlySet<ObjectAttribute>;
  /** List parts with numbers above this one. */
  readonly partNumberMarker: number;
  /** 0 … 1,000 */
  readonly maxParts: number;
  readonly customerKey: CustomerKey | undefined;
}

/** The parts of a multipart object. */
export interface ObjectParts {
  readonly totalParts: number;
  readonly partNumberMarker: number;
  /** The last number that is listed; the marker where none is. */
  readonly nextPartNumberMarker: number;
  readonly maxParts: number;
  readonly truncated: boolean;
  readonly parts: readonly ObjectPart[];
}

/** Attributes that were not asked for, or that the object has not, are undefined. */
export interface GetObjectAttributesResult {
  /** undefined where versioning was never set */
  readonly versionId: string | undefined;
  /** ms since the epoch */
  readonly modifiedMs: number;
  readonly etag: string | undefined;
  readonly checksum: ShownChecksum | undefined;
  readonly objectParts: ObjectParts | undefined;
  readonly storageClass: string | undefined;
  /** bytes */
  readonly size: number | undefined;
}

export const getObjectAttributes = bucketOperation<GetObjectAttributesInput, GetObjectAttributesResult>({
  name: 'GetObjectAttributes',
  level: 'object',
  method: 'GET',
  subresource: 'attributes',
  action: 'name/cos:GetObjectAttributes',
  alsoActions: ['GetObject'],
  access: 'object-read',
  success: [200],
  errors: ['InvalidArgument', 'InvalidRequest', 'NoSuchKey', 'NoSuchVersion', 'SSEHeaderNotAllowed'],
  spec: 's3.md §10',
  async run(context, input) {
    const object = await findReadable(context, input);
    const { record, versionId } = object;
    judgeCustomerKey(record.attributes, input.customerKey);
    const asked = (name: ObjectAttribute): boolean => input.attributes.has(name);
    const { partNumberMarker, maxParts } = input;
    let objectParts: ObjectParts | undefined;
    if (asked('ObjectParts') && record.parts > 0) {
      const { id } = context.bucket.record;
      const page = await listObjectParts(context.services, id, object, partNumberMarker, maxParts);
      const nextPartNumberMarker = page.parts.at(-1)?.partNumber ?? partNumberMarker;
      objectParts = { totalParts: record.parts, partNumberMarker, nextPartNumberMarker, maxParts, ...page };
    }
    return {
      versionId,
      modifiedMs: record.modifiedMs,
      etag: asked('ETag') ? record.etag : undefined,
      checksum: asked('Checksum') ? shownChecksum(record) : undefined,
      objectParts,
      storageClass: asked('StorageClass') ? record.storageClass : undefined,
      size: asked('ObjectSize') ? record.size : undefined,
    };
  },
});
