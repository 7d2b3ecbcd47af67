/** The open pages: whether the server lives and takes requests. */
import type { WireReply, WireRequest } from '../../http/types.ts';
import { OWN_PREFIX } from './paths.ts';
import { AdminError, errorReply, json } from './reply.ts';

export function healthReply({ method, rawPath }: WireRequest, draining: boolean): WireReply {
  if (method !== 'GET' && method !== 'HEAD') {
    return errorReply(new AdminError(405, 'MethodNotAllowed', 'This page is only read.', ['GET', 'HEAD']));
  }
  switch (rawPath.slice(OWN_PREFIX.length)) {
    case 'health/live':
      return json(200, { status: 'live' });
    case 'health/ready':
      return draining ? json(503, { status: 'draining' }) : json(200, { status: 'ready' });
    default:
      return errorReply(new AdminError(404, 'NotFound', 'There is no such page.'));
  }
}
