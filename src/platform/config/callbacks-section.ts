/** Settings about the servers that uploads may call: docs/configuration.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { duration, list, toggle } from './values.ts';

const CALLBACK_HOST = /^(?:\*|(?:\*\.)?[a-z0-9_][a-z0-9._-]{0,252}|(?=[^:]*:[^:]*:)[0-9a-f:.]{2,45})$/;

export const callbacks = z.strictObject({
  enabled: setting(toggle().default(false), {
    description:
      'Call the server an upload names in `x-cos-callback`. Off: `NotImplemented`. It lets clients make this server send requests.',
    placeholder: 'bool',
  }),
  hosts: setting(list(CALLBACK_HOST, 'a lower-case host name, an IP address, *.domain, or *', 256).default([]), {
    description:
      'Hosts that may be called: names, IP addresses, `*.example.com` for all names below one, `*` for every host. Others: `AccessDenied`.',
    placeholder: 'host',
  }),
  privateAddresses: setting(toggle().default(false), {
    description:
      'Also call addresses that are not public: this machine and private networks. Otherwise `CallbackFailed`.',
    placeholder: 'bool',
  }),
  timeoutMs: setting(duration(100, 60_000).default(5_000), {
    description:
      'For each URL, from the look-up of its name to the end of the answer. Longer: the next URL, or `CallbackFailed`.',
    placeholder: 'time',
    unit: 'ms',
  }),
});
