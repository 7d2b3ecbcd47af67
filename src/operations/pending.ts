/**
 * Operations of COS that are not built: each answers NotImplemented (501) instead of doing half of it.
 * Names and routes: spec/operations.json.
 */
import type { Level, Method, Route, Variant } from './operation.ts';

export interface PendingOperation extends Route {
  readonly name: string;
}

type Entry = readonly [name: string, level: Level, method: Method, subresource: string | undefined, variant?: Variant];

const ENTRIES: readonly Entry[] = [
  ['PutBucketAcl', 'bucket', 'PUT', 'acl'],
  ['GetBucketAcl', 'bucket', 'GET', 'acl'],
  ['PutBucketLifecycle', 'bucket', 'PUT', 'lifecycle'],
  ['GetBucketLifecycle', 'bucket', 'GET', 'lifecycle'],
  ['DeleteBucketLifecycle', 'bucket', 'DELETE', 'lifecycle'],
  ['PutBucketPolicy', 'bucket', 'PUT', 'policy'],
  ['GetBucketPolicy', 'bucket', 'GET', 'policy'],
  ['DeleteBucketPolicy', 'bucket', 'DELETE', 'policy'],
  ['PutBucketWebsite', 'bucket', 'PUT', 'website'],
  ['GetBucketWebsite', 'bucket', 'GET', 'website'],
  ['DeleteBucketWebsite', 'bucket', 'DELETE', 'website'],
  ['PutBucketReferer', 'bucket', 'PUT', 'referer'],
  ['GetBucketReferer', 'bucket', 'GET', 'referer'],
  ['PutBucketDomain', 'bucket', 'PUT', 'domain'],
  ['GetBucketDomain', 'bucket', 'GET', 'domain'],
  ['DeleteBucketDomain', 'bucket', 'DELETE', 'domain'],
  ['PutBucketDomainCertificate', 'bucket', 'PUT', 'domaincertificate'],
  ['GetBucketDomainCertificate', 'bucket', 'GET', 'domaincertificate'],
  ['DeleteBucketDomainCertificate', 'bucket', 'DELETE', 'domaincertificate'],
  ['PutBucketOrigin', 'bucket', 'PUT', 'origin'],
  ['GetBucketOrigin', 'bucket', 'GET', 'origin'],
  ['DeleteBucketOrigin', 'bucket', 'DELETE', 'origin'],
  ['PutBucketLogging', 'bucket', 'PUT', 'logging'],
  ['GetBucketLogging', 'bucket', 'GET', 'logging'],
  ['PutBucketTagging', 'bucket', 'PUT', 'tagging'],
  ['GetBucketTagging', 'bucket', 'GET', 'tagging'],
  ['DeleteBucketTagging', 'bucket', 'DELETE', 'tagging'],
  ['PutBucketInventory', 'bucket', 'PUT', 'inventory', 'with-id'],
  ['GetBucketInventory', 'bucket', 'GET', 'inventory', 'with-id'],
  ['ListBucketInventoryConfigurations', 'bucket', 'GET', 'inventory'],
  ['DeleteBucketInventory', 'bucket', 'DELETE', 'inventory', 'with-id'],
  ['PostBucketInventory', 'bucket', 'POST', 'inventory', 'with-id'],
  ['PutBucketReplication', 'bucket', 'PUT', 'replication'],
  ['GetBucketReplication', 'bucket', 'GET', 'replication'],
  ['DeleteBucketReplication', 'bucket', 'DELETE', 'replication'],
  ['PutBucketEncryption', 'bucket', 'PUT', 'encryption'],
  ['GetBucketEncryption', 'bucket', 'GET', 'encryption'],
  ['DeleteBucketEncryption', 'bucket', 'DELETE', 'encryption'],
  ['PutBucketIntelligentTiering', 'bucket', 'PUT', 'intelligenttiering'],
  ['GetBucketIntelligentTiering', 'bucket', 'GET', 'intelligenttiering'],
  ['PutBucketIntelligentTieringV2', 'bucket', 'PUT', 'intelligent-tiering', 'with-id'],
  ['GetBucketIntelligentTieringV2', 'bucket', 'GET', 'intelligent-tiering', 'with-id'],
  ['ListBucketIntelligentTieringConfigurations', 'bucket', 'GET', 'intelligent-tiering'],
  ['DeleteBucketIntelligentTieringV2', 'bucket', 'DELETE', 'intelligent-tiering', 'with-id'],
  ['PutBucketAccelerate', 'bucket', 'PUT', 'accelerate'],
  ['GetBucketAccelerate', 'bucket', 'GET', 'accelerate'],
  ['PutBucketStrictSignature', 'bucket', 'PUT', 'strict-signature'],
  ['GetBucketStrictSignature', 'bucket', 'GET', 'strict-signature'],
  ['DeleteBucketStrictSignature', 'bucket', 'DELETE', 'strict-signature'],
];

export const PENDING: readonly PendingOperation[] = ENTRIES.map(([name, level, method, subresource, variant]) => ({
  name,
  level,
  method,
  ...(subresource === undefined ? {} : { subresource }),
  ...(variant === undefined ? {} : { variant }),
}));

/** Query names of neighbouring services and of S3 that COS has no operation for: NotImplemented as well. */
export const FOREIGN_SUBRESOURCES: readonly string[] = [
  'analytics',
  'attributes',
  'ci-process',
  'comp',
  'imageInfo',
  'live',
  'metrics',
  'ownershipControls',
  'policyStatus',
  'publicAccessBlock',
  'rename',
  'requestPayment',
  'torrent',
  'vod',
];

/** Media processing asks through names that begin so: out of scope (DESIGN §8). */
export const MEDIA_PREFIXES: readonly string[] = ['imageMogr2', 'imageView2', 'image_process', 'watermark'];
