/**
 * May whoever makes a request do this? Gathers what `decide` judges by: the policy of the bucket, and the ACLs only
 * where the answer hangs on them. Source: spec/access.md §2, §7.
 */
import { CosError } from '../errors/cos-error.ts';
import { bucketConfig, hasConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import { readObject } from '../model/read-object.ts';
import type { Grant, ObjectAttributes } from '../model/records/attributes.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { RequestTrace } from '../model/request-trace.ts';
import type { Services } from '../model/services.ts';
import { bucketGrants, objectGrants } from './acl.ts';
import { BUCKET_POLICY, compiledBucketPolicy } from './bucket-policy.ts';
import { BUCKET_TAGS, tagValues } from './bucket-tags.ts';
import { type AclPermission, decide } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Identity, SignedIdentity } from './identity.ts';
import type { CompiledPolicy, ConditionFacts, PolicyRequest } from './policy/types.ts';
import { policyFor } from './public-policy.ts';

/** The right an operation needs beside its action in policies. */
export type Access =
  /** any valid key */
  | 'signed'
  /** the account whose APPID ends the bucket's name */
  | 'account'
  /** no ACL gives it: owner and policies alone */
  | 'owner'
  /** READ on the bucket */
  | 'bucket-read'
  /** WRITE on the bucket */
  | 'bucket-write'
  /** READ_ACP on the bucket */
  | 'bucket-read-acp'
  /** WRITE_ACP on the bucket */
  | 'bucket-write-acp'
  /** READ on the object: decided by `authorizeObject` once the object is known */
  | 'object-read'
  /** a right on the object's own ACL: decided by `authorizeObject` once the object is known */
  | 'object-acl'
  /** decided for each of the keys that the body names */
  | 'each-key'
  /** WRITE on the bucket by whoever signed the form: decided once the form is read */
  | 'form'
  /** as 'owner', where conditions ask about the body: decided by `authorizeBucket` once it is read */
  | 'body'
  /** nothing: preflight */
  | 'open';

/** Who makes a request, and what conditions can ask about it. */
export interface Requester {
  readonly identity: Identity;
  readonly facts: ConditionFacts;
  /** Learns which rule decided, and what the operation did. */
  readonly trace: RequestTrace;
}

export interface AuthorizeContext extends Requester {
  readonly services: Services;
}

const BUCKET_RIGHTS: Partial<Record<Access, AclPermission>> = {
  'bucket-read': 'READ',
  'bucket-write': 'WRITE',
  'bucket-read-acp': 'READ_ACP',
  'bucket-write-acp': 'WRITE_ACP',
};

/** The root of an account with a permanent key, in a bucket of that account: the only question left is a policy's. */
export function isOwner(identity: Identity, appid: string): identity is SignedIdentity {
  return identity.kind === 'root' && identity.appid === appid;
}

/**
 * What can be said before the object is known.
 * @param actions of the operation, without prefix
 * @param keys what the request is about: a key, '' for the bucket, several for a listing
 * @throws CosError AccessDenied
 */
export function authorize(
  access: Access,
  actions: readonly string[],
  context: AuthorizeContext,
  bucket: BucketEntry | undefined,
  keys: readonly string[],
): void | Promise<void> {
  switch (access) {
    case 'open':
    case 'object-read':
    case 'object-acl':
    case 'each-key':
    case 'form':
    case 'body':
      return;
    case 'signed':
    case 'account':
      if (context.identity.kind === 'anonymous') throw denied('nobody signed');
      return;
    default:
      if (bucket !== undefined) return judge(context, actions, bucket, keys, BUCKET_RIGHTS[access], undefined);
  }
}

/**
 * GetService and PutBucket: the account's root, and identities of the account whose own policies allow it.
 * @param bucket full name; undefined for the service itself
 * @throws CosError AccessDenied
 */
