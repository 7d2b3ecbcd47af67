/** Which requests are for the token service in the form of AWS. */
import type { HostResolver } from '../../http/host.ts';
import type { WireRequest } from '../../http/types.ts';
import { V4_ALGORITHM } from '../signature/v4-fields.ts';

const SCOPE = '/sts/aws4_request';
const SIGNED_QUERY = /(?:^|&)X-Amz-Credential=[^&]*(?:\/|%2F)sts(?:\/|%2F)aws4_request(?:&|$)/i;
const SIGNED = /(?:^|&)(?:X-Amz-(?:Algorithm|Signature|Credential)|AWSAccessKeyId)=/i;
const UNSIGNED_QUERY = /(?:^|&)Version=2011-06-15(?:&|$)/;
const ACTION = /(?:^|&)Action=/;

/**
 * All on its own hosts, `sts[.<region>].<domain>`. On those of the service in the form of COS and on hosts that name
 * neither bucket nor region: those signed for it, and the unsigned that ask it in their query (they learn that they are
 * not signed).
 */
export function isAwsStsRequest(request: WireRequest, hosts: HostResolver): boolean {
  if (request.rawPath !== '/') return false;
  try {
    const target = hosts.resolve(request.host);
    if (target.type === 'aws-sts') return true;
    const shared =
      target.type === 'sts' || (target.type === 'path-style' && target.region === undefined && target.s3 === undefined);
    return shared && asksForIt(request);
  } catch {
    return false;
  }
}

function asksForIt(request: WireRequest): boolean {
  const { method, rawQuery } = request;
  if (method !== 'GET' && method !== 'POST') return false;
  const authorization = request.header('authorization');
  if (authorization !== undefined) return authorization.startsWith(V4_ALGORITHM) && authorization.includes(SCOPE);
  if (rawQuery === '') return false;
  if (SIGNED.test(rawQuery)) return SIGNED_QUERY.test(rawQuery);
  return UNSIGNED_QUERY.test(rawQuery) && ACTION.test(rawQuery);
}
