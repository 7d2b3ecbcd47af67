/** From where the admin API may be reached, before anybody looks at who calls. */
import type { WireReply, WireRequest } from '../../http/types.ts';
import { isLoopback } from '../../platform/remote-address.ts';
import { json } from './reply.ts';

/** `off`: this machine alone. `tls`: other machines over HTTPS as well. `any`: everybody. */
export type AdminReach = 'off' | 'tls' | 'any';

/** What is answered to who may not; undefined to who may. */
export function refusedByReach(
  { remoteAddress, secure }: Pick<WireRequest, 'remoteAddress' | 'secure'>,
  reach: AdminReach,
): WireReply | undefined {
  if (reach === 'any' || (reach === 'tls' && secure) || isLoopback(remoteAddress)) return undefined;
  const message =
    reach === 'tls'
      ? 'The admin API answers other machines over HTTPS only.'
      : 'The admin API answers this machine only; the setting admin.remote opens it.';
  return { ...json(403, { error: { code: 'AccessDenied', message } }), close: true };
}
