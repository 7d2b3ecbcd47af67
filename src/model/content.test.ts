import { expect, it } from 'vitest';
import { checked } from '../store/checked.ts';
import { openMemoryStore } from '../store/memory/index.ts';
import { createBucket, loadBucket } from './buckets.ts';
import { loadSmall, openContent } from './content.ts';
import { bodyOf, FIXTURE_BUCKET, openFixture, PLAIN } from './fixture.ts';
import { NO_DIGESTS, withIngested } from './ingest.ts';
import { readObject } from './read-object.ts';
import { publishObject } from './write-object.ts';

const STAGE_BYTES = 16;

it('reads a body whole only where the engine loads bodies of its size', async () => {
  const fixture = await openFixture();
  const services = { ...fixture.services, store: checked(openMemoryStore({ stageLimitBytes: STAGE_BYTES })) };
  const { name, appid, ownerUin, region, acl } = (await fixture.bucket()).record;
  await createBucket(services, { name, appid, ownerUin, region, acl });
  const bucket = await loadBucket(services, FIXTURE_BUCKET);
  const put = async (text: string) => {
    await withIngested(services, bodyOf(text), 1_000, NO_DIGESTS, ({ size, md5, crc64, blob }) =>
      publishObject(services, bucket, 'k', {
        ...{ kind: 'normal' as const, size, etag: md5, crc64, attributes: PLAIN, parts: 0 },
        ...(blob === undefined ? {} : { blob }),
      }),
    );
    return readObject(services, bucket, 'k', undefined);
  };

  expect(String(await loadSmall(services, await put('x'.repeat(STAGE_BYTES))))).toBe('x'.repeat(STAGE_BYTES));

  const longer = await put('y'.repeat(STAGE_BYTES + 1));
  expect(loadSmall(services, longer)).toBeUndefined();
  const content = await openContent(services, bucket.record.id, longer);
  const read = Buffer.alloc(100);
  expect(read.toString('latin1', 0, await content.read(0, read))).toBe('y'.repeat(STAGE_BYTES + 1));
  await content.close();
});
