/** x-cos-copy-source in all its spellings. Source: spec/objects.md §8.6. */
import { CosError } from '../../errors/cos-error.ts';
import { hasAppid } from '../../http/bucket-name.ts';
import { decodePath } from '../../http/target.ts';
import type { WireRequest } from '../../http/types.ts';
import type { CopySource } from '../../model/copy.ts';
import type { CosRequest } from '../request.ts';
import { decodeReadConditions } from './conditions.ts';
import { COPY_SOURCE_PREFIX, decodeCustomerKey } from './encryption.ts';

const BUCKET = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?-\d+$/;

/** @throws CosError InvalidCopySource, InvalidArgument */
export function decodeCopySource({ wire, bareAppid }: Pick<CosRequest, 'wire' | 'bareAppid'>): CopySource {
  const header = wire.header('x-cos-copy-source');
  if (header === undefined) throw new CosError('InvalidCopySource');
  const named = parseCopySource(header, bareAppid);
  return {
    ...named,
    conditions: decodeReadConditions(wire, 'x-cos-copy-source-'),
    customerKey: decodeCustomerKey(wire, COPY_SOURCE_PREFIX),
  };
}

/**
 * `host/key[?versionId=…]` with a host of any domain (its first label is the bucket), or `/bucket/key`; with or without
 * a scheme; the key percent-encoded or raw, its slashes too.
 * @param bareAppid APPID of a bucket that is named without one; undefined where such names are not taken
 */
export function parseCopySource(
  header: string,
  bareAppid?: () => string,
): { bucket: string; key: string; versionId: string | undefined } {
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
  const host = decoded.slice(0, slash);
  const dot = host.indexOf('.');
  const label = (dot < 0 ? host : host.slice(0, dot)).toLowerCase();
  const bucket = bareAppid === undefined || hasAppid(label) ? label : `${label}-${bareAppid()}`;
  const key = decoded.slice(slash + 1);
  if (!BUCKET.test(bucket) || key === '') throw new CosError('InvalidCopySource');
  return { bucket, key, versionId };
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
