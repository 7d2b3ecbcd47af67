import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { createBucket, deleteBucket, updateBucket } from '../../model/buckets.ts';
import { loadSmall } from '../../model/content.ts';
import { FIXTURE_BUCKET, type Fixture, openFixture } from '../../model/fixture.ts';
import { listObjects } from '../../model/listing/list-objects.ts';
import { readObject } from '../../model/read-object.ts';
import { cipherOf } from '../../model/unseal.ts';
import { EVERY_MS, logBuffer } from './buffer.ts';
import { deliverBatch } from './deliver.ts';
import { LoggingJob } from './job.ts';

const CONTEXT = { signal: new AbortController().signal, progress: () => undefined };
const RULE = { targetBucket: FIXTURE_BUCKET, targetPrefix: 'logs/' };

async function files({ services, bucket }: Fixture): Promise<[key: string, text: string][]> {
  const entry = await bucket();
  const page = await listObjects(services, entry.record.id, { prefix: '', delimiter: '', limit: 1_000, after: '' });
  return Promise.all(
    page.objects.map(async ({ key }) => {
      const object = await readObject(services, entry, key, undefined);
      const cipher = cipherOf(services, object.record.attributes, undefined, 'read');
      return [key, gunzipSync((await loadSmall(services, object, cipher))!).toString()] as [string, string];
    }),
  );
}

it('writes what waits as gzip under the day, every five minutes', async () => {
  const fixture = await openFixture();
  const { services, clock } = fixture;
  const job = new LoggingJob(services);
  const buffer = logBuffer(services);
  expect(job.due(clock.nowMs())).toBeUndefined();
  buffer.add('source', RULE, 'one\n', clock.nowMs());
  buffer.add('source', RULE, 'two\n', clock.nowMs());
  expect(job.due(clock.nowMs())).toBe(clock.nowMs() + EVERY_MS);
  clock.advance(EVERY_MS);
  await job.run(CONTEXT);
  const [file, second] = await files(fixture);
  expect(file![0]).toMatch(/^logs\/2026\/11\/26\/20261126000500_[0-9a-f]+_000\.gz$/);
  expect(file![1]).toBe('one\ntwo\n');
  expect(second).toBeUndefined();
  expect(job.due(clock.nowMs())).toBeUndefined();
});

it('begins a new file where one would grow too large', async () => {
  const fixture = await openFixture();
  const lines = ['aaaa\n', 'bbbb\n', 'cccc\n'];
  await deliverBatch(fixture.services, { source: 's', rule: RULE, lines, bytes: 15 }, 10);
  const written = await files(fixture);
  expect(written.map(([key]) => key.slice(-7))).toEqual(['_000.gz', '_001.gz']);
  expect(written.map(([, text]) => text)).toEqual(['aaaa\nbbbb\n', 'cccc\n']);
});

it('loses the records of a target that is gone, and no others', async () => {
  const fixture = await openFixture();
  const { services, clock } = fixture;
  const gone = { name: 'gone-1250000000', appid: '1250000000', ownerUin: '1', region: 'ap-guangzhou' };
  await createBucket(services, { ...gone, acl: 'private' });
  await deleteBucket(services, gone.name);
  const buffer = logBuffer(services);
  buffer.add('source', { ...RULE, targetBucket: gone.name }, 'lost\n', clock.nowMs());
  buffer.add('source', RULE, 'kept\n', clock.nowMs());
  await new LoggingJob(services).run(CONTEXT);
  expect((await files(fixture)).map(([, text]) => text)).toEqual(['kept\n']);
  expect(buffer.lost).toBe(1);
});

it('keeps what cannot be written now', async () => {
  const fixture = await openFixture();
  const { services, clock } = fixture;
  const buffer = logBuffer(services);
  const kms = (keyId: string | undefined) =>
    updateBucket(services, FIXTURE_BUCKET, ({ encryption: _, ...record }) =>
      keyId === undefined
        ? record
        : { ...record, encryption: { mode: 'kms', keyId, kmsAlgorithm: undefined, bucketKeyEnabled: undefined } },
    );
  await kms('no-such-key');
  buffer.add('source', RULE, 'late\n', clock.nowMs());
  await expect(new LoggingJob(services).run(CONTEXT)).rejects.toMatchObject({ code: 'KmsKeyNotExist' });
  expect(await files(fixture)).toEqual([]);
  await kms(undefined);
  await new LoggingJob(services).run(CONTEXT);
  expect((await files(fixture)).map(([, text]) => text)).toEqual(['late\n']);
  expect(buffer.lost).toBe(0);
});
