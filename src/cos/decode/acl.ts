/** ACLs in headers and in XML. Source: spec/access.md §2, §3; spec/objects.md §2.10, §9.2; spec/buckets.md §3, §10. */
import { CosError } from '../../errors/cos-error.ts';
import type { WireRequest } from '../../http/types.ts';
import { XML_CONFIG_BYTES, type XmlElement, xmlChild, xmlChildren, xmlText } from '../../http/xml.ts';
import {
  type Grant,
  OBJECT_ACLS,
  type ObjectAcl,
  PERMISSIONS,
  type Permission,
} from '../../model/records/attributes.ts';
import { BUCKET_ACLS, type BucketAcl } from '../../model/records/bucket.ts';
import type { HeaderSource } from './header-source.ts';

/** Whose ACL is decoded: WRITE is a right on buckets alone. */
export type AclSubject = 'bucket' | 'object';

export const MAX_GRANTS = 100;
const GROUPS = 'http://cam.qcloud.com/groups/global/';
export const GROUP_URIS = { all: `${GROUPS}AllUsers`, authenticated: `${GROUPS}AuthenticatedUsers` } as const;
const ANYONE = 'qcs::cam::anyone:anyone';
const EMAIL = /^emailAddress\s*=/i;
const UIN = /^\d{1,32}$/;
const CANONICAL = /^qcs::cam::uin\/(\d{1,32}):uin\/(\d{1,32})$/;

/** What protocols have differently in ACLs. */
export interface AclWords {
  /** @returns undefined for what is no group */
  groupOf(uri: string): 'all' | 'authenticated' | undefined;
  /** WRITE may be granted on objects, where it means nothing. */
  readonly writeOnObjects: boolean;
  /** Grantees may be named by their e-mail addresses, which nobody has here. */
  readonly emails: boolean;
}

const COS_WORDS: AclWords = { groupOf, writeOnObjects: false, emails: false };

const GRANT_HEADERS: readonly (readonly [header: string, permission: Permission])[] = [
  ['x-cos-grant-read', 'READ'],
  ['x-cos-grant-write', 'WRITE'],
  ['x-cos-grant-read-acp', 'READ_ACP'],
  ['x-cos-grant-write-acp', 'WRITE_ACP'],
  ['x-cos-grant-full-control', 'FULL_CONTROL'],
];

export function decodeObjectAcl(value: string | undefined): ObjectAcl {
  if (value === undefined) return 'default';
  // The owner of an object is always the bucket's: these two grant nothing beyond `private` (spec/access.md §2.1).
  if (value === 'bucket-owner-read' || value === 'bucket-owner-full-control') return 'private';
  if (value !== 'owner-only' && (OBJECT_ACLS as readonly string[]).includes(value)) return value as ObjectAcl;
  throw invalid(`x-cos-acl ${value} is not a canned ACL of objects`);
}

export function decodeBucketAcl(value: string | undefined): BucketAcl {
  if (value === undefined) return 'private';
  const known = BUCKET_ACLS.find((acl) => acl === value);
  if (known !== undefined) return known;
  throw invalid(`x-cos-acl ${value} is not a canned ACL of buckets`);
}

/** An ACL stands in headers or in the body. @throws CosError InvalidRequest where it stands in both */
export async function refuseAclBody({ body }: WireRequest): Promise<void> {
  if (body.length !== 0 && (await body.readAll(XML_CONFIG_BYTES)).length > 0) {
    throw new CosError('InvalidRequest', { message: 'header acl and body acl conflict' });
  }
}

/**
 * Explicit grants in headers; undefined where there are none.
 * @throws CosError InvalidArgument, AttachmentFull (too many on a bucket)
 */
export function decodeGrantHeaders(source: HeaderSource, subject: AclSubject = 'object'): Grant[] | undefined {
  const grants: Grant[] = [];
  for (const [header, permission] of GRANT_HEADERS) {
    const value = source.header(header);
    if (value === undefined) continue;
    requirePermission(permission, subject, source.ownAcls === true);
    for (const item of value.split(',')) {
      const named = item.trim();
      if (source.ownAcls === true && EMAIL.test(named)) throw new CosError('UnresolvableGrantByEmailAddress');
      grants.push({ grantee: granteeOf(named, header), permission });
    }
  }
  return grants.length === 0 ? undefined : checkedGrants(grants, subject);
}

function requirePermission(permission: Permission, subject: AclSubject, writeOnObjects: boolean): void {
  if (permission === 'WRITE' && subject === 'object' && !writeOnObjects)
    throw invalid('WRITE is not a permission of objects');
}

/** Each once. The code for too many on a bucket: spec/limits.md §1. */
function checkedGrants(grants: readonly Grant[], subject: AclSubject): Grant[] {
  const once = unique(grants);
  if (once.length <= MAX_GRANTS) return once;
  const message = `An ACL has at most ${MAX_GRANTS} grants.`;
  throw subject === 'object' ? invalid(message) : new CosError('AttachmentFull', { message });
}

