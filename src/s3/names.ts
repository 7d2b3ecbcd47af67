/** Names and words of headers in Amazon S3 and in COS. Source: spec/s3.md §6, §8. */

/** Headers of S3 that mean what COS calls otherwise: the part behind `x-amz-`, and the whole name of COS. */
const SAME_REST = [
  'acl',
  'copy-source',
  'copy-source-range',
  'copy-source-if-match',
  'copy-source-if-none-match',
  'copy-source-if-modified-since',
  'copy-source-if-unmodified-since',
  'copy-source-server-side-encryption-customer-algorithm',
  'copy-source-server-side-encryption-customer-key',
  'copy-source-server-side-encryption-customer-key-md5',
  'copy-source-version-id',
  'delete-marker',
  'expiration',
  'bucket-region',
  'grant-read',
  'grant-write',
  'grant-read-acp',
  'grant-write-acp',
  'grant-full-control',
  'metadata-directive',
  'object-lock-mode',
  'object-lock-retain-until-date',
  'object-lock-legal-hold',
  'replication-status',
  'restore',
  'security-token',
  'server-side-encryption',
  'server-side-encryption-context',
  'server-side-encryption-customer-algorithm',
  'server-side-encryption-customer-key',
  'server-side-encryption-customer-key-md5',
  'storage-class',
  'tagging',
  'tagging-count',
  'tagging-directive',
  'version-id',
  'website-redirect-location',
] as const;

/** S3 name → COS name, lower case. */
export const TO_COS: ReadonlyMap<string, string> = new Map<string, string>([
  ...SAME_REST.map((rest) => [`x-amz-${rest}`, `x-cos-${rest}`] as const),
  ['x-amz-server-side-encryption-aws-kms-key-id', 'x-cos-server-side-encryption-cos-kms-key-id'],
]);

/** COS name → S3 name, lower case. */
export const TO_S3: ReadonlyMap<string, string> = new Map([...TO_COS].map(([s3, cos]) => [cos, s3] as const));

export const S3_META = 'x-amz-meta-';
export const COS_META = 'x-cos-meta-';

/** Storage classes of S3 in COS's words; the others are the same in both. */
const CLASS_IN: Readonly<Record<string, string>> = {
  REDUCED_REDUNDANCY: 'STANDARD',
  ONEZONE_IA: 'STANDARD_IA',
  GLACIER: 'ARCHIVE',
  GLACIER_IR: 'STANDARD_IA',
};
const CLASS_OUT: Readonly<Record<string, string>> = { ARCHIVE: 'GLACIER' };

export const storageClassIn = (word: string): string => CLASS_IN[word] ?? word;
export const storageClassOut = (word: string): string => CLASS_OUT[word] ?? word;

/** An item that begins with neither a quote, nor `*`, nor `W/`. */
const BARE_TAG = /(?:^|,)\s*(?!W\/)[^\s",*]/;
const TAG_LISTS: ReadonlySet<string> = new Set([
  'if-match',
  'if-none-match',
  'x-cos-copy-source-if-match',
  'x-cos-copy-source-if-none-match',
]);

export const isTagList = (name: string): boolean => TAG_LISTS.has(name);

export const S3_GROUPS = 'http://acs.amazonaws.com/groups/global/';
const COS_GROUPS = 'http://cam.qcloud.com/groups/global/';

export const groupUrisIn = (text: string): string => text.replaceAll(S3_GROUPS, COS_GROUPS);
export const groupUriOut = (uri: string): string => uri.replace(COS_GROUPS, S3_GROUPS);

/** Entity tags as RFC 9110 writes them: some clients leave the quotes out. */
export function quotedTags(list: string): string {
  if (!BARE_TAG.test(list)) return list;
  return list
    .split(',')
    .map((item) => item.trim())
    .map((tag) => (tag === '' || tag === '*' || tag.startsWith('"') || tag.startsWith('W/') ? tag : `"${tag}"`))
    .join(', ');
}

/** What a header's value is called in COS. @param name of COS, lower case */
export function valueIn(name: string, value: string): string {
  switch (name) {
    case 'x-cos-storage-class':
      return storageClassIn(value);
    case 'x-cos-server-side-encryption':
      return value === 'aws:kms' ? 'cos/kms' : value;
    default:
      if (isTagList(name)) return quotedTags(value);
      return name.startsWith('x-cos-grant-') ? groupUrisIn(value) : value;
  }
}

/** What a header's value is called in S3. @param name of COS, lower case */
export function valueOut(name: string, value: string): string {
  if (name === 'x-cos-storage-class') return storageClassOut(value);
  return name === 'x-cos-server-side-encryption' && value === 'cos/kms' ? 'aws:kms' : value;
}
