import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noise } from '../conformance/harness.ts';
import { commitRow, dump, key, tempDir } from './harness.ts';
import { type LocalStoreEvent, type LocalStoreOptions, openLocalStore } from './index.ts';

const BASE = { durability: 'relaxed', compaction: { background: false } } as const;

async function reopened(dir: string, options: Partial<LocalStoreOptions> = {}) {
  const events: LocalStoreEvent[] = [];
  const store = await openLocalStore({ ...BASE, dir, log: (event) => events.push(event), ...options });
  return { store, events };
}

/** Some rows with bodies of each kind; some overwritten, some deleted. */
async function fill(dir: string, options: Partial<LocalStoreOptions> = {}): Promise<string[]> {
  const { store } = await reopened(dir, options);
  for (let i = 0; i < 40; i++) await commitRow(store, `row${i}`, `value ${i}`, i % 3 ? noise(i * 300, i) : undefined);
  const writer = await store.blobs.create();
  await writer.write(noise(2 * 1024 ** 2, 1));
  const blob = await writer.finish();
  await store.meta.commit({ puts: [{ key: key('large'), value: key('l'), blob }] });
  for (let i = 0; i < 10; i++) await commitRow(store, `row${i}`, `again ${i}`, noise(i * 100, i + 7));
  await store.meta.commit({ deletes: [key('row20'), key('row21')] });
  const lines = await dump(store);
  expect(lines).toHaveLength(39);
  await store.close();
  return lines;
}

const newestSegment = (dir: string): string => {
  const names = fs.readdirSync(join(dir, 'log')).sort();
  return join(dir, 'log', names.at(-1)!);
};

describe('restart', () => {
  it('is refused while another store holds the folder', async () => {
    const dir = tempDir();
    const { store } = await reopened(dir);
    await expect(reopened(dir)).rejects.toMatchObject({ name: 'StoreError', kind: 'locked' });
    await store.close();
    await (await reopened(dir)).store.close();
  });

  it.each(['full', 'relaxed'] as const)('gives everything back (%s)', async (durability) => {
    const dir = tempDir();
    const lines = await fill(dir, { durability, segmentBytes: 30_000 });
    for (let round = 0; round < 3; round++) {
      const { store, events } = await reopened(dir, { durability });
      expect(events).toEqual([]);
      expect(await dump(store)).toEqual(lines);
      const row = await commitRow(store, 'more', `${round}`);
      expect(row.version).toBe(52 + 1 + 2 * round);
      await store.meta.commit({ deletes: [key('more')] });
      await store.close();
    }
  });

  it('writes on when the segment behind was never finished', async () => {
    const dir = tempDir();
    const lines = await fill(dir);
    const unfinished = newestSegment(dir).replace('00000001', '00000002');
    for (const bytes of [Buffer.alloc(0), noise(20, 1)]) {
      fs.writeFileSync(unfinished, bytes);
      const { store } = await reopened(dir);
      expect(await dump(store)).toEqual(lines);
      await commitRow(store, 'more', 'after the crash');
      await store.meta.commit({ deletes: [key('more')] });
      await store.close();
    }
  });

  it('does without the index', async () => {
    const dir = tempDir();
    const lines = await fill(dir, { segmentBytes: 30_000 });
    const usage = async (options: Partial<LocalStoreOptions>) => {
      const { store, events } = await reopened(dir, options);
      expect(await dump(store)).toEqual(lines);
      const found = await store.blobs.usage();
      await store.close();
      return { found, kinds: events.map(({ kind }) => kind) };
    };
    const before = await usage({});
    fs.rmSync(join(dir, 'index'), { recursive: true });
    const without = await usage({});
    expect(without).toEqual({ found: before.found, kinds: ['index-rebuilt'] });
    expect(await usage({ rebuildIndex: true })).toEqual(without);
    fs.writeFileSync(join(dir, 'index', 'data.mdb'), Buffer.alloc(100_000, 7));
    expect(await usage({})).toEqual(without);
    expect(await usage({})).toEqual(before);
  });

  it('rebuilds an index that killed its process twice', async () => {
    const dir = tempDir();
    const lines = await fill(dir);
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const marked = async (starts: number) => {
      fs.writeFileSync(join(dir, 'index', 'RUNNING'), JSON.stringify({ boot, starts }));
      const { store, events } = await reopened(dir);
      expect(await dump(store)).toEqual(lines);
      await store.close();
      return events.map(({ kind }) => kind);
    };
    expect(await marked(1)).toEqual([]);
    expect(await marked(2)).toEqual(['index-rebuilt']);
  });

  it('rebuilds the index after a power loss that left no checkpoint', async () => {
    const dir = tempDir();
    const lines = await fill(dir);
    fs.writeFileSync(join(dir, 'index', 'RUNNING'), JSON.stringify({ boot: 'another', starts: 0 }));
    const { store, events } = await reopened(dir);
    expect(events.map(({ kind }) => kind)).toEqual(['index-rebuilt']);
    expect(await dump(store)).toEqual(lines);
    await store.close();
  });

  it('replays what the index has not seen', async () => {
    const dir = tempDir();
    await fill(dir);
    const old = join(dir, 'old');
    fs.cpSync(join(dir, 'index'), old, { recursive: true });
    const { store } = await reopened(dir, { segmentBytes: 2_000 });
    for (let i = 0; i < 30; i++) await commitRow(store, `late${i}`, 'x', noise(500, i));
    await store.meta.commit({ deletes: [key('large')] });
    const lines = await dump(store);
    await store.close();
    fs.rmSync(join(dir, 'index'), { recursive: true });
    fs.renameSync(old, join(dir, 'index'));
    const again = await reopened(dir);
    expect(again.events).toMatchObject([{ kind: 'log-replayed', records: 31 }]);
    expect(await dump(again.store)).toEqual(lines);
    await again.store.close();
  });
});

