/** Settings of replication: docs/configuration.md. */
import { z } from 'zod';
import { setting } from './setting-meta.ts';
import { count, text, toggle } from './values.ts';

const PATH = /^[^\0]{1,4096}$/;

export const replication = z.strictObject({
  concurrency: setting(count(1, 64).default(4), {
    description: 'Versions that replication sends at once, for each destination bucket.',
    placeholder: 'n',
  }),
  remotesFile: setting(text(PATH, 'a file name').optional(), {
    description:
      'JSON file that says which destination buckets are elsewhere: `[{ "buckets": ["backup-*"], "endpoint": "https://other:9000", "kind": "cosette", "secretId": "…", "secretKeyFile": "…" }]`. Readable by its owner alone. Default: all are here.',
    placeholder: 'file',
  }),
  accept: setting(toggle().default(false), {
    description:
      'Take replicas from other Cosette servers at `/_cosette/replica/v1/`, signed by a root account for its own buckets: they keep version id and time of their source.',
    placeholder: 'bool',
  }),
});
