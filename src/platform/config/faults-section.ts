/** Settings of faults on demand: docs/faults.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { duration, list, toggle } from './values.ts';

const BUCKET = /^[a-z0-9][a-z0-9-]{0,80}-\d{5,15}$/;

export const faults = z.strictObject({
  nameProfileBuckets: setting(list(BUCKET, 'a bucket name with its APPID', 64).default([]), {
    description:
      'Buckets, existing or not, whose objects `200`, `503r`, `timeout` … answer to anybody as their names say. For tests only.',
    placeholder: 'bucket',
  }),
  rules: setting(toggle().default(false), {
    description: 'Let `cosette fault add` and the admin API say which requests fail, and how. For tests only.',
    placeholder: 'bool',
  }),
  header: setting(toggle().default(false), {
    description: 'Let every client say with the header `x-cosette-fault` how its own request fails. For tests only.',
    placeholder: 'bool',
  }),
  lateMs: setting(duration(1, 600_000).default(3_000), {
    description: 'How long the answers of names with `l` are held back.',
    placeholder: 'time',
    unit: 'ms',
  }),
  silenceMs: setting(duration(1, 600_000).default(60_000), {
    description: 'How long a client may wait for the answer of `timeout`, which never comes; then the connection ends.',
    placeholder: 'time',
    unit: 'ms',
  }),
});