describe('the end of the log', () => {
  /** A log whose last record is a row with a body, and the content without and with it. */
  async function withLastRecord(dir: string) {
    const { store } = await reopened(dir);
    await commitRow(store, 'a', 'first', noise(700, 1));
    const before = await dump(store);
    const { size: from } = fs.statSync(newestSegment(dir));
    await commitRow(store, 'b', 'second', noise(60, 2));
    const after = await dump(store);
    await store.close();
    return { before, after, from, bytes: fs.readFileSync(newestSegment(dir)) };
  }

  async function openedWith(dir: string, bytes: Buffer): Promise<string[]> {
    fs.writeFileSync(newestSegment(dir), bytes);
    fs.rmSync(join(dir, 'index'), { recursive: true, force: true });
    const { store, events } = await reopened(dir);
    const lines = await dump(store);
    await store.close();
    const truncated = events.find(({ kind }) => kind === 'tail-truncated');
    lines.push(truncated?.kind === 'tail-truncated' ? `cut ${truncated.bytes}` : 'whole');
    return lines;
  }

  it('may be cut off at any byte of the last record', async () => {
    const dir = tempDir();
    const { before, after, from, bytes } = await withLastRecord(dir);
    expect(await openedWith(dir, bytes)).toEqual([...after, 'whole']);
    for (let at = from; at < bytes.length; at++) {
      const cut = at === from ? 'whole' : `cut ${at - from}`;
      expect(await openedWith(dir, bytes.subarray(0, at))).toEqual([...before, cut]);
      expect(fs.statSync(newestSegment(dir)).size).toBe(from);
    }
  });

  it('may be damaged at any byte of the last record', async () => {
    const dir = tempDir();
    const { before, from, bytes } = await withLastRecord(dir);
    for (let at = from; at < bytes.length; at += 3) {
      const torn = Buffer.from(bytes);
      torn[at] = torn[at]! ^ 0x55;
      expect((await openedWith(dir, torn)).slice(0, -1)).toEqual(before);
    }
  });

  it('may be followed by zeros', async () => {
    const dir = tempDir();
    const { before, after, from, bytes } = await withLastRecord(dir);
    const zeros = Buffer.alloc(5_000);
    expect(await openedWith(dir, Buffer.concat([bytes, zeros]))).toEqual([...after, 'cut 5000']);
    expect(await openedWith(dir, Buffer.concat([bytes.subarray(0, from), zeros]))).toEqual([...before, 'cut 5000']);
  });

  it('takes new records where it was cut', async () => {
    const dir = tempDir();
    const { before, bytes } = await withLastRecord(dir);
    await openedWith(dir, bytes.subarray(0, -1));
    const { store } = await reopened(dir);
    await commitRow(store, 'c', 'third');
    const lines = await dump(store);
    expect(lines.slice(0, -1)).toEqual(before);
    await store.close();
    const again = await reopened(dir, { rebuildIndex: true });
    expect(await dump(again.store)).toEqual(lines);
    await again.store.close();
  });

  it('may be a segment whose header was never finished', async () => {
    const dir = tempDir();
    const lines = await fill(dir, { segmentBytes: 30_000 });
    for (const header of [Buffer.alloc(0), Buffer.alloc(32), Buffer.from('CSTSEG01')]) {
      fs.writeFileSync(join(dir, 'log', '00000099.seg'), header);
      const { store } = await reopened(dir);
      expect(await dump(store)).toEqual(lines);
      await store.close();
      expect(fs.existsSync(join(dir, 'log', '00000099.seg'))).toBe(false);
    }
  });
});

