/** CORS headers of answers. Source: spec/buckets.md §11. */
import { bucketCors } from '../features/cors/bucket-cors.ts';
import type { CorsAllowance } from '../features/cors/match.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import type { BucketEntry } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';

export function pushAllowance(out: string[], allowance: CorsAllowance): void {
  const { origin, credentials, methods, headers, expose, maxAge } = allowance;
  out.push('Access-Control-Allow-Origin', origin);
  if (credentials) out.push('Access-Control-Allow-Credentials', 'true');
  out.push('Access-Control-Allow-Methods', methods);
  if (headers !== '') out.push('Access-Control-Allow-Headers', headers);
  if (expose !== '') out.push('Access-Control-Expose-Headers', expose);
  if (maxAge !== undefined) out.push('Access-Control-Max-Age', maxAge);
}

/**
 * Adds to any answer of a bucket with CORS rules what they say of the request. Preflights match no rule here: their
 * method is none that a rule can have, and their own answer says it all.
 * @throws StoreError when the rules cannot be read
 */
export async function addCors(
  reply: WireReply,
  request: WireRequest,
  bucket: BucketEntry,
  services: Services,
): Promise<void> {
  const cors = await bucketCors(services, bucket);
  if (cors === undefined) return;
  if (cors.vary) reply.headers.push('Vary', 'Origin');
  const origin = request.header('origin');
  if (origin === undefined) return;
  const allowance = cors.matcher.actual(origin, request.method);
  if (allowance !== undefined) pushAllowance(reply.headers, allowance);
}
