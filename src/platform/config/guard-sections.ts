/** Settings about who may look and what is written down of it: docs/configuration.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { choice, count, text } from './values.ts';

const PATH = /^[^\0]{1,4096}$/;

export const admin = z.strictObject({
  remote: setting(choice(['off', 'tls', 'any']).default('off'), {
    description:
      'Who reaches the admin API: this machine alone, other machines over HTTPS as well, or anybody (`any`: the answers, new keys among them, then travel unencrypted). Requests are signed in any case.',
    placeholder: 'name',
  }),
});

export const audit = z.strictObject({
  file: setting(text(PATH, 'a file name').optional(), {
    description:
      'File for the audit log: one JSON line for each request that changes something, is refused, or goes to the admin API. Appended to; SIGHUP opens it again. Default: none.',
    placeholder: 'file',
  }),
});

export const explain = z.strictObject({
  requests: setting(count(0, 100_000).default(1_000), {
    description:
      'Refused requests that are remembered for `cosette explain`, and as many that failed otherwise; 0 for none. No secret is kept readable.',
    placeholder: 'n',
  }),
});

export const signatures = z.strictObject({
  failuresPerMinute: setting(count(0, 1_000_000).default(100), {
    description:
      'Wrong signatures that one address may send a minute; 0 for any number. More: `SlowDown`. Correct ones are taken all the same, and addresses of this machine are not counted.',
    placeholder: 'n',
  }),
});