export function authorizeAccount(
  context: Requester,
  actions: readonly string[],
  appid: string,
  bucket: string | undefined,
  region: string | undefined,
): SignedIdentity {
  const { identity } = context;
  if (identity.kind === 'anonymous') throw denied('nobody signed');
  if (identity.appid !== appid) throw denied('the bucket name is of another account');
  const resource = { appid, ownerUin: identity.ownerUin, region, bucket, keys: [''] };
  settle(context, decided({ identity, actions, resource, facts: context.facts }, undefined, [], undefined));
  return identity;
}

/** An operation on the bucket that no ACL gives. @throws CosError AccessDenied */
export function authorizeBucket(
  context: AuthorizeContext,
  actions: readonly string[],
  bucket: BucketEntry,
): void | Promise<void> {
  return judge(context, actions, bucket, [''], undefined, undefined);
}

const TAGGING = ['PutObjectTagging'] as const;

/** A write that brings tags asks for the right to tag as well (spec/access.md §6). @throws CosError AccessDenied */
export function authorizeTags(
  context: AuthorizeContext,
  bucket: BucketEntry,
  key: string,
  tags: readonly string[] | undefined,
): void | Promise<void> {
  if (tags !== undefined) return judge(context, TAGGING, bucket, [key], undefined, undefined);
}

/**
 * The same requester, whose conditions are asked about a version that the request does not name by its parameter: that
 * of a copy's source, or of one key of several.
 */
export function aboutVersion(context: AuthorizeContext, versionId: string | undefined): AuthorizeContext {
  const { facts } = context;
  if (versionId === undefined && facts.get(VERSION) === undefined) return context;
  const version = versionId === undefined ? undefined : [versionId];
  return { ...context, facts: { get: (key) => (key === VERSION ? version : facts.get(key)) } };
}

const VERSION = 'cos:versionid';

/** One key of several, each with its own answer. @throws CosError AccessDenied */
export function authorizeKey(
  context: AuthorizeContext,
  actions: readonly string[],
  bucket: BucketEntry,
  key: string,
): void | Promise<void> {
  return judge(context, actions, bucket, [key], 'WRITE', undefined);
}

/** An object as its ACL is judged. */
export type JudgedObject = Pick<ObjectAttributes, 'acl' | 'extra'>;

/**
 * A right on one object. Encrypted objects are nothing for the anonymous, whatever ACL and policy say
 * (spec/objects.md §5.3).
 * @param object undefined when it is absent: then only who may read all learns of it
 * @throws CosError AccessDenied
 */
export function authorizeObject(
  context: AuthorizeContext,
  actions: readonly string[],
  bucket: BucketEntry,
  key: string,
  object: JudgedObject | undefined,
  permission: 'READ' | 'READ_ACP' | 'WRITE_ACP',
): void | Promise<void> {
  if (context.identity.kind === 'anonymous' && object?.extra?.encryption !== undefined) {
    throw denied('encrypted objects are nothing for the anonymous');
  }
  return judge(context, actions, bucket, [key], permission, { object });
}

function judge(
  context: AuthorizeContext,
  actions: readonly string[],
  bucket: BucketEntry,
  keys: readonly string[],
  permission: AclPermission | undefined,
  of: { readonly object: JudgedObject | undefined } | undefined,
): void | Promise<void> {
  const { identity, trace } = context;
  const { record } = bucket;
  // The way of nearly all requests: nothing is asked, nothing is made.
  if (isOwner(identity, record.appid) && identity.session === undefined && !hasConfig(bucket, BUCKET_POLICY)) {
    trace.rule = 'owner';
    return;
  }
  return judgeByAll(context, actions, bucket, keys, permission, of);
}

async function judgeByAll(
  context: AuthorizeContext,
  actions: readonly string[],
  bucket: BucketEntry,
  keys: readonly string[],
  permission: AclPermission | undefined,
  of: { readonly object: JudgedObject | undefined } | undefined,
): Promise<void> {
  const { services, identity } = context;
  const { record } = bucket;
  const policy = policyFor(record, identity, await compiledBucketPolicy(services, bucket));
  const given = await withBucketTags(services, bucket, context.facts);
  const object = of === undefined ? await storedObject(services, bucket, policy, context, keys) : of.object;
  const facts = withObjectTags(given, object?.extra?.tags);
  const request: PolicyRequest = { identity, actions, resource: resourceOf(record, keys), facts };
  const first = decided(request, policy, undefined, permission);
  if (first !== 'needs-acl') return settle(context, first);
  const acl =
    of === undefined ? await bucketGrants(services, bucket) : await objectGrants(services, bucket, keys[0]!, of.object);
  settle(context, decided(request, policy, acl, permission));
}

