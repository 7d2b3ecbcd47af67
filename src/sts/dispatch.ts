/** Which requests are for the security token service. Source: spec/access.md §9, spec/clients.md §2 R11. */
import type { HostResolver } from '../http/host.ts';
import type { WireRequest } from '../http/types.ts';
import { isForm } from './call.ts';
import { TC3_SCHEME } from './signature/tc3.ts';

/**
 * All on its own hosts. On hosts that name neither bucket nor region (an address, `localhost`), those that can be
 * nothing else, so that an SDK can be pointed at the server as it stands: `POST /` of a form, `/` signed with TC3, and
 * `GET /` with the parameters of a signed form.
 */
export function isStsRequest(request: WireRequest, hosts: HostResolver): boolean {
  const { method, rawPath } = request;
  // Cheap for everything else: an address has a path that is no more than this only where it asks for the service.
  if (rawPath !== '/') return isStsHost(request, hosts);
  let target: ReturnType<HostResolver['resolve']>;
  try {
    target = hosts.resolve(request.host);
  } catch {
    return false;
  }
  if (target.type === 'sts') return true;
  if (target.type !== 'path-style' || target.region !== undefined || target.s3 === true) return false;
  if (method !== 'POST' && method !== 'GET') return false;
  const authorization = request.header('authorization');
  if (authorization !== undefined) return authorization.startsWith(TC3_SCHEME);
  if (method === 'POST') return isForm(request);
  return /(?:^|&)Action=/.test(request.rawQuery) && /(?:^|&)SecretId=/.test(request.rawQuery);
}

function isStsHost(request: WireRequest, hosts: HostResolver): boolean {
  try {
    return hosts.resolve(request.host).type === 'sts';
  } catch {
    return false;
  }
}
