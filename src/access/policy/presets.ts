/** Policies that can be attached by name. Source: spec/access.md §6, last paragraph; the lists of the data and write policies are ours. */

const UPLOAD = [
  'PutObject',
  'PostObject',
  'AppendObject',
  'InitiateMultipartUpload',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'ListMultipartUploads',
  'ListParts',
  'PutObjectACL',
  'PutObjectTagging',
  'DeleteObjectTagging',
  'PostObjectRestore',
];
const DOWNLOAD = ['GetObject*', 'HeadObject', 'OptionsObject', 'SelectObjectContent'];
const LIST = ['GetBucket', 'GetBucketObjectVersions', 'ListMultipartUploads', 'ListParts', 'HeadBucket'];

/** Configurations that are written; making and deleting buckets is none. */
const CONFIGURATIONS = [
  'ACL',
  'CORS',
  'Lifecycle',
  'Policy',
  'Tagging',
  'Website',
  'Replication',
  'Inventory',
  'Origin',
  'Domain',
  'Encryption',
  'Versioning',
  'Logging',
  'Notification',
  'Referer',
  'Accelerate',
  'IntelligentTiering',
  'ObjectLockConfiguration',
  'StrictSignature',
];
const WRITE_CONFIGURATION = CONFIGURATIONS.flatMap((name) => [`PutBucket${name}`, `DeleteBucket${name}`]);

/** Name → text of the policy. */
export const PRESET_POLICIES: ReadonlyMap<string, string> = new Map([
  preset('QcloudCOSFullAccess', ['*']),
  preset('QcloudCOSReadOnlyAccess', ['List*', 'Get*', 'Head*', 'OptionsObject']),
  preset('QcloudCOSBucketConfigRead', ['GetBucket*', 'HeadBucket']),
  preset('QcloudCOSBucketConfigWrite', [...WRITE_CONFIGURATION, 'PostBucketInventory']),
  preset('QcloudCOSDataFullControl', [...LIST, ...DOWNLOAD, ...UPLOAD, 'DeleteObject', 'DeleteMultipleObjects']),
  preset('QcloudCOSDataReadOnly', [...LIST, ...DOWNLOAD]),
  preset('QcloudCOSDataWriteOnly', UPLOAD),
  preset('QcloudCOSGetServiceAccess', ['GetService']),
  preset('QcloudCOSListOnly', ['GetService', ...LIST]),
]);

function preset(name: string, actions: readonly string[]): [string, string] {
  const action = [...new Set(actions)].map((each) => `cos:${each}`);
  return [name, JSON.stringify({ version: '2.0', statement: [{ effect: 'allow', action, resource: '*' }] })];
}
