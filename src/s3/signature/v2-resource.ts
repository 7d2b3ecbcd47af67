/** The resource that Signature Version 2 covers: bucket, path and sub-resources. Source: spec/s3.md §4.2. */
import type { Address } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { QueryParams } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';

/** Parameters that are signed; all others are not. */
const SUB_RESOURCES: ReadonlySet<string> = new Set([
  'accelerate',
  'acl',
  'analytics',
  'attributes',
  'cors',
  'defaultObjectAcl',
  'delete',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'location',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'partNumber',
  'policy',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
  'restore',
  'retention',
  'select',
  'select-type',
  'storageClass',
  'tagging',
  'torrent',
  'uploadId',
  'uploads',
  'versionId',
  'versioning',
  'versions',
  'website',
]);

/** Parameters that need no signature: what signs, and what only narrows a listing. Lower case. */
const FREE: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'content-md5',
  'content-type',
  'continuation-token',
  'delimiter',
  'encoding-type',
  'expires',
  'fetch-owner',
  'key-marker',
  'list-type',
  'marker',
  'max-buckets',
  'max-keys',
  'max-parts',
  'max-uploads',
  'part-number-marker',
  'prefix',
  'signature',
  'start-after',
  'upload-id-marker',
  'version-id-marker',
  'x-id',
]);

/**
 * Names are signed in one spelling and read in any, and COS knows more of them: whoever holds a URL must not make another
 * request of it.
 * @param presigned headers of S3 in the query are covered as headers
 * @throws CosError AccessDenied
 */
export function requireKnownParameters(query: QueryParams, presigned: boolean): void {
  const folded = query.foldedNames();
  for (let i = 0; i < query.size; i++) {
    const name = query.names[i]!;
    if (SUB_RESOURCES.has(name) || FREE.has(folded[i]!)) continue;
    if (presigned && folded[i]!.startsWith('x-amz-')) continue;
    throw new CosError('AccessDenied', {
      message: `Signature Version 2 does not cover the parameter ${name.slice(0, 100)}`,
    });
  }
}

/** The spellings that clients sign, the usual one first: all of them name what the request addresses. */
export function canonicalResources(wire: WireRequest, address: Address, query: QueryParams): string[] {
  const paths = pathsOf(wire, address);
  const [asSent, bare] = subResources(query);
  const resources = paths.map((path) => path + asSent);
  return asSent === bare ? resources : [...resources, ...paths.map((path) => path + bare)];
}

/** The bucket comes as the client named it, also where it stands in the host. */
function pathsOf({ rawPath }: WireRequest, { bucket, bareName, decodedPath, key, level }: Address): string[] {
  if (bucket === undefined) return [rawPath];
  const inPath = decodedPath !== `/${key}`;
  if (!inPath) {
    const named = `/${bareName ?? bucket.full}${rawPath}`;
    return bareName === undefined ? [named] : [named, `/${bucket.full}${rawPath}`];
  }
  if (level !== 'bucket') return [rawPath];
  return rawPath.endsWith('/') ? [rawPath, rawPath.slice(0, -1)] : [`${rawPath}/`, rawPath];
}

/** Values decoded, one character a byte; a parameter `a=` as sent and as `a`. */
function subResources(query: QueryParams): readonly [asSent: string, bare: string] {
  const found: [name: string, asSent: string, bare: string][] = [];
  for (let i = 0; i < query.size; i++) {
    const name = query.names[i]!;
    if (!SUB_RESOURCES.has(name)) continue;
    const value = Buffer.from(query.values[i]!, 'utf8').toString('latin1');
    const bare = value === '' ? name : `${name}=${value}`;
    found.push([name, query.rawPairs[i]!.includes('=') ? `${name}=${value}` : name, bare]);
  }
  if (found.length === 0) return ['', ''];
  found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return [`?${found.map(([, asSent]) => asSent).join('&')}`, `?${found.map(([, , bare]) => bare).join('&')}`];
}
