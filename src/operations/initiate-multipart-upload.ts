/** Initiate Multipart Upload. Source: spec/objects.md §11.2. */
import { initiateUpload } from '../model/multipart/upload.ts';
import type { ObjectAttributes } from '../model/records/attributes.ts';
import { bucketOperation } from './operation.ts';

export interface InitiateMultipartUploadInput {
  readonly key: string;
  /** Frozen here; the object gets them at Complete. */
  readonly attributes: ObjectAttributes;
  readonly forbidOverwrite: boolean;
}

export interface InitiateMultipartUploadResult {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

export const initiateMultipartUpload = bucketOperation<InitiateMultipartUploadInput, InitiateMultipartUploadResult>({
  name: 'InitiateMultipartUpload',
  level: 'object',
  method: 'POST',
  subresource: 'uploads',
  action: 'name/cos:InitiateMultipartUpload',
  access: 'bucket-write',
  success: [200],
  errors: [
    'FileAlreadyExists',
    'InvalidArgument',
    'InvalidObjectName',
    'KeyTooLong',
    'NotSupportedStorageClass',
    'PathConflict',
  ],
  spec: 'objects.md §11.2',
  async run({ services, identity, bucket }, { key, attributes, forbidOverwrite }) {
    const uin = identity.kind === 'root' ? identity.uin : bucket.record.ownerUin;
    const uploadId = await initiateUpload(services, bucket, key, attributes, uin, forbidOverwrite);
    return { bucket: bucket.record.name, key, uploadId };
  },
});