describe('damage', () => {
  const open = (dir: string, options: Partial<LocalStoreOptions> = {}) => openLocalStore({ ...BASE, dir, ...options });

  it('in the midst of the newest segment is an error, not the end', async () => {
    const dir = tempDir();
    await fill(dir);
    const path = newestSegment(dir);
    const bytes = fs.readFileSync(path);
    bytes[200] = bytes[200]! ^ 1;
    fs.writeFileSync(path, bytes);
    await expect(open(dir, { rebuildIndex: true })).rejects.toMatchObject({ kind: 'damaged' });
    expect(fs.statSync(path).size).toBe(bytes.length);
  });

  it('in an older segment is an error', async () => {
    const dir = tempDir();
    await fill(dir, { segmentBytes: 10_000 });
    const [first] = fs.readdirSync(join(dir, 'log')).sort();
    const path = join(dir, 'log', first!);
    const bytes = fs.readFileSync(path);
    fs.writeFileSync(path, bytes.subarray(0, -1));
    await expect(open(dir, { rebuildIndex: true })).rejects.toMatchObject({ kind: 'damaged' });
    bytes[40] = bytes[40]! ^ 1;
    fs.writeFileSync(path, bytes);
    await expect(open(dir, { rebuildIndex: true })).rejects.toMatchObject({ kind: 'damaged' });
  });

  it('that takes acknowledged commits is an error until the operator says so', async () => {
    const dir = tempDir();
    const lines = await fill(dir);
    const path = newestSegment(dir);
    fs.truncateSync(path, fs.statSync(path).size - 1);
    await expect(open(dir)).rejects.toMatchObject({ kind: 'damaged' });
    await expect(open(dir)).rejects.toMatchObject({ kind: 'damaged' });
    const store = await open(dir, { rebuildIndex: true });
    const left = await dump(store);
    // The last commit deleted two rows.
    expect(left).toHaveLength(lines.length + 2);
    expect(left).toEqual(expect.arrayContaining(lines));
    await store.close();
  });

  it('by a missing segment is an error', async () => {
    const dir = tempDir();
    await fill(dir, { segmentBytes: 10_000 });
    const [first] = fs.readdirSync(join(dir, 'log')).sort();
    fs.rmSync(join(dir, 'log', first!));
    await expect(open(dir)).rejects.toMatchObject({ kind: 'damaged' });
  });

  it('of a body is found when it is loaded', async () => {
    const dir = tempDir();
    const { store } = await reopened(dir);
    const row = await commitRow(store, 'k', 'v', noise(5_000, 3));
    await commitRow(store, 'l', 'v');
    await store.close();
    const path = newestSegment(dir);
    const bytes = fs.readFileSync(path);
    bytes[2_000] = bytes[2_000]! ^ 1;
    fs.writeFileSync(path, bytes);
    const again = await open(dir);
    await expect((async () => again.blobs.load(row.blob!))()).rejects.toMatchObject({ kind: 'damaged' });
    await again.close();
  });
});

describe('large bodies', () => {
  const openNames = (dir: string) => fs.readdirSync(join(dir, 'files', 'open'));

  it('that no commit held are removed, those that one held are kept', async () => {
    const dir = tempDir();
    const { store } = await reopened(dir);
    const half = await store.blobs.create(3 * 1024 ** 2);
    await half.write(noise(2 * 1024 ** 2, 1));
    const staged = await store.blobs.create(3 * 1024 ** 2);
    await staged.write(noise(2 * 1024 ** 2, 2));
    await staged.finish();
    const held = await store.blobs.create(3 * 1024 ** 2);
    await held.write(noise(2 * 1024 ** 2, 3));
    await store.meta.commit({ puts: [{ key: key('held'), value: key(''), blob: await held.finish() }] });
    const lines = await dump(store);
    await store.close();
    expect(openNames(dir)).toHaveLength(2);
    // As if the file that is held had not been moved yet.
    const folder = fs.readdirSync(join(dir, 'files')).find((name) => name !== 'open')!;
    const [id] = fs.readdirSync(join(dir, 'files', folder));
    fs.renameSync(join(dir, 'files', folder, id!), join(dir, 'files', 'open', id!));
    const again = await reopened(dir);
    expect(again.events).toEqual([{ kind: 'orphans-removed', count: 2 }]);
    expect(openNames(dir)).toEqual([]);
    expect(await dump(again.store)).toEqual(lines);
    expect(await again.store.blobs.usage()).toMatchObject({ liveBlobs: 1, liveBytes: 2 * 1024 ** 2, orphans: 0 });
    await again.store.close();
  });

  it('are counted as orphans while nobody owns them', async () => {
    const dir = tempDir();
    const { store } = await reopened(dir);
    fs.writeFileSync(join(dir, 'files', 'open', '00112233445566778899aabb'), 'x');
    const writer = await store.blobs.create(3 * 1024 ** 2);
    expect(await store.blobs.usage()).toMatchObject({ orphans: 1 });
    await writer.abort();
    await store.close();
  });
});
