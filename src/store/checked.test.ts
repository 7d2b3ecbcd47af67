import { describe, expect, it } from 'vitest';
import { checked } from './checked.ts';
import { openMemoryStore } from './memory/index.ts';
import type { Commit } from './meta-store.ts';
import { STORE_LIMITS, type Store } from './store.ts';

const key = (text: string | number) => Buffer.from(`${text}`);
const many = (count: number) => Array.from({ length: count }, (_, i) => ({ key: key(i), value: key('v') }));
const long = Buffer.alloc(STORE_LIMITS.keyBytes + 1, 0x61);
const range = { from: key('a'), to: key('b') };
const whole = Buffer.alloc(STORE_LIMITS.valueBytes);

async function refused(act: (store: Store) => unknown): Promise<void> {
  const store = checked(openMemoryStore());
  await expect((async () => act(store))()).rejects.toMatchObject({ name: 'StoreError', kind: 'misuse' });
  expect(await store.meta.scan({ from: key(''), to: Buffer.from([0xff]), limit: 1 })).toMatchObject({ rows: [] });
}

describe('checked', () => {
  it.each<[string, Commit]>([
    ['an empty key', { puts: [{ key: key(''), value: key('v') }] }],
    ['a long key', { puts: [{ key: long, value: key('v') }] }],
    ['a long key to delete', { deletes: [long] }],
    ['a long key in a check', { checks: [{ key: long, version: 0 }] }],
    ['a long key in a guard', { guards: [{ key: long, version: 0 }] }],
    ['a version below 0', { checks: [{ key: key('a'), version: -1 }] }],
    ['a long value', { puts: [{ key: key('a'), value: Buffer.alloc(STORE_LIMITS.valueBytes + 1) }] }],
    ['too many changes', { puts: many(60), deletes: many(41).map(({ key: name }) => key(`d${name}`)) }],
    ['too many conditions', { checks: many(101).map((put) => ({ key: put.key, version: 0 })) }],
    ['too many bytes', { puts: many(8).map((put) => ({ ...put, value: whole })) }],
    ['one key put twice', { puts: [...many(2), { key: key(1), value: key('w') }] }],
    ['one key of many put twice', { puts: [...many(20), { key: key(1), value: key('w') }] }],
    ['a key put and deleted', { puts: many(2), deletes: [key(1)] }],
    ['a key of many put and deleted', { puts: many(20), deletes: [key(1)] }],
    ['a long reference', { puts: [{ key: key('a'), value: key('v'), blob: Buffer.alloc(33) }] }],
  ])('refuses %s', (_, commit) => refused((store) => store.meta.commit(commit)));

  it.each<[string, (store: Store) => unknown]>([
    ['get of a long key', (store) => store.meta.get([long])],
    ['a scan of no rows', (store) => store.meta.scan({ ...range, limit: 0 })],
    ['a scan of too many rows', (store) => store.meta.scan({ ...range, limit: 10_001 })],
    ['a scan of half a row', (store) => store.meta.scan({ ...range, limit: 1.5 })],
    ['a scan of negative bytes', (store) => store.meta.scan({ ...range, limit: 1, maxBytes: -1 })],
    [
      'an empty delimiter',
      (store) => store.meta.collapse({ ...range, prefix: key('a'), delimiter: key(''), limit: 1 }),
    ],
    [
      'a collapse of no rows',
      (store) => store.meta.collapse({ ...range, prefix: key('a'), delimiter: key('/'), limit: 0 }),
    ],
    ['a size hint that is no size', (store) => store.blobs.create(Number.NaN)],
    ['load of a long reference', (store) => store.blobs.load(Buffer.alloc(33))],
    ['open of a long reference', (store) => store.blobs.open(Buffer.alloc(33))],
    ['delete of a long reference', (store) => store.blobs.delete([Buffer.alloc(33)])],
  ])('refuses %s', (_, act) => refused(act));

  it('lets everything up to the limits through', async () => {
    const store = checked(openMemoryStore());
    expect(store.blobs.stageLimit).toBe(openMemoryStore().blobs.stageLimit);
    const longest = Buffer.alloc(STORE_LIMITS.keyBytes, 0x61);
    const blob = store.blobs.stage(Buffer.alloc(store.blobs.stageLimit, 1));
    const puts = [{ key: longest, value: Buffer.alloc(STORE_LIMITS.valueBytes), blob }, ...many(98)];
    const result = await store.meta.commit({ puts, deletes: [key('gone')] });
    expect(result.ok).toBe(true);
    const [row] = await store.meta.get([longest]);
    expect(row?.value.length).toBe(STORE_LIMITS.valueBytes);
    expect((await store.blobs.load(row!.blob!)).length).toBe(store.blobs.stageLimit);
    const handle = await store.blobs.open(row!.blob!);
    expect(handle.size).toBe(store.blobs.stageLimit);
    await handle.close();
    const writer = await store.blobs.create(1);
    await writer.write(key('x'));
    await store.blobs.discard(await writer.finish());
    await store.blobs.delete([row!.blob!]);
    expect(await store.blobs.usage()).toEqual({ liveBlobs: 0, liveBytes: 0, deadBytes: 0, orphans: 0 });
    const page = await store.meta.collapse({
      prefix: key(''),
      from: key(''),
      to: key('b'),
      delimiter: key('1'),
      limit: 10_000,
    });
    expect(page.entries.length).toBeGreaterThan(10);
    await store.close();
    expect(() => store.meta.get([key('a')])).toThrow(expect.objectContaining({ kind: 'closed' }));
  });
});
