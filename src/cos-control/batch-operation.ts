/** What a job does with each of its objects: the element Operation. Source: spec/buckets.md §29. */
import { decodeStorageClass } from '../cos/decode/attributes.ts';
import { malformedXml, type XmlElement, xmlChild, xmlChildren, xmlExactText } from '../http/xml.ts';
import type { Grant, ObjectAcl, StoredHeaders } from '../model/records/attributes.ts';
import { checkTags } from '../model/tags.ts';
import { parseArn } from './arn.ts';
import { flag, oneOf, optional, required, whole } from './xml.ts';

/** Where a property of the new object comes from; `add`: both. */
export type Directive = 'copy' | 'replace' | 'add';

export interface CopyOperation {
  readonly kind: 'copy';
  readonly region: string;
  /** Full name. */
  readonly bucket: string;
  /** undefined: keys stay behind `targetPrefix` */
  readonly replacedPrefix: string | undefined;
  readonly targetPrefix: string;
  /** undefined: as every copy, the ACL of its bucket or the canned one */
  readonly aclDirective: Directive | undefined;
  readonly acl: ObjectAcl | undefined;
  readonly grants: readonly Grant[];
  readonly metadataDirective: 'copy' | 'replace';
  /** undefined: guessed from the key */
  readonly contentType: string | undefined;
  readonly headers: Omit<StoredHeaders, 'contentType'>;
  readonly userMeta: readonly string[];
  /** SSE-COS */
  readonly encrypted: boolean;
  readonly taggingDirective: Directive;
  /** Flat: key, value … */
  readonly tags: readonly string[];
  readonly storageClass: string | undefined;
  readonly modifiedSinceMs: number | undefined;
  readonly unmodifiedSinceMs: number | undefined;
}

export interface RestoreOperation {
  readonly kind: 'restore';
  readonly days: number;
  readonly tier: 'bulk' | 'standard';
}

export interface TaggingOperation {
  readonly kind: 'tagging';
  readonly directive: 'replace' | 'add';
  readonly tags: readonly string[];
}

export type BatchOperation = CopyOperation | RestoreOperation | TaggingOperation;

const PREFIX_BYTES = 850;

/** @param element Operation, with exactly one child @throws CosError MalformedXML, NotSupportedStorageClass, InvalidTag, BadRequest */
export function decodeOperation(element: XmlElement): BatchOperation {
  const [only, ...more] = element.children;
  if (only === undefined || more.length > 0) throw malformedXml('Operation must have exactly one child.');
  switch (only.name) {
    case 'COSPutObjectCopy':
      return decodeCopy(only);
    case 'COSInitiateRestoreObject':
      return decodeRestore(only);
    case 'COSPutObjectTagging':
      return decodeTagging(only);
    default:
      throw malformedXml(`There is no operation ${only.name.slice(0, 64)}.`);
  }
}

function decodeCopy(element: XmlElement): CopyOperation {
  const target = parseArn(required(element, 'TargetResource'));
  if (target === undefined || target.key !== '') throw malformedXml('TargetResource must name a bucket.');
  const replaces = flag(element, 'PrefixReplace', false);
  const metadata = xmlChild(element, 'NewObjectMetadata');
  const tagging = xmlChild(element, 'NewObjectTagging');
  const sse = metadata && oneOf(metadata, 'SSEAlgorithm', ['AES256', 'NULL', 'None']);
  return {
    kind: 'copy',
    region: target.region,
    bucket: target.bucket,
    replacedPrefix: replaces ? prefixIn(element, 'ResourcesPrefix') : undefined,
    targetPrefix: prefixIn(element, 'TargetKeyPrefix'),
    aclDirective: directive(element, 'AccessControlDirective'),
    acl: oneOf(element, 'CannedAccessControlList', ['default', 'private', 'public-read', 'authenticated-read']),
    grants: decodeGrants(xmlChild(element, 'AccessControlGrants')),
    metadataDirective: directive(element, 'MetadataDirective', ['Copy', 'Replaced']) === 'replace' ? 'replace' : 'copy',
    ...decodeMetadata(metadata),
    encrypted: sse === 'AES256',
    taggingDirective: directive(element, 'TaggingDirective') ?? 'copy',
    tags: tagging === undefined ? [] : decodeTags(tagging),
    storageClass: decodeStorageClass(optional(element, 'StorageClass')),
    modifiedSinceMs: secondsIn(element, 'ModifiedSinceConstraint'),
    unmodifiedSinceMs: secondsIn(element, 'UnModifiedSinceConstraint'),
  };
}

