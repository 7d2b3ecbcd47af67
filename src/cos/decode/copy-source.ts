/** x-cos-copy-source in all its spellings. Source: spec/objects.md §8.6. */
import { CosError } from '../../errors/cos-error.ts';
import { parseBareName } from '../../http/bucket-name.ts';
import { decodePath } from '../../http/target.ts';
import type { WireRequest } from '../../http/types.ts';
import type { CopySource } from '../../model/copy.ts';
import type { BareNames } from '../bare-names.ts';
import type { CosRequest } from '../request.ts';
import { decodeReadConditions } from './conditions.ts';
import { COPY_SOURCE_PREFIX, decodeCustomerKey } from './encryption.ts';

const BUCKET = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-\d+$/;
/** The first label of a host of COS. */
const HOST = /^([a-z0-9-]+)\.(?:cos[a-z0-9-]*|cn-[a-z-]+|sg)\./;

type SourceRequest = Pick<CosRequest, 'wire' | 'bareNames'>;

/** @throws CosError InvalidCopySource, InvalidArgument */
export async function decodeCopySource({ wire, bareNames }: SourceRequest): Promise<CopySource> {
  const header = wire.header('x-cos-copy-source');
  if (header === undefined) throw new CosError('InvalidCopySource');
  const { label, key, versionId } = parseCopySource(header);
  return {
    bucket: await bucketNamed(label, wire, bareNames),
    key,
    versionId,
    conditions: decodeReadConditions(wire, 'x-cos-copy-source-'),
    customerKey: decodeCustomerKey(wire, COPY_SOURCE_PREFIX),
  };
}

/**
 * `host/key[?versionId=…]` with a host of any domain (its first label is the bucket), or `/bucket/key`; with or without
 * a scheme; the key percent-encoded or raw, its slashes too.
 */
export function parseCopySource(header: string): { label: string; key: string; versionId: string | undefined } {
  const question = header.lastIndexOf('?');
  let path = question < 0 ? header : header.slice(0, question);
  const versionId = question < 0 ? undefined : versionIdIn(header.slice(question + 1));
  path = path.replace(/^https?:\/\//i, '');
  if (path.startsWith('/')) path = path.slice(1);
  // cosfs encodes the whole value: then the slash behind the bucket is encoded too.
  let decoded: string;
  let slash = path.indexOf('/');
  if (slash < 0) {
    decoded = decode(path).replace(/^\//, '');
    slash = decoded.indexOf('/');
  } else {
    decoded = path.slice(0, slash + 1) + decode(path.slice(slash + 1));
  }
  if (slash <= 0) throw new CosError('InvalidCopySource');
  const key = decoded.slice(slash + 1);
  if (key === '') throw new CosError('InvalidCopySource');
  return { label: decoded.slice(0, slash).toLowerCase(), key, versionId };
}

/** @param label a bucket, or a host whose first label is one */
async function bucketNamed(label: string, wire: WireRequest, bareNames: BareNames | undefined): Promise<string> {
  const dot = label.indexOf('.');
  const first = dot < 0 ? label : label.slice(0, dot);
  if (BUCKET.test(first) && bareNames?.isBare(first) !== true) return first;
  if (bareNames === undefined) throw new CosError('InvalidCopySource');
  const name = parseBareName(HOST.exec(label)?.[1] ?? label, bareNames.appidOf(wire));
  return (await bareNames.settle(name)).full;
}

function decode(text: string): string {
  try {
    return decodePath(text);
  } catch {
    throw new CosError('InvalidCopySource');
  }
}

function versionIdIn(query: string): string | undefined {
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).toLowerCase() === 'versionid') {
      const value = decode(pair.slice(equals + 1));
      return value === '' ? undefined : value;
    }
  }
  throw new CosError('InvalidCopySource');
}

/** `bytes=first-last`, both needed, inclusive; absent or empty copies everything. @throws CosError InvalidArgument */
export function decodeCopyRange(wire: WireRequest): { first: number; last: number } | undefined {
  const value = wire.header('x-cos-copy-source-range');
  if (value === undefined) return undefined;
  const match = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(value);
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  if (match === null || last < first) {
    throw new CosError('InvalidArgument', { message: 'x-cos-copy-source-range must be bytes=first-last' });
  }
  return { first, last };
}
