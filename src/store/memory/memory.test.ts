import { describe, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { openMemoryStore } from './index.ts';

const key = Buffer.from('k');
const full = expect.objectContaining({ name: 'StoreError', kind: 'full' });

async function putBody(store: Store, name: string, size: number): Promise<Buffer> {
  const rowKey = Buffer.from(name);
  const blob = store.blobs.stage(Buffer.alloc(size));
  await store.meta.commit({ puts: [{ key: rowKey, value: Buffer.alloc(0), blob }] });
  return (await store.meta.get([rowKey]))[0]!.blob!;
}

describe('openMemoryStore', () => {
  it('takes the stage limit it is given', () => {
    const { blobs } = openMemoryStore({ stageLimitBytes: 10 });
    expect(blobs.stageLimit).toBe(10);
    expect(blobs.stage(Buffer.alloc(10)).size).toBe(10);
    expect(() => blobs.stage(Buffer.alloc(11))).toThrow(expect.objectContaining({ kind: 'misuse' }));
  });

  it('is full at its capacity, and takes more once something was deleted', async () => {
    const store = openMemoryStore({ capacityBytes: 10_000 });
    const ref = await putBody(store, 'a', 9_000);
    await expect(putBody(store, 'b', 1_000)).rejects.toEqual(full);
    expect(await store.meta.get([Buffer.from('b')])).toEqual([undefined]);
    await store.meta.commit({ deletes: [Buffer.from('a')] });
    await store.blobs.delete([ref]);
    await putBody(store, 'b', 1_000);
    await expect(store.meta.commit({ puts: [{ key, value: Buffer.alloc(9_000) }] })).rejects.toEqual(full);
  });

  it('gives the room of overwritten rows back', async () => {
    const store = openMemoryStore({ capacityBytes: 10_000 });
    for (let i = 0; i < 50; i++) await store.meta.commit({ puts: [{ key, value: Buffer.alloc(4_000) }] });
    expect((await store.meta.get([key]))[0]?.value.length).toBe(4_000);
  });

  it('counts a streamed body while it is written and gives it back on abort', async () => {
    const store = openMemoryStore({ capacityBytes: 10_000 });
    const writer = await store.blobs.create();
    await writer.write(Buffer.alloc(9_000));
    await expect((async () => writer.write(Buffer.alloc(2_000)))()).rejects.toEqual(full);
    await writer.abort();
    const again = await store.blobs.create();
    await again.write(Buffer.alloc(9_900));
    const staged = await again.finish();
    await expect(putBody(store, 'b', 1_000)).rejects.toEqual(full);
    await store.blobs.discard(staged);
    await putBody(store, 'b', 1_000);
  });

  it('reports finished bodies that nobody took as orphans', async () => {
    const store = openMemoryStore();
    const writer = await store.blobs.create();
    await writer.write(key);
    expect((await store.blobs.usage()).orphans).toBe(0);
    await writer.finish();
    expect((await store.blobs.usage()).orphans).toBe(1);
  });

  it('refuses a reference that names nothing in a commit', async () => {
    const store = openMemoryStore();
    const ref = await putBody(store, 'a', 1);
    await store.blobs.delete([ref]);
    const commit = { puts: [{ key, value: key, blob: ref }] };
    await expect(store.meta.commit(commit)).rejects.toMatchObject({ kind: 'missing' });
    expect(await store.meta.get([key])).toEqual([undefined]);
  });

  it('is copied with rows, bodies and their count; neither sees changes of the other', async () => {
    const store = openMemoryStore({ capacityBytes: 10_000 });
    const ref = await putBody(store, 'a', 4_000);
    const writer = await store.blobs.create();
    await writer.write(Buffer.alloc(4_000));
    const copy = store.copy();
    await writer.abort();
    expect(copy.usedBytes).toBe(store.usedBytes);
    await store.meta.commit({ deletes: [Buffer.from('a')] });
    await store.blobs.delete([ref]);
    expect(store.usedBytes).toBe(0);
    expect((await copy.blobs.load(ref)).length).toBe(4_000);
    const again = copy.copy();
    const [row] = await copy.meta.get([Buffer.from('a')]);
    expect(
      await copy.meta.commit({
        checks: [{ key: Buffer.from('a'), version: row!.version }],
        puts: [{ key, value: key }],
      }),
    ).toEqual({ ok: true, version: row!.version + 1 });
    expect(await again.meta.get([key])).toEqual([undefined]);
    const other = await putBody(copy, 'b', 10);
    expect(other.equals(ref)).toBe(false);
    await expect(putBody(copy, 'c', 9_000)).rejects.toEqual(full);
    await store.close();
    expect(() => store.copy()).toThrow(expect.objectContaining({ kind: 'closed' }));
  });
});
