/** The headers that a write stores with its object. Source: spec/objects.md §2.10, §4.1, §4.2. */
import { lookup } from 'mime-types';
import { CosError } from '../../errors/cos-error.ts';
import { headersWithPrefix } from '../../http/headers.ts';
import type { WireRequest } from '../../http/types.ts';
import {
  OBJECT_ACLS,
  type ObjectAcl,
  type ObjectAttributes,
  type StoredHeaders,
} from '../../model/records/attributes.ts';

const META_PREFIX = 'x-cos-meta-';
const NO_META: readonly string[] = [];

/** @throws CosError KeyTooLong, InvalidArgument, NotSupportedStorageClass, MAZOperationNotSupportOnOAZBucket, NotImplemented */
export function decodeAttributes(wire: WireRequest, key: string, maxMetaBytes: number): ObjectAttributes {
  return {
    headers: decodeStoredHeaders(wire, key),
    userMeta: decodeUserMeta(wire, maxMetaBytes),
    storageClass: decodeStorageClass(wire.header('x-cos-storage-class')),
    acl: decodeObjectAcl(wire.header('x-cos-acl')),
  };
}

function decodeStoredHeaders(wire: WireRequest, key: string): StoredHeaders {
  const cacheControl = wire.header('cache-control');
  const contentDisposition = wire.header('content-disposition');
  const contentEncoding = wire.header('content-encoding');
  const contentLanguage = wire.header('content-language');
  const expires = wire.header('expires');
  const websiteRedirect = wire.header('x-cos-website-redirect-location');
  return {
    contentType: wire.header('content-type') ?? guessContentType(key),
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
  return lookup(key.slice(key.lastIndexOf('/') + 1)) || 'application/octet-stream';
}

function decodeUserMeta(wire: WireRequest, maxBytes: number): readonly string[] {
  const found = headersWithPrefix(wire.rawHeaders, META_PREFIX);
  if (found.length === 0) return NO_META;
  const merged = new Map<string, string>();
  let bytes = 0;
  for (const [name, value] of found) {
    if (name.includes('_')) {
      throw new CosError('InvalidArgument', { message: `${META_PREFIX}${name} may not hold an underscore` });
    }
    // Header text is latin1: one character, one byte.
    bytes += name.length + value.length;
    if (bytes > maxBytes) {
      throw new CosError('KeyTooLong', { message: `User metadata exceeds ${maxBytes} bytes`, close: true });
    }
    const before = merged.get(name);
    merged.set(name, before === undefined ? value : `${before},${value}`);
  }
  return [...merged].flat();
}

const STORED_CLASSES: ReadonlySet<string> = new Set(['STANDARD', 'STANDARD_IA']);
const PENDING_CLASSES: ReadonlySet<string> = new Set(['INTELLIGENT_TIERING', 'ARCHIVE', 'DEEP_ARCHIVE']);
const MAZ_CLASSES: ReadonlySet<string> = new Set([
  'MAZ_STANDARD',
  'MAZ_STANDARD_IA',
  'MAZ_INTELLIGENT_TIERING',
  'MAZ_ARCHIVE',
  'MAZ_DEEP_ARCHIVE',
]);

function decodeStorageClass(value: string | undefined): string {
  if (value === undefined) return 'STANDARD';
  const storageClass = value.toUpperCase();
  if (STORED_CLASSES.has(storageClass)) return storageClass;
  if (MAZ_CLASSES.has(storageClass)) throw new CosError('MAZOperationNotSupportOnOAZBucket');
  if (PENDING_CLASSES.has(storageClass)) {
    throw new CosError('NotImplemented', { message: `Storage class ${storageClass} is not implemented` });
  }
  throw new CosError('NotSupportedStorageClass');
}

function decodeObjectAcl(value: string | undefined): ObjectAcl {
  if (value === undefined) return 'default';
  // The owner of an object is always the bucket's: these two grant nothing beyond `private` (spec/access.md §2.1).
  if (value === 'bucket-owner-read' || value === 'bucket-owner-full-control') return 'private';
  if ((OBJECT_ACLS as readonly string[]).includes(value)) return value as ObjectAcl;
  throw new CosError('InvalidArgument', { message: `x-cos-acl ${value} is not a canned ACL of objects` });
}
