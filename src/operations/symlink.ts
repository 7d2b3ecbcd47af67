/** PUT and GET Symlink. Source: spec/objects.md §9.4. */
import { CosError } from '../errors/cos-error.ts';
import { admit, type RequestedAttributes } from '../model/admission.ts';
import { crcBytes } from '../model/ingest.ts';
import type { FoundObject } from '../model/read-object.ts';
import { withExtra } from '../model/records/attributes.ts';
import { publishObject, UNCONDITIONAL } from '../model/write-object.ts';
import { hashBody } from '../platform/hash/body-hash.ts';
import { findReadable, type ObjectVersionInput } from './find-object.ts';
import { bucketOperation } from './operation.ts';
import { ADMISSION_ERRORS, PUBLISH_ERRORS } from './put-object.ts';

export interface PutSymlinkInput {
  readonly key: string;
  /** Key in the same bucket; it need not exist. */
  readonly target: string;
  readonly attributes: RequestedAttributes;
  readonly forbidOverwrite: boolean;
}

export interface PutSymlinkResult {
  readonly etag: string;
  /** Only while versioning is Enabled. */
  readonly versionId: string | undefined;
}

export const putSymlink = bucketOperation<PutSymlinkInput, PutSymlinkResult>({
  name: 'PutSymlink',
  level: 'object',
  method: 'PUT',
  subresource: 'symlink',
  action: 'name/cos:PutSymlink',
  alsoActions: ['PutObject'],
  access: 'bucket-write',
  success: [200],
  errors: [
    ...ADMISSION_ERRORS,
    ...PUBLISH_ERRORS,
    'FileAlreadyExists',
    'InvalidObjectName',
    'KeyTooLong',
    'ObjectLocked',
    'PathConflict',
    'UnexpectedContent',
  ],
  spec: 'objects.md §9.4',
  async run({ services, bucket }, { key, target, attributes: requested, forbidOverwrite }) {
    if (target === key) throw new CosError('InvalidArgument', { message: 'A symlink may not point to itself.' });
    const { attributes } = admit(services, bucket.record, { ...requested, storageClass: undefined }, 'symlink');
    const path = Buffer.from(target);
    const { md5, crc64 } = hashBody(path, {});
    const etag = md5.toString('hex');
    const written = await publishObject(
      services,
      bucket,
      key,
      {
        kind: 'symlink',
        size: path.length,
        etag,
        crc64: crcBytes(crc64),
        attributes: withExtra(attributes, { symlink: target }),
        parts: 0,
      },
      { ...UNCONDITIONAL, forbidOverwrite },
    );
    return { etag, versionId: written.versioning === 'enabled' ? written.versionId : undefined };
  },
});

export interface GetSymlinkResult {
  readonly object: FoundObject;
  readonly target: string;
}

export const getSymlink = bucketOperation<ObjectVersionInput, GetSymlinkResult>({
  name: 'GetSymlink',
  level: 'object',
  method: 'GET',
  subresource: 'symlink',
  action: 'name/cos:GetSymlink',
  alsoActions: ['GetObject', 'HeadObject'],
  access: 'object-read',
  success: [200],
  errors: ['NoSuchKey', 'NoSuchVersion', 'NotSymlink'],
  spec: 'objects.md §9.4',
  async run(context, input) {
    const object = await findReadable(context, input, 'keep');
    const target = object.record.attributes.extra?.symlink;
    if (target === undefined) throw new CosError('NotSymlink');
    return { object, target };
  },
});
