/** Every operation that is built, in the order of the documents. */
import { abortMultipartUpload } from './abort-multipart-upload.ts';
import { appendObject } from './append-object.ts';
import { getBucketAccelerate, putBucketAccelerate } from './bucket-accelerate.ts';
import { getBucketAcl, putBucketAcl } from './bucket-acl.ts';
import { deleteBucketCors, getBucketCors, putBucketCors } from './bucket-cors.ts';
import { deleteBucketDomain, getBucketDomain, putBucketDomain } from './bucket-domain.ts';
import {
  deleteBucketDomainCertificate,
  getBucketDomainCertificate,
  putBucketDomainCertificate,
} from './bucket-domain-certificate.ts';
import { deleteBucketEncryption, getBucketEncryption, putBucketEncryption } from './bucket-encryption.ts';
import {
  deleteBucketIntelligentTieringV2,
  getBucketIntelligentTiering,
  getBucketIntelligentTieringV2,
  listBucketIntelligentTieringConfigurations,
  putBucketIntelligentTiering,
  putBucketIntelligentTieringV2,
} from './bucket-intelligent-tiering.ts';
import {
  deleteBucketInventory,
  getBucketInventory,
  listBucketInventory,
  postBucketInventory,
  putBucketInventory,
} from './bucket-inventory.ts';
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from './bucket-lifecycle.ts';
import { getBucketLogging, putBucketLogging } from './bucket-logging.ts';
import { getBucketObjectLock, putBucketObjectLock } from './bucket-object-lock.ts';
import { deleteBucketOrigin, getBucketOrigin, putBucketOrigin } from './bucket-origin.ts';
import { deleteBucketPolicy, getBucketPolicy, putBucketPolicy } from './bucket-policy.ts';
import { deleteBucketReferer, getBucketReferer, putBucketReferer } from './bucket-referer.ts';
import { deleteBucketReplication, getBucketReplication, putBucketReplication } from './bucket-replication.ts';
import {
  deleteBucketStrictSignature,
  getBucketStrictSignature,
  putBucketStrictSignature,
} from './bucket-strict-signature.ts';
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from './bucket-tagging.ts';
import { deleteBucketWebsite, getBucketWebsite, putBucketWebsite } from './bucket-website.ts';
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
  putBucketLifecycle,
  getBucketLifecycle,
  deleteBucketLifecycle,
  putBucketAcl,
  getBucketAcl,
  putBucketPolicy,
  getBucketPolicy,
  deleteBucketPolicy,
  putBucketTagging,
  getBucketTagging,
  deleteBucketTagging,
  putBucketWebsite,
  getBucketWebsite,
  deleteBucketWebsite,
  putBucketDomain,
  getBucketDomain,
  deleteBucketDomain,
  putBucketDomainCertificate,
  getBucketDomainCertificate,
  deleteBucketDomainCertificate,
  putBucketOrigin,
  getBucketOrigin,
  deleteBucketOrigin,
  putBucketInventory,
  getBucketInventory,
  listBucketInventory,
  deleteBucketInventory,
  postBucketInventory,
  putBucketLogging,
  getBucketLogging,
  putBucketReferer,
  getBucketReferer,
  deleteBucketReferer,
  putBucketStrictSignature,
  getBucketStrictSignature,
  deleteBucketStrictSignature,
  putBucketEncryption,
  getBucketEncryption,
  deleteBucketEncryption,
  putBucketIntelligentTiering,
  getBucketIntelligentTiering,
  putBucketIntelligentTieringV2,
  getBucketIntelligentTieringV2,
  listBucketIntelligentTieringConfigurations,
  deleteBucketIntelligentTieringV2,
  putBucketReplication,
  getBucketReplication,
  deleteBucketReplication,
  putBucketObjectLock,
  getBucketObjectLock,
  putBucketAccelerate,
  getBucketAccelerate,
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
