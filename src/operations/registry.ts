/** Every operation that is built, in the order of the documents. */
import { abortMultipartUpload } from './abort-multipart-upload.ts';
import { appendObject } from './append-object.ts';
import { deleteBucketCors, getBucketCors, putBucketCors } from './bucket-cors.ts';
import { getBucketObjectLock, putBucketObjectLock } from './bucket-object-lock.ts';
import { completeMultipartUpload } from './complete-multipart-upload.ts';
import { deleteBucket } from './delete-bucket.ts';
import { deleteMultipleObjects } from './delete-multiple-objects.ts';
import { deleteObject } from './delete-object.ts';
import { getBucket, listObjectsV2 } from './get-bucket.ts';
import { getBucketLocation } from './get-bucket-location.ts';
import { getBucketObjectVersions } from './get-bucket-object-versions.ts';
import { getBucketVersioning } from './get-bucket-versioning.ts';
import { getObject, headObject } from './get-object.ts';
import { getService } from './get-service.ts';
import { headBucket } from './head-bucket.ts';
import { initiateMultipartUpload } from './initiate-multipart-upload.ts';
import { listMultipartUploads } from './list-multipart-uploads.ts';
import { listParts } from './list-parts.ts';
import { getObjectAcl, putObjectAcl } from './object-acl.ts';
import { getObjectLegalHold, getObjectRetention, putObjectLegalHold, putObjectRetention } from './object-lock.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './object-tagging.ts';
import type { AnyOperation } from './operation.ts';
import { optionsObject } from './options-object.ts';
import { postObject } from './post-object.ts';
import { postObjectRestore } from './post-object-restore.ts';
import { putBucket } from './put-bucket.ts';
import { putBucketVersioning } from './put-bucket-versioning.ts';
import { putObject } from './put-object.ts';
import { putObjectCopy } from './put-object-copy.ts';
import { selectObjectContent } from './select-object-content.ts';
import { getSymlink, putSymlink } from './symlink.ts';
import { uploadPart } from './upload-part.ts';
import { uploadPartCopy } from './upload-part-copy.ts';

export const OPERATIONS: readonly AnyOperation[] = [
  getService,
  putBucket,
  headBucket,
  deleteBucket,
  getBucket,
  listObjectsV2,
  getBucketObjectVersions,
  getBucketLocation,
  putBucketVersioning,
  getBucketVersioning,
  putBucketCors,
  getBucketCors,
  deleteBucketCors,
  putBucketObjectLock,
  getBucketObjectLock,
  listMultipartUploads,
  putObject,
  postObject,
  putObjectCopy,
  getObject,
  headObject,
  deleteObject,
  deleteMultipleObjects,
  appendObject,
  optionsObject,
  postObjectRestore,
  selectObjectContent,
  putObjectAcl,
  getObjectAcl,
  putObjectTagging,
  getObjectTagging,
  deleteObjectTagging,
  putSymlink,
  getSymlink,
  putObjectRetention,
  getObjectRetention,
  putObjectLegalHold,
  getObjectLegalHold,
  initiateMultipartUpload,
  uploadPart,
  uploadPartCopy,
  listParts,
  completeMultipartUpload,
  abortMultipartUpload,
];
