/** The headers that a write stores with its object. Source: spec/objects.md §2.10, §4.1, §5.1, §7. */
import { CosError } from '../../errors/cos-error.ts';
import { headersWithPrefix } from '../../http/headers.ts';
import { mediaTypeOf } from '../../http/media-types.ts';
import type { RequestedAttributes } from '../../model/admission.ts';
import type { Grant, StoredHeaders } from '../../model/records/attributes.ts';
import { STORAGE_CLASSES } from '../../model/records/storage-classes.ts';
import { decodeGrantHeaders, decodeObjectAcl } from './acl.ts';
import { decodeEncryption } from './encryption.ts';
import { type HeaderSource, hasRareHeaders } from './header-source.ts';
import { decodeLockHeaders } from './lock.ts';
import { type AskedAcl, decodeOwnAcl } from './own-acl.ts';
import { decodeTagHeader } from './tags.ts';

const META_PREFIX = 'x-cos-meta-';
const NO_META: readonly string[] = [];

/** @throws CosError KeyTooLong, InvalidArgument, InvalidTag, BadRequest, NotSupportedStorageClass */
export function decodeAttributes(source: HeaderSource, key: string, maxMetaBytes: number): RequestedAttributes {
  const headers = decodeStoredHeaders(source, key);
  const userMeta = decodeUserMeta(source, maxMetaBytes);
  const storageClass = decodeStorageClass(source.header('x-cos-storage-class'));
  const canned = source.header('x-cos-acl');
  // Field by field: most writes take this way.
  if (!hasRareHeaders(source)) {
    if (source.ownAcls === true) return { headers, userMeta, storageClass, ...decodeOwnAcl(source) };
    return { headers, userMeta, storageClass, acl: decodeObjectAcl(canned) };
  }
  const grants = decodeGrantHeaders(source);
  const tags = decodeTagHeader(source.header('x-cos-tagging'));
  const lock = decodeLockHeaders(source);
  const encryption = decodeEncryption(source);
  return {
    headers,
    userMeta,
    storageClass,
    ...(source.ownAcls === true ? decodeOwnAcl(source, grants) : askedAcl(canned, grants)),
    ...(tags === undefined ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
    ...(encryption === undefined ? {} : { encryption }),
  };
}

/** Grants make an ACL of its own of what would be the bucket's. */
function askedAcl(canned: string | undefined, grants: readonly Grant[] | undefined): AskedAcl {
  if (grants === undefined) return { acl: decodeObjectAcl(canned) };
  return { acl: canned === undefined ? 'private' : decodeObjectAcl(canned), grants };
}

/** Where a website sends its visitors: a path of its own or another address. */
const REDIRECT = /^(?:\/|https?:\/\/.)/i;

/** @throws CosError WebsiteURLInvalid */
function decodeStoredHeaders(source: HeaderSource, key: string): StoredHeaders {
  const cacheControl = source.header('cache-control');
  const contentDisposition = source.header('content-disposition');
  const contentEncoding = source.header('content-encoding');
  const contentLanguage = source.header('content-language');
  const expires = source.header('expires');
  const websiteRedirect = source.header('x-cos-website-redirect-location');
  if (websiteRedirect !== undefined && !REDIRECT.test(websiteRedirect)) throw new CosError('WebsiteURLInvalid');
  const contentType = source.header('content-type') ?? guessContentType(key);
  const others = cacheControl ?? contentDisposition ?? contentEncoding ?? contentLanguage ?? expires ?? websiteRedirect;
  if (others === undefined) return { contentType };
  return {
    contentType,
    ...(cacheControl === undefined ? {} : { cacheControl }),
    ...(contentDisposition === undefined ? {} : { contentDisposition }),
    ...(contentEncoding === undefined ? {} : { contentEncoding }),
    ...(contentLanguage === undefined ? {} : { contentLanguage }),
    ...(expires === undefined ? {} : { expires }),
    ...(websiteRedirect === undefined ? {} : { websiteRedirect }),
  };
}

/** From the key's suffix, as COS does when the client says nothing. */
export function guessContentType(key: string): string {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return (dot >= 0 && mediaTypeOf(name.slice(dot))) || 'application/octet-stream';
}

function decodeUserMeta(source: HeaderSource, maxBytes: number): readonly string[] {
  const loose = source.looseMetadata === true;
  const found = headersWithPrefix(source.rawHeaders, META_PREFIX, loose ? 'keep' : 'skip');
  if (found.length === 0) return NO_META;
  const merged = new Map<string, string>();
  let bytes = 0;
  for (const [name, value] of found) {
    if (!loose && name.includes('_')) {
      throw new CosError('InvalidArgument', { message: `${META_PREFIX}${name} may not hold an underscore` });
    }
    // Header text is latin1: one character, one byte.
    bytes += name.length + value.length;
    if (bytes > maxBytes) {
      const code = loose ? 'MetadataTooLarge' : 'KeyTooLong';
      throw new CosError(code, { message: `User metadata exceeds ${maxBytes} bytes`, close: true });
    }
    const before = merged.get(name);
    merged.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...merged].flat();
}

const KNOWN_CLASSES: ReadonlySet<string> = new Set(STORAGE_CLASSES);

/** Upper case; undefined when the client says nothing. @throws CosError NotSupportedStorageClass */
export function decodeStorageClass(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const storageClass = value.toUpperCase();
  if (!KNOWN_CLASSES.has(storageClass)) throw new CosError('NotSupportedStorageClass');
  return storageClass;
}
