import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SimDisk } from '../../platform/sim-disk.ts';
import { noise } from '../conformance/harness.ts';
import { commitRow, dump, key, tempDir } from './harness.ts';
import { type LocalStoreEvent, type LocalStoreOptions, openLocalStore } from './index.ts';

const full = expect.objectContaining({ kind: 'full' });
const failed = expect.objectContaining({ kind: 'failed' });

async function onSimDisk(capacityBytes = 1024 ** 3, options: Partial<LocalStoreOptions> = {}) {
  const parent = tempDir();
  const disk = new SimDisk({ folders: [parent], capacityBytes });
  const events: LocalStoreEvent[] = [];
  const dir = join(parent, 'data');
  const open = (from: SimDisk = disk) =>
    openLocalStore({
      dir,
      reserveBytes: 0,
      disk: from,
      compaction: { background: false },
      log: (event) => events.push(event),
      ...options,
    });
  return { disk, events, open, store: await open() };
}

describe('a full disk', () => {
  it('fails commits and loses none, and lets deletions through all the same', async () => {
    const { disk, events, open, store } = await onSimDisk(400_000, { segmentBytes: 50_000, reserveBytes: 20_000 });
    const kept: string[] = [];
    for (let i = 0; kept.length === i; i++) {
      try {
        await commitRow(store, `k${i}`, 'v', noise(3_000, i));
        kept.push(`k${i}`);
      } catch (error) {
        expect(error).toEqual(full);
      }
    }
    expect(kept.length).toBeGreaterThan(100);
    expect(events.map(({ kind }) => kind)).toEqual(['disk-full']);
    await expect(commitRow(store, 'small', 'v')).rejects.toEqual(full);
    const rows = await store.meta.get(kept.map(key));
    const refs = rows.map((row) => row!.blob!);
    await store.meta.commit({ deletes: kept.slice(1).map(key), puts: [{ key: key('queue'), value: key('to do') }] });
    await store.blobs.delete(refs.slice(1));
    expect(await store.compact()).toMatchObject({ segments: expect.any(Number) });
    expect(events.at(-1)).toEqual({ kind: 'disk-not-full' });
    await commitRow(store, 'again', 'v', noise(3_000, 1));
    const lines = await dump(store);
    expect(lines).toHaveLength(3);
    await store.close();
    const again = await open(disk.crash({ seed: 1 }));
    expect(await dump(again)).toEqual(lines);
    await again.close();
  });

  it('fails all that was admitted with the write, and no trace of it comes back', async () => {
    const { disk, open, store } = await onSimDisk();
    await commitRow(store, 'first', 'v');
    const lines = await dump(store);
    disk.fail('write', 1, 'ENOSPC', 700);
    const attempts = Array.from({ length: 30 }, (_, i) => commitRow(store, `lost${i}`, 'v', noise(200, i)));
    for (const attempt of await Promise.allSettled(attempts)) expect(attempt).toMatchObject({ reason: full });
    expect(await dump(store)).toEqual(lines);
    const row = await commitRow(store, 'second', 'v');
    expect(row.version).toBe(2);
    const after = await dump(store);
    await store.close();
    const again = await openAfter(disk, open);
    expect(await dump(again)).toEqual(after);
    await again.close();
  });

  it('decides a condition again when the commit that broke it failed', async () => {
    const { disk, store } = await onSimDisk();
    disk.fail('write', 1, 'ENOSPC');
    const put = { key: key('k'), value: key('v') };
    const checks = [{ key: key('k'), version: 0 }];
    const [first, second, third] = await Promise.allSettled([
      store.meta.commit({ checks, puts: [put] }),
      store.meta.commit({ checks, puts: [{ ...put, value: key('w') }] }),
      store.meta.commit({ checks }),
    ]);
    expect(first).toMatchObject({ status: 'rejected', reason: full });
    expect(second).toMatchObject({ value: { ok: true } });
    expect(third).toMatchObject({ value: { ok: false } });
    expect((await store.meta.get([key('k')]))[0]?.value.toString()).toBe('w');
    await store.close();
  });

  it('keeps a staged blob for another try', async () => {
    const { disk, store } = await onSimDisk();
    const blob = store.blobs.stage(noise(500, 1));
    const commit = { puts: [{ key: key('k'), value: key('v'), blob }] };
    disk.fail('write', 1, 'ENOSPC');
    await expect(store.meta.commit(commit)).rejects.toEqual(full);
    expect(await store.blobs.usage()).toMatchObject({ liveBlobs: 0 });
    expect(await store.meta.commit(commit)).toMatchObject({ ok: true });
    await store.close();
  });

  it('while a segment is begun leaves the one before in use', async () => {
    const { disk, open, store } = await onSimDisk(undefined, { segmentBytes: 2_000 });
    await commitRow(store, 'a', noise(1_500, 1));
    disk.fail('open', 1, 'ENOSPC');
    await expect(commitRow(store, 'b', noise(1_500, 2))).rejects.toEqual(full);
    disk.fail('write', 1, 'ENOSPC', 10);
    await expect(commitRow(store, 'b', noise(1_500, 2))).rejects.toEqual(full);
    for (let i = 0; i < 3; i++) await commitRow(store, `c${i}`, noise(1_500, 2));
    const lines = await dump(store);
    await store.close();
    const again = await openAfter(disk, open);
    expect(await dump(again)).toEqual(lines);
    await again.close();
  });

  it('fails a large body alone', async () => {
    const { store } = await onSimDisk(3_000_000);
    const writer = await store.blobs.create(4 * 1024 ** 2);
    await writer.write(noise(1024 ** 2, 1));
    await expect((async () => writer.write(noise(3 * 1024 ** 2, 1)))()).rejects.toEqual(full);
    await writer.abort();
    await commitRow(store, 'k', 'v');
    expect(await store.blobs.usage()).toMatchObject({ liveBlobs: 0, orphans: 0 });
    await store.close();
  });
});

describe('a disk error', () => {
  it.each(['write', 'sync'] as const)(
    'of a %s stops the store: what was not acknowledged may or may not be there',
    async (operation) => {
      const { disk, events, open, store } = await onSimDisk();
      await commitRow(store, 'first', 'v');
      const lines = await dump(store);
      disk.fail(operation, 1, 'EIO');
      const attempts = Array.from({ length: 5 }, (_, i) => commitRow(store, `k${i}`, 'v'));
      for (const attempt of await Promise.allSettled(attempts)) expect(attempt).toMatchObject({ reason: failed });
      await expect(commitRow(store, 'later', 'v')).rejects.toEqual(failed);
      await expect(store.compact()).rejects.toEqual(failed);
      expect(events.map(({ kind }) => kind)).toEqual(['store-failed']);
      // Reads go on.
      expect(await dump(store)).toEqual(lines);
      await store.close();
      const again = await open(disk.crash({ seed: 3 }));
      expect(await dump(again)).toEqual(expect.arrayContaining(lines));
      await again.close();
    },
  );
});

/** Opens what a power loss leaves, with what the index knows. */
function openAfter<T>(disk: SimDisk, open: (disk: SimDisk) => Promise<T>): Promise<T> {
  return open(disk.crash({ seed: 5 }));
}
