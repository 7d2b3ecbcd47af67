/** Initiate Multipart Upload. Source: spec/objects.md §11.2. */
import { authorizeTags } from '../access/authorize.ts';
import type { Identity } from '../access/identity.ts';
import type { Encryption } from '../features/encryption/record.ts';
import { admit, type RequestedAttributes } from '../model/admission.ts';
import { admitUploadChecksum, type UploadChecksumRequest } from '../model/multipart/checksums.ts';
import { initiateUpload } from '../model/multipart/upload.ts';
import type { UploadChecksum } from '../model/records/checksum.ts';
import { bucketOperation } from './operation.ts';
import { ADMISSION_ERRORS } from './put-object.ts';

export interface InitiateMultipartUploadInput {
  readonly key: string;
  /** Frozen here; the object gets them at Complete. */
  readonly attributes: RequestedAttributes;
  readonly forbidOverwrite: boolean;
  readonly checksum?: UploadChecksumRequest | undefined;
}

export interface InitiateMultipartUploadResult {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly encryption: Encryption | undefined;
  readonly checksum: UploadChecksum | undefined;
}

export const initiateMultipartUpload = bucketOperation<InitiateMultipartUploadInput, InitiateMultipartUploadResult>({
  name: 'InitiateMultipartUpload',
  level: 'object',
  method: 'POST',
  subresource: 'uploads',
  action: 'name/cos:InitiateMultipartUpload',
  access: 'bucket-write',
  success: [200],
  errors: [...ADMISSION_ERRORS, 'FileAlreadyExists', 'InvalidObjectName', 'KeyTooLong', 'ObjectLocked', 'PathConflict'],
  spec: 'objects.md §11.2',
  async run(context, { key, attributes: requested, forbidOverwrite, checksum: asked }) {
    const { services, identity, bucket } = context;
    if (requested.tags !== undefined) await authorizeTags(context, bucket, key, requested.tags);
    const { attributes } = admit(services, bucket.record, requested);
    const checksum = asked === undefined ? undefined : admitUploadChecksum(asked);
    const uin = initiatorOf(identity, bucket.record.ownerUin);
    const uploadId = await initiateUpload(services, bucket, key, attributes, uin, forbidOverwrite, checksum);
    return { bucket: bucket.record.name, key, uploadId, encryption: attributes.extra?.encryption, checksum };
  },
});

/** Uploads of nobody are the owner's. */
function initiatorOf(identity: Identity, ownerUin: string): string {
  if (identity.kind === 'anonymous') return ownerUin;
  return identity.uin === identity.ownerUin ? identity.uin : `${identity.ownerUin}/${identity.uin}`;
}
