/** APPEND Object. Source: spec/objects.md §8.3. */
import { authorizeTags } from '../access/authorize.ts';
import type { CustomerKey, Encryption } from '../features/encryption/record.ts';
import { admit, type RequestedAttributes } from '../model/admission.ts';
import { appendPiece, checkAppend } from '../model/append-object.ts';
import type { BodyStream } from '../model/body.ts';
import { type ExpectedDigests, type Ingested, withIngested } from '../model/ingest.ts';
import { sealOf } from '../model/unseal.ts';
import { bucketOperation } from './operation.ts';
import { ACL_ERRORS, ADMISSION_ERRORS, UPLOAD_ERRORS } from './put-object.ts';

export interface AppendObjectInput {
  readonly key: string;
  /** bytes; the object's present length */
  readonly position: number;
  readonly body: BodyStream;
  /** Counts where this append creates the object. */
  readonly attributes: RequestedAttributes;
  /** The key the object is encrypted with, where it is the client's own. */
  readonly customerKey: CustomerKey | undefined;
  readonly digests: ExpectedDigests;
}

export interface AppendObjectResult {
  /** bytes */
  readonly nextPosition: number;
  readonly etag: string;
  readonly crc64: Buffer | undefined;
  /** MD5 of the bytes of this request, hex. */
  readonly pieceMd5: string;
  readonly encryption: Encryption | undefined;
}

export const appendObject = bucketOperation<AppendObjectInput, AppendObjectResult>({
  name: 'AppendObject',
  level: 'object',
  method: 'POST',
  subresource: 'append',
  action: 'name/cos:AppendObject',
  access: 'bucket-write',
  success: [200],
  errors: [
    ...UPLOAD_ERRORS,
    ...ADMISSION_ERRORS,
    ...ACL_ERRORS,
    'AppendPositionErr',
    'InvalidBucketState',
    'ObjectLocked',
    'ObjectNotAppendable',
    'SsecDecryptHeaderInvalid',
  ],
  spec: 'objects.md §8.3',
  async run(context, { key, position, body, attributes: requested, digests, customerKey }) {
    const { services, bucket, trace } = context;
    if (requested.tags !== undefined) await authorizeTags(context, bucket, key, requested.tags);
    const current = await checkAppend(services, bucket, key, position);
    const { attributes, seal } =
      current === undefined
        ? admit(services, bucket.record, requested, 'append')
        : { attributes: current.attributes, seal: sealOf(services, current.attributes, customerKey) };
    const store = async (piece: Ingested): Promise<AppendObjectResult> => {
      const record = await appendPiece(services, bucket, key, position, piece, attributes, current?.stamp);
      trace.object = record;
      trace.deltaBytes = piece.size;
      const { size, etag, crc64 } = record;
      return { nextPosition: size, etag, crc64, pieceMd5: piece.md5, encryption: attributes.extra?.encryption };
    };
    return withIngested(services, body, services.limits.singleUploadBytes, digests, store, seal);
  },
});