function granteeOf(item: string, header: string): string {
  const match = /^(id|uin|uri)\s*=\s*"([^"]*)"$/.exec(item) ?? /^(id|uin|uri)\s*=\s*([^",\s]+)$/.exec(item);
  const grantee = match === null ? undefined : match[1] === 'uri' ? groupOf(match[2]!) : accountOf(match[2]!);
  if (grantee === undefined) throw invalid(`${header}: ${item.slice(0, 200)} is not a grantee`);
  return grantee;
}

function groupOf(uri: string): 'all' | 'authenticated' | undefined {
  if (uri === GROUP_URIS.all) return 'all';
  return uri === GROUP_URIS.authenticated ? 'authenticated' : undefined;
}

/** Objects can be granted to root accounts; sub-accounts are named by the canonical form alone. */
function accountOf(id: string): string | undefined {
  if (id === ANYONE) return 'all';
  if (UIN.test(id)) return `qcs::cam::uin/${id}:uin/${id}`;
  const pair = /^(\d{1,32})\/(\d{1,32})$/.exec(id);
  if (pair !== null) return `qcs::cam::uin/${pair[1]}:uin/${pair[2]}`;
  return CANONICAL.test(id) ? id : undefined;
}

export interface AclDocument {
  readonly grants: readonly Grant[];
  /** Canonical id that stands for the owner; undefined where none does. */
  readonly owner: string | undefined;
}

export interface DecodedAcl extends AclDocument {
  readonly acl: ObjectAcl;
}

/** An `AccessControlPolicy` of an object. @throws CosError MalformedXML, InvalidArgument */
export function decodeAclDocument(root: XmlElement, words = COS_WORDS): DecodedAcl {
  const { grants, owner } = decodeGrants(root, xmlChild(root, 'AccessControlList'), 'object', words);
  return { ...simplified(grants), owner };
}

/** An `AccessControlPolicy` of a bucket, as it stands. @throws CosError MalformedXML, InvalidArgument, AttachmentFull */
export function decodeBucketAclDocument(root: XmlElement, words = COS_WORDS): AclDocument {
  const list = xmlChild(root, 'AccessControlList');
  if (list === undefined) throw new CosError('MalformedXML', { message: 'There must be an AccessControlList.' });
  return decodeGrants(root, list, 'bucket', words);
}

/** @throws CosError MalformedXML, InvalidArgument, AttachmentFull */
export function decodeGrants(
  root: XmlElement,
  list: XmlElement | undefined,
  subject: AclSubject,
  words: AclWords,
): AclDocument {
  const owner = xmlChild(root, 'Owner');
  const listed = list === undefined ? [] : xmlChildren(list, 'Grant');
  const grants = listed.map((grant): Grant => {
    const permission = xmlText(grant, 'Permission') as Permission | undefined;
    const grantee = xmlChild(grant, 'Grantee');
    if (grantee === undefined || permission === undefined || !PERMISSIONS.includes(permission)) {
      throw new CosError('MalformedXML');
    }
    requirePermission(permission, subject, words.writeOnObjects);
    return { grantee: granteeElement(grantee, words), permission };
  });
  return {
    grants: checkedGrants(grants, subject),
    owner: owner === undefined ? undefined : xmlText(owner, 'ID') || undefined,
  };
}

/** Lower case: older samples write `Subaccount`. */
const TYPES: ReadonlySet<string> = new Set(['group', 'canonicaluser', 'rootaccount', 'subaccount']);

function granteeElement(element: XmlElement, words: AclWords): string {
  const type = element.attributes.get('type')?.toLowerCase();
  if (words.emails && type === 'amazoncustomerbyemail') throw new CosError('UnresolvableGrantByEmailAddress');
  if (type !== undefined && !TYPES.has(type)) throw new CosError('MalformedXML');
  const uri = xmlText(element, 'URI');
  const id = xmlText(element, 'ID') ?? xmlText(element, 'Subaccount');
  if (uri === undefined && id === undefined) throw new CosError('MalformedXML');
  const grantee =
    uri !== undefined && type !== 'canonicaluser' ? words.groupOf(uri) : id === undefined ? undefined : accountOf(id);
  if (grantee === undefined) throw invalid(`${(uri ?? id ?? '').slice(0, 200)} is not a grantee`);
  return grantee;
}

/** A list that says what a canned ACL says is that canned ACL. */
function simplified(grants: readonly Grant[]): Pick<DecodedAcl, 'acl' | 'grants'> {
  if (grants.length === 1 && grants[0]!.permission === 'READ') {
    if (grants[0]!.grantee === 'all') return { acl: 'public-read', grants: [] };
    if (grants[0]!.grantee === 'authenticated') return { acl: 'authenticated-read', grants: [] };
  }
  return { acl: 'private', grants };
}

function unique(grants: readonly Grant[]): Grant[] {
  const seen = new Map(grants.map((grant) => [`${grant.permission} ${grant.grantee}`, grant]));
  return [...seen.values()];
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
