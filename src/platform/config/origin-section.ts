/** Settings of back-to-source: docs/configuration.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { count, duration, size, toggle } from './values.ts';

const GIB = 1024 ** 3;

export const origin = z.strictObject({
  privateAddresses: setting(toggle().default(false), {
    description:
      'Pull missing objects also from addresses that are not public: this machine and private networks. Otherwise `MirrorFailed`.',
    placeholder: 'bool',
  }),
  headTimeoutMs: setting(duration(100, 300_000).default(10_000), {
    description:
      "From the look-up of an origin's name to the head of its answer, redirects included. Longer: the next origin.",
    placeholder: 'time',
    unit: 'ms',
  }),
  stallMs: setting(duration(100, 300_000).default(30_000), {
    description: 'Silence of an origin in the middle of a body. Longer: the pull is given up.',
    placeholder: 'time',
    unit: 'ms',
  }),
  waitMs: setting(duration(100, 300_000).default(20_000), {
    description:
      'How long further requests for an object that is being pulled wait for it. Longer: they are answered from the origin, and nothing is stored a second time.',
    placeholder: 'time',
    unit: 'ms',
  }),
  concurrentPulls: setting(count(1, 10_000).default(64), {
    description: 'Requests to origins that run at once. A further one: `SlowDown`.',
    placeholder: 'n',
  }),
  maxPullBytes: setting(size(1, 5 * GIB).default(5 * GIB), {
    description: 'The largest object that is pulled. More: `MirrorFailed`.',
    placeholder: 'size',
    unit: 'bytes',
  }),
});
