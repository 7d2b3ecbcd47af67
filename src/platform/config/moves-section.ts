/** Settings about buckets that clients look for in another region: docs/configuration.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { duration, list } from './values.ts';

const BUCKET = /^[a-z0-9][a-z0-9-]{0,80}-\d{5,15}$/;

export const moves = z.strictObject({
  permanent: setting(list(BUCKET, 'a bucket, <name>-<appid>', 10_000).default([]), {
    description:
      'Buckets that were in other regions before: a request to the host of another region is `PermanentRedirect` to the one where the bucket is. Otherwise `NoSuchBucket`, as the service answers.',
    placeholder: 'bucket',
  }),
  temporary: setting(list(BUCKET, 'a bucket, <name>-<appid>', 10_000).default([]), {
    description:
      'Buckets that are in another region for a while: a request to the host of another region is `TemporaryRedirect` (302) when it reads, `Redirect` (307) when it writes.',
    placeholder: 'bucket',
  }),
  dnsWindowMs: setting(duration(0, 86_400_000).default(0), {
    description:
      'How long after PUT Bucket requests to the hosts of other regions are `TemporaryRedirect` (307), as while the DNS learns of a new bucket; 0 for not at all.',
    placeholder: 'time',
    unit: 'ms',
  }),
});
