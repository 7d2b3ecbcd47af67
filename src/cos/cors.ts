/** CORS headers of answers. Source: spec/buckets.md §11. */
import { bucketCors } from '../features/cors/bucket-cors.ts';
import type { CorsAllowance, CorsMatcher } from '../features/cors/match.ts';
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

/** Names of headers in a list. */
export function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** @param byAsked a request that names a method as preflights do is judged by that, and by the headers that it names */
function allowanceOf(
  { preflight, actual }: CorsMatcher,
  origin: string,
  request: WireRequest,
  byAsked: boolean,
): CorsAllowance | undefined {
  // The answer of a preflight says it all.
  if (request.method === 'OPTIONS') return undefined;
  const asked = byAsked ? request.header('access-control-request-method') : undefined;
  const headers = asked === undefined ? undefined : request.header('access-control-request-headers');
  if (asked === undefined || headers === undefined) return actual(origin, asked ?? request.method);
  const names = namesIn(headers.toLowerCase());
  const allowance = preflight(origin, asked, names);
  return allowance && { ...allowance, headers: names.join(', ') };
}

/**
 * Adds to any answer of a bucket with CORS rules what they say of the request.
 * @throws StoreError when the rules cannot be read
 */
export async function addCors(
  reply: WireReply,
  request: WireRequest,
  bucket: BucketEntry,
  services: Services,
  byAsked: boolean,
): Promise<void> {
  const cors = await bucketCors(services, bucket);
  if (cors === undefined) return;
  if (cors.vary) reply.headers.push('Vary', 'Origin');
  const origin = request.header('origin');
  if (origin === undefined) return;
  const allowance = allowanceOf(cors.matcher, origin, request, byAsked);
  if (allowance !== undefined) pushAllowance(reply.headers, allowance);
}
