/** Keys that conditions of AWS policies may ask about, and where their values are. Source: spec/s3.md §9. */
import type { PolicyRequest } from '../types.ts';

/** Key of AWS → key of the request's facts, both lower case. */
const FACTS: Readonly<Record<string, string>> = {
  'aws:sourceip': 'qcs:ip',
  'aws:securetransport': 'cos:secure-transport',
  'aws:currenttime': 'qcs:current_time',
  's3:tlsversion': 'cos:tls-version',
  's3:prefix': 'cos:prefix',
  's3:versionid': 'cos:versionid',
};

/** Asked of the facts by their own names. */
const OWN: ReadonlySet<string> = new Set([
  'aws:useragent',
  'aws:referer',
  's3:delimiter',
  's3:max-keys',
  's3:signatureversion',
  's3:authtype',
  's3:x-amz-acl',
  's3:x-amz-content-sha256',
  's3:x-amz-copy-source',
  's3:x-amz-grant-read',
  's3:x-amz-grant-write',
  's3:x-amz-grant-read-acp',
  's3:x-amz-grant-write-acp',
  's3:x-amz-grant-full-control',
  's3:x-amz-metadata-directive',
  's3:x-amz-server-side-encryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:x-amz-server-side-encryption-customer-algorithm',
  's3:x-amz-storage-class',
  's3:x-amz-website-redirect-location',
  's3:object-lock-mode',
  's3:object-lock-legal-hold',
  's3:object-lock-retain-until-date',
  's3:requestobjecttagkeys',
]);

/** Of who signed. */
const SIGNER: ReadonlySet<string> = new Set([
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:userid',
  'aws:username',
]);

/** Followed by the key of a tag. */
const TAGS = ['s3:existingobjecttag/', 's3:requestobjecttag/'] as const;

/** @param key lower case */
export function isAwsKey(key: string): boolean {
  return Object.hasOwn(FACTS, key) || OWN.has(key) || SIGNER.has(key) || TAGS.some((prefix) => key.startsWith(prefix));
}

/** @returns at least one value, or undefined where the request has none */
export function valuesOfAws(key: string, { identity, facts }: PolicyRequest): readonly string[] | undefined {
  if (SIGNER.has(key)) {
    if (key === 'aws:epochtime') {
      const now = facts.get('qcs:current_time')?.[0];
      return now === undefined ? undefined : [String(Math.floor(Date.parse(now) / 1000))];
    }
    if (identity.kind === 'anonymous') return key === 'aws:principaltype' ? ['Anonymous'] : undefined;
    const { ownerUin, uin, name, kind } = identity;
    switch (key) {
      case 'aws:principalaccount':
        return [ownerUin];
      case 'aws:principalarn':
        return [`arn:aws:iam::${ownerUin}:${kind === 'root' ? 'root' : `${kind}/${name}`}`];
      case 'aws:principaltype':
        return [kind === 'root' ? 'Account' : kind === 'user' ? 'User' : 'AssumedRole'];
      case 'aws:userid':
        return [uin];
      default:
        return kind === 'user' ? [name] : undefined;
    }
  }
  const values = facts.get(FACTS[key] ?? key);
  const given = key === 's3:versionid' ? values?.filter((value) => value !== '') : values;
  return given === undefined || given.length === 0 ? undefined : given;
}
