/** Whom the ACLs of buckets and objects grant what. Source: spec/access.md §2. */
import { isPublicGrant } from '../model/acl-rules.ts';
import { type BucketConfig, bucketConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import { currentKey } from '../model/keys.ts';
import { type Grant, type ObjectAcl, type ObjectAttributes, PERMISSIONS } from '../model/records/attributes.ts';
import type { BucketAcl } from '../model/records/bucket.ts';
import { unpackObject } from '../model/records/object.ts';
import { pack, unpack } from '../model/records/pack.ts';
import type { Services } from '../model/services.ts';

/** The explicit entries of a bucket's ACL, beside the canned one in its record. */
export const BUCKET_GRANTS: BucketConfig<readonly Grant[]> = {
  name: 'acl',
  pack: (grants) => pack([1, ...grants.flatMap((grant) => [grant.grantee, PERMISSIONS.indexOf(grant.permission)])]),
  unpack(stored) {
    const fields = unpack(stored);
    const grants: Grant[] = [];
    for (let i = 1; i + 1 < fields.length; i += 2) {
      grants.push({ grantee: fields[i] as string, permission: PERMISSIONS[fields[i + 1] as number]! });
    }
    return grants;
  },
};

const READ_BY_ALL: Grant = { grantee: 'all', permission: 'READ' };
const WRITE_BY_ALL: Grant = { grantee: 'all', permission: 'WRITE' };
const READ_BY_SIGNED: Grant = { grantee: 'authenticated', permission: 'READ' };

/** What a canned ACL grants besides the owner's FULL_CONTROL. */
export const CANNED_GRANTS: Readonly<Record<BucketAcl | ObjectAcl, readonly Grant[]>> = {
  default: [],
  private: [],
  'owner-only': [],
  'public-read': [READ_BY_ALL],
  'public-read-write': [READ_BY_ALL, WRITE_BY_ALL],
  'authenticated-read': [READ_BY_SIGNED],
};

/** All entries of a bucket's ACL that count, besides the owner's. */
export async function bucketGrants(services: Services, bucket: BucketEntry): Promise<readonly Grant[]> {
  const canned = CANNED_GRANTS[bucket.record.acl];
  const explicit = await bucketConfig(services, bucket, BUCKET_GRANTS);
  return counting(bucket, explicit === undefined ? canned : [...canned, ...explicit]);
}

/** Entries that the bucket's settings leave in force (spec/s3.md §9). */
function counting({ record: { ownership, publicAccess } }: BucketEntry, grants: readonly Grant[]): readonly Grant[] {
  if (ownership === 'enforced') return [];
  return publicAccess?.ignoreAcls === true ? grants.filter((grant) => !isPublicGrant(grant)) : grants;
}

/** Folders above a key that are looked up together; a key of 850 bytes can have 425. */
const FOLDERS_AT_ONCE = 32;

/**
 * The entries that decide about an object: its own, else those of the nearest folder object above it that has an ACL of
 * its own, else what the bucket's pass on. READ alone passes on.
 */
export async function objectGrants(
  services: Services,
  bucket: BucketEntry,
  key: string,
  object: Pick<ObjectAttributes, 'acl' | 'extra'> | undefined,
): Promise<readonly Grant[]> {
  const own = object === undefined ? undefined : ownGrants(object);
  if (own !== undefined) return counting(bucket, own);
  const inherited = await folderGrants(services, bucket, foldersAbove(key));
  if (inherited !== undefined) return counting(bucket, inherited);
  return (await bucketGrants(services, bucket)).flatMap((grant) =>
    grant.permission === 'READ'
      ? [grant]
      : grant.permission === 'FULL_CONTROL'
        ? [{ ...grant, permission: 'READ' }]
        : [],
  );
}

/** undefined where the ACL is `default`. */
function ownGrants({ acl, extra }: Pick<ObjectAttributes, 'acl' | 'extra'>): readonly Grant[] | undefined {
  const explicit = extra?.grants ?? [];
  if (acl === 'default' && explicit.length === 0) return undefined;
  return [...CANNED_GRANTS[acl], ...explicit];
}

/** All of them count: below a private folder nothing is public, however deep it lies. @param folders nearest first */
async function folderGrants({ store }: Services, { record }: BucketEntry, folders: readonly string[]) {
  for (let at = 0; at < folders.length; at += FOLDERS_AT_ONCE) {
    const keys = folders.slice(at, at + FOLDERS_AT_ONCE).map((folder) => currentKey(record.id, folder));
    for (const row of await store.meta.get(keys)) {
      const folder = row === undefined ? undefined : unpackObject(row.value).attributes;
      const grants = folder === undefined ? undefined : ownGrants(folder);
      // What is nobody's but its owner's because nobody said otherwise says nothing of what lies below it.
      if (grants !== undefined && (folder!.acl !== 'owner-only' || grants.length > 0)) return grants;
    }
  }
  return undefined;
}

/** Nearest first. */
function foldersAbove(key: string): string[] {
  const folders: string[] = [];
  let end = key.endsWith('/') ? key.length - 1 : key.length;
  for (;;) {
    const slash = key.lastIndexOf('/', end - 1);
    if (slash <= 0) return folders;
    folders.push(key.slice(0, slash + 1));
    end = slash;
  }
}
