/**
 * Whether this server calls somebody for a client. Requests that leave the store reach what the client itself may not
 * reach, so they are off unless configured, and go to named hosts only.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { Callback } from './decode.ts';

/** The section `callbacks` of the configuration. */
export interface CallbackSettings {
  readonly enabled: boolean;
  /** Lower-case names or addresses; `*.example.com` for all names below one, `*` for every host. Empty: none. */
  readonly hosts: readonly string[];
  /** Addresses outside of the public internet may be called. */
  readonly privateAddresses: boolean;
  /** For one URL, from the resolution of its name to the end of the answer, ms. */
  readonly timeoutMs: number;
}

/**
 * Called before the upload is stored.
 * @throws CosError NotImplemented when callbacks are off: what is not done is refused, not ignored, and the code is the
 *   one of all features a deployment lacks (AccessDenied would send people looking for a permission that helps); with
 *   callbacks on, AccessDenied for a host that is not listed
 */
export function admitCallback(callback: Pick<Callback, 'urls' | 'hostHeader'>, settings: CallbackSettings): void {
  if (!settings.enabled) {
    throw new CosError('NotImplemented', {
      message: 'Upload callbacks are off on this server; the setting callbacks.enabled turns them on.',
    });
  }
  const names = callback.urls.map((url) => url.hostname);
  if (callback.hostHeader !== undefined) names.push(withoutPort(callback.hostHeader).toLowerCase());
  for (const name of names) {
    if (isListed(name, settings.hosts)) continue;
    throw new CosError('AccessDenied', {
      message: `The server may not call ${name}: it is not in the setting callbacks.hosts.`,
    });
  }
}

function isListed(name: string, hosts: readonly string[]): boolean {
  const bare = name.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return hosts.some((host) => {
    if (host === '*') return true;
    return host.startsWith('*.') ? bare.length >= host.length && bare.endsWith(host.slice(1)) : bare === host;
  });
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}
