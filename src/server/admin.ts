/** What is ours on the port: `/_cosette/…` on hosts that name no bucket (DESIGN §4). */
import type { HostResolver } from '../http/host.ts';
import type { WireReply, WireRequest } from '../http/types.ts';

const PREFIX = '/_cosette/';

/** Bucket names always end in an APPID, so the prefix can be no bucket's. */
export function isAdminPath(request: WireRequest, hosts: HostResolver): boolean {
  if (!request.rawPath.startsWith(PREFIX)) return false;
  try {
    return hosts.resolve(request.host).type === 'path-style';
  } catch {
    return false;
  }
}

export function adminReply({ method, rawPath }: WireRequest, draining: boolean): WireReply {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { error: 'method not allowed' });
  switch (rawPath.slice(PREFIX.length)) {
    case 'health/live':
      return json(200, { status: 'live' });
    case 'health/ready':
      return draining ? json(503, { status: 'draining' }) : json(200, { status: 'ready' });
    default:
      return json(404, { error: 'no such page' });
  }
}

function json(status: number, body: Record<string, string>): WireReply {
  return { status, headers: ['Content-Type', 'application/json'], body: `${JSON.stringify(body)}\n` };
}
