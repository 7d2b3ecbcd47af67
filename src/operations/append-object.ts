/** APPEND Object. Source: spec/objects.md §8.3. */
import { appendPiece, checkAppend } from '../model/append-object.ts';
import type { BodyStream } from '../model/body.ts';
import { type ExpectedDigests, withIngested } from '../model/ingest.ts';
import type { ObjectAttributes } from '../model/records/attributes.ts';
import { bucketOperation } from './operation.ts';
import { UPLOAD_ERRORS } from './put-object.ts';

export interface AppendObjectInput {
  readonly key: string;
  /** bytes; the object's present length */
  readonly position: number;
  readonly body: BodyStream;
  readonly attributes: ObjectAttributes;
  readonly digests: ExpectedDigests;
}

export interface AppendObjectResult {
  /** bytes */
  readonly nextPosition: number;
  readonly etag: string;
  readonly crc64: Buffer | undefined;
  /** MD5 of the bytes of this request, hex. */
  readonly pieceMd5: string;
}

export const appendObject = bucketOperation<AppendObjectInput, AppendObjectResult>({
  name: 'AppendObject',
  level: 'object',
  method: 'POST',
  subresource: 'append',
  action: 'name/cos:AppendObject',
  access: 'bucket-write',
  success: [200],
  errors: [...UPLOAD_ERRORS, 'AppendPositionErr', 'InvalidBucketState', 'ObjectNotAppendable'],
  spec: 'objects.md §8.3',
  async run({ services, bucket }, { key, position, body, attributes, digests }) {
    await checkAppend(services, bucket, key, position);
    const maxBytes = services.limits.singleUploadBytes;
    return withIngested(services, body, maxBytes, digests, async (piece) => {
      const record = await appendPiece(services, bucket, key, position, piece, attributes);
      return { nextPosition: record.size, etag: record.etag, crc64: record.crc64, pieceMd5: piece.md5 };
    });
  },
});
