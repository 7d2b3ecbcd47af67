/** Whose key a request of S3 says it is signed with, before anything is checked. See `cos/signature/claimed-key.ts`. */
import { parseQuery } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';

const V4 = /^AWS4-HMAC-SHA256\b.*?\bCredential=([^/,\s]{1,128})\//;
const V2 = /^AWS ([^:\s]{1,128}):/;

/** @throws CosError InvalidURI of a query that cannot be read */
export function claimedS3Key(wire: Pick<WireRequest, 'header' | 'rawQuery'>): string | undefined {
  const text = wire.header('authorization');
  if (text !== undefined) return (V4.exec(text) ?? V2.exec(text))?.[1];
  if (wire.rawQuery === '') return undefined;
  const query = parseQuery(wire.rawQuery);
  return query.get('x-amz-credential')?.split('/')[0] ?? query.get('awsaccesskeyid');
}
