/** Rows that hold a bucket's configurations, one for each; `updateBucket` writes them, together with the record. */
import { afterPrefix, type BucketId, configKey, configPrefix } from './keys.ts';
import type { Services } from './services.ts';

/** @param name of the configuration */
export async function readBucketConfig(services: Services, id: BucketId, name: string): Promise<Buffer | undefined> {
  const [row] = await services.store.meta.get([configKey(id, name)]);
  return row?.value;
}

/** Keys of all configurations a bucket has. */
export async function bucketConfigKeys(services: Services, id: BucketId): Promise<Buffer[]> {
  const prefix = configPrefix(id);
  const to = afterPrefix(prefix);
  const keys: Buffer[] = [];
  let from: Buffer | undefined = prefix;
  while (from !== undefined) {
    const page: Awaited<ReturnType<Services['store']['meta']['scan']>> = await services.store.meta.scan({
      from,
      to,
      limit: 1_000,
    });
    for (const { key } of page.rows) keys.push(key);
    from = page.resume;
  }
  return keys;
}
