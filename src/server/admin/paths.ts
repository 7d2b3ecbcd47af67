/** What is ours on the port: `/_cosette/…` on hosts that name no bucket (DESIGN §4). */
import type { HostResolver } from '../../http/host.ts';
import type { WireRequest } from '../../http/types.ts';

export const OWN_PREFIX = '/_cosette/';
export const ADMIN_PREFIX = `${OWN_PREFIX}admin/v1/`;

/** Bucket names always end in an APPID, so the prefix can be no bucket's. */
export function isAdminPath(request: WireRequest, hosts: HostResolver): boolean {
  if (!request.rawPath.startsWith(OWN_PREFIX)) return false;
  try {
    return hosts.resolve(request.host).type === 'path-style';
  } catch {
    return false;
  }
}