function prefixIn(element: XmlElement, name: string): string {
  const prefix = xmlExactText(element, name) ?? '';
  if (Buffer.byteLength(prefix) > PREFIX_BYTES) throw malformedXml(`${name} is too long.`);
  return prefix;
}

function secondsIn(element: XmlElement, name: string): number | undefined {
  const seconds = whole(element, name, 0, 253_402_300_799);
  return seconds === undefined || seconds === 0 ? undefined : seconds * 1_000;
}

const DIRECTIVES = { Copy: 'copy', Replaced: 'replace', Add: 'add' } as const;

function directive(
  element: XmlElement,
  name: string,
  allowed: readonly (keyof typeof DIRECTIVES)[] = ['Copy', 'Replaced', 'Add'],
): Directive | undefined {
  const given = oneOf(element, name, allowed);
  return given === undefined ? undefined : DIRECTIVES[given];
}

const GRANTEE = /^qcs::cam::uin\/\d{5,20}:uin\/\d{5,20}$/;

function decodeGrants(element: XmlElement | undefined): Grant[] {
  if (element === undefined) return [];
  return xmlChildren(element, 'COSGrant').map((grant) => {
    const grantee = xmlChild(grant, 'Grantee');
    const identifier = grantee && required(grantee, 'Identifier');
    const permission = oneOf(grant, 'Permission', ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL']);
    if (grantee === undefined || identifier === undefined || permission === undefined) {
      throw malformedXml('COSGrant needs Grantee and Permission.');
    }
    oneOf(grantee, 'TypeIdentifier', ['ID']);
    if (!GRANTEE.test(identifier)) throw malformedXml('Identifier must be qcs::cam::uin/<owner>:uin/<user>.');
    return { grantee: identifier, permission };
  });
}

function decodeMetadata(element: XmlElement | undefined): Pick<CopyOperation, 'contentType' | 'headers' | 'userMeta'> {
  if (element === undefined) return { contentType: undefined, headers: {}, userMeta: [] };
  const cacheControl = optional(element, 'CacheControl');
  const contentDisposition = optional(element, 'ContentDisposition');
  const contentEncoding = optional(element, 'ContentEncoding');
  const expires = optional(element, 'HttpExpiresDate');
  const meta = xmlChild(element, 'UserMetadata');
  return {
    contentType: optional(element, 'ContentType'),
    headers: {
      ...(cacheControl === undefined ? {} : { cacheControl }),
      ...(contentDisposition === undefined ? {} : { contentDisposition }),
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
      ...(expires === undefined ? {} : { expires }),
    },
    userMeta: meta === undefined ? [] : xmlChildren(meta, 'member').flatMap(decodeMember),
  };
}

const META_NAME = /^[a-z0-9-]{1,128}$/;
const META_VALUE = /^[\x20-\x7e]*$/;

function decodeMember(member: XmlElement): [string, string] {
  const name = required(member, 'Key')
    .toLowerCase()
    .replace(/^x-cos-meta-/, '');
  const value = optional(member, 'Value') ?? '';
  if (!META_NAME.test(name) || !META_VALUE.test(value)) throw malformedXml('UserMetadata cannot be a header.');
  return [name, value];
}

function decodeTags(element: XmlElement): string[] {
  const flat = xmlChildren(element, 'COSTag').flatMap((tag) => [
    xmlExactText(tag, 'Key') ?? '',
    xmlExactText(tag, 'Value') ?? '',
  ]);
  checkTags(flat);
  return flat;
}

function decodeRestore(element: XmlElement): RestoreOperation {
  const days = whole(element, 'ExpirationInDays', 1, 365);
  if (days === undefined) throw malformedXml('COSInitiateRestoreObject needs ExpirationInDays.');
  const tier = oneOf(element, 'JobTier', ['Bulk', 'Standard']) === 'Bulk' ? 'bulk' : 'standard';
  return { kind: 'restore', days, tier };
}

function decodeTagging(element: XmlElement): TaggingOperation {
  const set = xmlChild(element, 'TagSet');
  if (set === undefined) throw malformedXml('COSPutObjectTagging needs TagSet.');
  const given = directive(element, 'TaggingDirective', ['Replaced', 'Add']);
  return { kind: 'tagging', directive: given === 'add' ? 'add' : 'replace', tags: decodeTags(set) };
}
