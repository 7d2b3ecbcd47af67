/** Actions of AWS, and the operations that they stand for. Source: spec/s3.md §9; the actions' own names. */
import type { ConditionFacts } from '../types.ts';
import { compileGlob, type Glob } from './glob.ts';

interface S3Actions {
  readonly plain: readonly string[];
  /** Where the request names a version; default: the plain ones. */
  readonly versioned?: readonly string[];
}

const one = (...plain: string[]): S3Actions => ({ plain });
const versioned = (plain: string, version: string): S3Actions => ({ plain: [plain], versioned: [version] });

/** By the action of COS, without prefix. What is not here has no name in AWS: only `s3:*` names it. */
export const S3_ACTIONS: Readonly<Record<string, S3Actions>> = {
  AbortMultipartUpload: one('AbortMultipartUpload'),
  AppendObject: one('PutObject'),
  CompleteMultipartUpload: one('PutObject'),
  DeleteBucket: one('DeleteBucket'),
  DeleteBucketCORS: one('PutBucketCORS'),
  DeleteBucketEncryption: one('PutEncryptionConfiguration'),
  DeleteBucketIntelligentTiering: one('PutIntelligentTieringConfiguration'),
  DeleteBucketInventory: one('PutInventoryConfiguration'),
  DeleteBucketLifecycle: one('PutLifecycleConfiguration'),
  DeleteBucketPolicy: one('DeleteBucketPolicy'),
  DeleteBucketReplication: one('PutReplicationConfiguration'),
  DeleteBucketTagging: one('PutBucketTagging'),
  DeleteBucketWebsite: one('DeleteBucketWebsite'),
  DeleteMultipleObjects: versioned('DeleteObject', 'DeleteObjectVersion'),
  DeleteObject: versioned('DeleteObject', 'DeleteObjectVersion'),
  DeleteObjectTagging: versioned('DeleteObjectTagging', 'DeleteObjectVersionTagging'),
  GetBucket: one('ListBucket'),
  GetBucketACL: one('GetBucketAcl'),
  GetBucketAccelerate: one('GetAccelerateConfiguration'),
  GetBucketCORS: one('GetBucketCORS'),
  GetBucketEncryption: one('GetEncryptionConfiguration'),
  GetBucketIntelligentTiering: one('GetIntelligentTieringConfiguration'),
  GetBucketInventory: one('GetInventoryConfiguration'),
  GetBucketLifecycle: one('GetLifecycleConfiguration'),
  GetBucketLocation: one('GetBucketLocation'),
  GetBucketLogging: one('GetBucketLogging'),
  GetBucketObjectLockConfiguration: one('GetBucketObjectLockConfiguration'),
  GetBucketObjectVersions: one('ListBucketVersions'),
  GetBucketOwnershipControls: one('GetBucketOwnershipControls'),
  GetBucketPolicy: one('GetBucketPolicy'),
  GetBucketPolicyStatus: one('GetBucketPolicyStatus'),
  GetBucketPublicAccessBlock: one('GetBucketPublicAccessBlock'),
  GetBucketReplication: one('GetReplicationConfiguration'),
  GetBucketTagging: one('GetBucketTagging'),
  GetBucketVersioning: one('GetBucketVersioning'),
  GetBucketWebsite: one('GetBucketWebsite'),
  GetObject: versioned('GetObject', 'GetObjectVersion'),
  GetObjectACL: versioned('GetObjectAcl', 'GetObjectVersionAcl'),
  GetObjectAttributes: versioned('GetObjectAttributes', 'GetObjectVersionAttributes'),
  GetObjectLegalHold: one('GetObjectLegalHold'),
  GetObjectRetention: one('GetObjectRetention'),
  GetObjectTagging: versioned('GetObjectTagging', 'GetObjectVersionTagging'),
  GetService: one('ListAllMyBuckets'),
  GetSymlink: one('GetObject'),
  HeadBucket: one('ListBucket'),
  HeadObject: versioned('GetObject', 'GetObjectVersion'),
  InitiateMultipartUpload: one('PutObject'),
  ListBucketInventoryConfigurations: one('GetInventoryConfiguration'),
  ListMultipartUploads: one('ListBucketMultipartUploads'),
  ListParts: one('ListMultipartUploadParts'),
  PostObject: one('PutObject'),
  PostObjectRestore: one('RestoreObject'),
  PutBucket: one('CreateBucket'),
  PutBucketACL: one('PutBucketAcl'),
  PutBucketAccelerate: one('PutAccelerateConfiguration'),
  PutBucketCORS: one('PutBucketCORS'),
  PutBucketEncryption: one('PutEncryptionConfiguration'),
  PutBucketIntelligentTiering: one('PutIntelligentTieringConfiguration'),
  PutBucketInventory: one('PutInventoryConfiguration'),
  PutBucketLifecycle: one('PutLifecycleConfiguration'),
  PutBucketLogging: one('PutBucketLogging'),
  PutBucketObjectLockConfiguration: one('PutBucketObjectLockConfiguration'),
  PutBucketOwnershipControls: one('PutBucketOwnershipControls'),
  PutBucketPolicy: one('PutBucketPolicy'),
  PutBucketPublicAccessBlock: one('PutBucketPublicAccessBlock'),
  PutBucketReplication: one('PutReplicationConfiguration'),
  PutBucketTagging: one('PutBucketTagging'),
  PutBucketVersioning: one('PutBucketVersioning'),
  PutBucketWebsite: one('PutBucketWebsite'),
  PutObject: one('PutObject'),
  PutObjectACL: versioned('PutObjectAcl', 'PutObjectVersionAcl'),
  PutObjectLegalHold: one('PutObjectLegalHold'),
  PutObjectRetention: one('PutObjectRetention'),
  PutObjectTagging: versioned('PutObjectTagging', 'PutObjectVersionTagging'),
  PutSymlink: one('PutObject'),
  BypassGovernanceRetention: one('BypassGovernanceRetention'),
  SelectObjectContent: one('GetObject'),
  UploadPart: one('PutObject'),
};

const PREFIX = 's3:';
const VERSION = 'cos:versionid';

/** @returns whether one of the names of a request (of COS, without prefix) is among them */
export function compileS3Actions(
  sources: readonly string[],
): (actions: readonly string[], facts: ConditionFacts) => boolean {
  const globs: Glob[] = [];
  let all = false;
  for (const source of sources) {
    const folded = source.toLowerCase();
    if (folded === '*' || folded === 's3:*') all = true;
    else if (folded.startsWith(PREFIX)) globs.push(compileGlob(folded.slice(PREFIX.length)));
  }
  const known = new Map<string, boolean>();
  const isNamed = (name: string): boolean => {
    let named = known.get(name);
    if (named === undefined) {
      const folded = name.toLowerCase();
      named = globs.some((glob) => glob(folded));
      known.set(name, named);
    }
    return named;
  };
  return (actions, facts) => {
    if (all) return actions.length > 0;
    const withVersion = facts.get(VERSION) !== undefined;
    return actions.some((action) => {
      const names = Object.hasOwn(S3_ACTIONS, action) ? S3_ACTIONS[action]! : undefined;
      if (names === undefined) return false;
      return (withVersion ? (names.versioned ?? names.plain) : names.plain).some(isNamed);
    });
  };
}
