/** Actions of AWS, and the operations that they stand for. Source: spec/s3.md §9; the actions' own names. */
import { PolicyError } from '../error.ts';
import type { ConditionFacts } from '../types.ts';
import { compileGlob, wildcards } from './glob.ts';

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
  GetBucketAnalyticsConfiguration: one('GetAnalyticsConfiguration'),
  GetBucketAccelerate: one('GetAccelerateConfiguration'),
  GetBucketCORS: one('GetBucketCORS'),
  GetBucketEncryption: one('GetEncryptionConfiguration'),
  GetBucketIntelligentTiering: one('GetIntelligentTieringConfiguration'),
  GetBucketInventory: one('GetInventoryConfiguration'),
  GetBucketLifecycle: one('GetLifecycleConfiguration'),
  GetBucketLocation: one('GetBucketLocation'),
  GetBucketLogging: one('GetBucketLogging'),
  GetBucketMetricsConfiguration: one('GetMetricsConfiguration'),
  GetBucketObjectLockConfiguration: one('GetBucketObjectLockConfiguration'),
  GetBucketObjectVersions: one('ListBucketVersions'),
  GetBucketNotificationConfiguration: one('GetBucketNotification'),
  GetBucketOwnershipControls: one('GetBucketOwnershipControls'),
  GetBucketPolicy: one('GetBucketPolicy'),
  GetBucketPolicyStatus: one('GetBucketPolicyStatus'),
  GetBucketPublicAccessBlock: one('GetBucketPublicAccessBlock'),
  GetBucketRequestPayment: one('GetBucketRequestPayment'),
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
  ListBucketAnalyticsConfigurations: one('GetAnalyticsConfiguration'),
  ListBucketInventoryConfigurations: one('GetInventoryConfiguration'),
  ListBucketMetricsConfigurations: one('GetMetricsConfiguration'),
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
  PutBucketNotificationConfiguration: one('PutBucketNotification'),
  PutBucketOwnershipControls: one('PutBucketOwnershipControls'),
  PutBucketPolicy: one('PutBucketPolicy'),
  PutBucketPublicAccessBlock: one('PutBucketPublicAccessBlock'),
  PutBucketRequestPayment: one('PutBucketRequestPayment'),
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

/** What AWS has besides, and nothing here does: policies may name it, and it names nothing. */
export const OTHER_S3_ACTIONS: readonly string[] = [
  'CreateJob',
  'CreateSession',
  'DeleteBucketMetadataTableConfiguration',
  'DescribeJob',
  'GetBucketMetadataTableConfiguration',
  'GetJobTagging',
  'GetObjectTorrent',
  'GetObjectVersionForReplication',
  'GetObjectVersionTorrent',
  'InitiateReplication',
  'ListJobs',
  'ListStorageLensConfigurations',
  'ListTagsForResource',
  'ObjectOwnerOverrideToBucketOwner',
  'PauseReplication',
  'PutAnalyticsConfiguration',
  'PutMetricsConfiguration',
  'ReplicateDelete',
  'ReplicateObject',
  'ReplicateTags',
  'TagResource',
  'UntagResource',
  'UpdateJobPriority',
  'UpdateJobStatus',
];

const PREFIX = 's3:';
const ALL = /^(?:s3:)?\*+$/;
const VERSION = 'cos:versionid';

const NAMES: ReadonlySet<string> = new Set(
  [
    ...Object.values(S3_ACTIONS).flatMap(({ plain, versioned: names = [] }) => [...plain, ...names]),
    ...OTHER_S3_ACTIONS,
  ].map((name) => name.toLowerCase()),
);

/**
 * Patterns match the names of AWS, in any case; all of them also name what has no name there.
 * @param strict refuses what AWS has no name for, as of a bucket; other policies may speak of other services
 * @returns whether one of the names of a request (of COS, without prefix) is among them
 * @throws PolicyError
 */
export function compileS3Actions(
  sources: readonly string[],
  strict: boolean,
  where: string,
): (actions: readonly string[], facts: ConditionFacts) => boolean {
  let all = false;
  const named = new Set<string>();
  for (const source of sources) {
    const folded = source.toLowerCase();
    if (ALL.test(folded)) {
      all = true;
      continue;
    }
    const found = folded.startsWith(PREFIX) ? namesLike(folded.slice(PREFIX.length)) : [];
    if (strict && found.length === 0) {
      throw new PolicyError(`${where}: the action ${source.slice(0, 100)} is not known.`);
    }
    for (const name of found) named.add(name);
  }
  if (all) return (actions) => actions.length > 0;
  const ofCos = (pick: (names: S3Actions) => readonly string[]): ReadonlySet<string> => {
    const found = Object.entries(S3_ACTIONS).filter(([, names]) => pick(names).some((n) => named.has(n.toLowerCase())));
    return new Set(found.map(([action]) => action));
  };
  const plain = ofCos((names) => names.plain);
  const withVersion = ofCos((names) => names.versioned ?? names.plain);
  return (actions, facts) => {
    const covered = facts.get(VERSION) === undefined ? plain : withVersion;
    return actions.some((action) => covered.has(action));
  };
}

function namesLike(pattern: string): string[] {
  const fits = compileGlob(wildcards(pattern));
  return [...NAMES].filter(fits);
}