function resourceOf({ appid, ownerUin, region, name }: BucketRecord, keys: readonly string[]) {
  return { appid, ownerUin, region, bucket: name, keys: keys.map(shortened) };
}

/** Characters; no key has more. */
const MAX_KEY = 1_024;

/** Names of 64 KiB, which nothing can have, are not held against long policies: their beginning decides. */
function shortened(key: string): string {
  return key.length <= MAX_KEY ? key : key.slice(0, MAX_KEY);
}

function decided(
  request: PolicyRequest,
  bucketPolicy: CompiledPolicy | undefined,
  acl: readonly Grant[] | undefined,
  aclPermission: AclPermission | undefined,
): Decision | 'needs-acl' {
  return decide(request, { bucketPolicy, acl, aclPermission });
}

/** Facts with the tags of the bucket, by the facts of a request: the same ones for each of its keys. */
const tagged = new WeakMap<ConditionFacts, { readonly values: unknown; readonly facts: ConditionFacts }>();

/** Tags of the bucket are read for policies alone. */
async function withBucketTags(services: Services, bucket: BucketEntry, facts: ConditionFacts): Promise<ConditionFacts> {
  if (!hasConfig(bucket, BUCKET_TAGS)) return facts;
  const tags = await bucketConfig(services, bucket, BUCKET_TAGS);
  const before = tagged.get(facts);
  if (before !== undefined && before.values === tags) return before.facts;
  const values = tagValues(tags ?? []);
  const made: ConditionFacts = { get: (key) => (key === 'qcs:resource_tag' ? values : facts.get(key)) };
  tagged.set(facts, { values: tags, facts: made });
  return made;
}

/** The object that an operation on one key is about, where a policy asks for its tags; undefined where there is none. */
async function storedObject(
  services: Services,
  bucket: BucketEntry,
  policy: CompiledPolicy | undefined,
  { identity, facts }: AuthorizeContext,
  [key = '', ...others]: readonly string[],
): Promise<JudgedObject | undefined> {
  if (key === '' || others.length > 0 || !asksObjectTags(policy, identity)) return undefined;
  try {
    return (await readObject(services, bucket, key, facts.get(VERSION)?.[0])).record.attributes;
  } catch (error) {
    if (error instanceof CosError) return undefined;
    throw error;
  }
}

function asksObjectTags(policy: CompiledPolicy | undefined, identity: Identity): boolean {
  if (policy?.asksObjectTags === true) return true;
  if (identity.kind === 'anonymous') return false;
  return [...identity.policies, identity.session?.policy].some((each) => each?.asksObjectTags === true);
}

const OBJECT_TAG = 's3:existingobjecttag/';

/** @param tags of the object, flat */
function withObjectTags(facts: ConditionFacts, tags: readonly string[] | undefined): ConditionFacts {
  if (tags === undefined) return facts;
  const values = new Map<string, string>();
  for (let i = 0; i + 1 < tags.length; i += 2) values.set(tags[i]!, tags[i + 1]!);
  return {
    get(key) {
      if (!key.startsWith(OBJECT_TAG)) return facts.get(key);
      const value = values.get(key.slice(OBJECT_TAG.length));
      return value === undefined ? undefined : [value];
    },
  };
}

function settle({ trace }: Requester, decision: Decision | 'needs-acl'): void {
  if (decision === 'needs-acl') throw new Error('a decision asked for ACLs that it had');
  trace.rule = decision.rule;
  if (!decision.allowed) throw denied();
}

function denied(rule?: string): CosError {
  return new CosError('AccessDenied', rule === undefined ? {} : { rule });
}
