/**
 * Whose key a request says it is signed with, before anything is checked: whose buckets it means where they are named
 * without APPID. Everything else asks `verifyRequest`.
 */
import { parseQuery } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';

const IN_TEXT = /(?:^|&)q-ak=([^&]{1,128})(?:&|$)/;

/** @throws CosError InvalidURI of a query that cannot be read */
export function claimedSecretId(wire: Pick<WireRequest, 'header' | 'rawQuery'>): string | undefined {
  const text = wire.header('authorization');
  if (text !== undefined) return IN_TEXT.exec(text)?.[1];
  if (wire.rawQuery === '') return undefined;
  const query = parseQuery(wire.rawQuery);
  return query.get('q-ak') ?? IN_TEXT.exec(query.get('sign') ?? '')?.[1];
}
