import { expect, it } from 'vitest';
import { type BucketConfig, bucketConfig, bucketConfigKeys, writeBucketConfig } from './bucket-configs.ts';
import { deleteBucket } from './buckets.ts';
import { FIXTURE_BUCKET, openFixture } from './fixture.ts';
import { afterPrefix, configPrefix } from './keys.ts';
import { pack, unpack } from './records/pack.ts';

const KIND: BucketConfig<string> = {
  name: 'long',
  pack: (text) => pack([1, text]),
  unpack: (stored) => unpack(stored)[1] as string,
};

async function open() {
  const { services, bucket } = await openFixture();
  const write = (text: string | undefined) => writeBucketConfig(services, FIXTURE_BUCKET, KIND, text);
  const read = async () => bucketConfig(services, await bucket(), KIND);
  const rows = async () => (await bucketConfigKeys(services, (await bucket()).record.id)).length;
  return { services, bucket, write, read, rows };
}

it('keeps what is longer than a row, and gives the space back', async () => {
  const { write, read, rows } = await open();
  for (const [length, expected] of [
    [10, 1],
    [61_000, 1],
    [62_000, 3],
    [1_000_000, 18],
    [100_000, 3],
    [10, 1],
  ] as const) {
    const text = 'x'.repeat(length);
    await write(text);
    expect([length, (await read()) === text, await rows()]).toEqual([length, true, expected]);
  }
  await write('x'.repeat(200_000));
  await write(undefined);
  expect([await read(), await rows()]).toEqual([undefined, 0]);
});

it('is always whole while several write at once', async () => {
  const { write, read } = await open();
  const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(150_000));
  await write(texts[0]);
  let writing = true;
  const reads: string[] = [];
  const reader = (async () => {
    while (writing) {
      const seen = await read();
      reads.push(texts.includes(seen!) ? 'whole' : 'torn');
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const outcomes = await Promise.allSettled([...texts, ...texts].map((text) => write(text)));
  writing = false;
  await reader;
  expect(new Set(reads)).toEqual(new Set(['whole']));
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'PathConflict' });
  }
});

it('goes with its bucket', async () => {
  const { services, bucket, write } = await open();
  await write('x'.repeat(500_000));
  const prefix = configPrefix((await bucket()).record.id);
  await deleteBucket(services, FIXTURE_BUCKET);
  const left = await services.store.meta.scan({ from: prefix, to: afterPrefix(prefix), limit: 10 });
  expect(left.rows).toEqual([]);
});
