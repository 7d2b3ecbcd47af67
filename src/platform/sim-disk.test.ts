import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Disk, DiskFile } from './disk.ts';
import { SimDisk } from './sim-disk.ts';

const DIR = '/data';
const PATH = '/data/f';
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

const newDisk = () => new SimDisk({ folders: [DIR] });

async function contentOf(disk: Disk, path = PATH): Promise<Buffer | undefined> {
  if ((await disk.size(path)) === undefined) return undefined;
  const file = await disk.open(path, 'read');
  const out = Buffer.alloc(await file.size());
  expect(await file.read(out, 0)).toBe(out.length);
  await file.close();
  return out;
}

async function create(disk: Disk, path: string, content: Buffer, how: { sync?: boolean; syncDir?: boolean }) {
  const file = await disk.open(path, 'create');
  await file.write([content], 0);
  if (how.sync) await file.sync();
  if (how.syncDir) await disk.syncDir(DIR);
  return file;
}

/** What the file holds after a crash with each seed; undefined where it is gone. */
async function outcomes(disk: SimDisk, path = PATH): Promise<(Buffer | undefined)[]> {
  return Promise.all(SEEDS.map((seed) => contentOf(disk.crash({ seed }), path)));
}

const texts = (contents: readonly (Buffer | undefined)[]) => new Set(contents.map((content) => content?.toString()));

describe('SimDisk as a disk', () => {
  it('does what files do', async () => {
    const disk = new SimDisk();
    await disk.mkdir('/a/b');
    await disk.mkdir('/a/b');
    const file = await disk.open('/a/b/f', 'create');
    await file.write([Buffer.from('hello'), Buffer.from(' world')], 0);
    await file.write([Buffer.from('!')], 13);
    const target = Buffer.alloc(20, 0xaa);
    expect(await file.read(target, 6)).toBe(8);
    expect(target.toString('latin1', 0, 9)).toBe('world\0\0!\xaa');
    await file.truncate(5);
    await file.truncate(7);
    expect((await contentOf(disk, '/a/b/f'))?.toString()).toBe('hello\0\0');
    expect(await file.read(target, 7)).toBe(0);
    expect(await disk.list('/a')).toEqual(['b']);
    expect(await disk.list('/none')).toEqual([]);
    expect(await disk.size('/a/b/none')).toBeUndefined();
    await disk.rename('/a/b/f', '/a/g');
    expect(await disk.list('/a/b')).toEqual([]);
    await disk.remove('/a/g');
    await disk.remove('/a/g');
    expect(await disk.list('/a')).toEqual(['b']);
    expect(await file.size()).toBe(7);
    await file.close();
  });

  it('fails as Node does', async () => {
    const disk = newDisk();
    const code = (value: string) => expect.objectContaining({ code: value });
    await expect(disk.open(PATH, 'read')).rejects.toEqual(code('ENOENT'));
    await expect(disk.open('/none/f', 'create')).rejects.toEqual(code('ENOENT'));
    await expect(disk.rename(PATH, '/data/g')).rejects.toEqual(code('ENOENT'));
    await expect(disk.syncDir('/none')).rejects.toEqual(code('ENOENT'));
    await expect(disk.open('relative', 'read')).rejects.toEqual(code('EINVAL'));
    const file = await create(disk, PATH, Buffer.from('x'), {});
    await expect(disk.open(PATH, 'create')).rejects.toEqual(code('EEXIST'));
    await expect(disk.mkdir(PATH)).rejects.toEqual(code('EEXIST'));
    await expect(disk.open('/data/f/g', 'create')).rejects.toEqual(code('ENOTDIR'));
    await expect(disk.remove(DIR)).rejects.toEqual(code('ENOTEMPTY'));
    await file.close();
    await expect(file.write([Buffer.from('y')], 0)).rejects.toEqual(code('EBADF'));
    const readOnly = await disk.open(PATH, 'read');
    await expect(readOnly.write([Buffer.from('y')], 0)).rejects.toEqual(code('EBADF'));
    await expect(disk.open(DIR, 'read')).rejects.toEqual(code('EISDIR'));
  });
});

describe('power loss', () => {
  it('spares what was synced, file and folder', async () => {
    const disk = newDisk();
    await create(disk, PATH, Buffer.from('kept'), { sync: true, syncDir: true });
    expect(texts(await outcomes(disk))).toEqual(new Set(['kept']));
  });

  it('takes the data of a writer that forgets to sync the file', async () => {
    const disk = newDisk();
    await create(disk, PATH, Buffer.from('text'), { syncDir: true });
    const seen = texts(await outcomes(disk));
    expect(seen).toEqual(new Set(['text', '', '\0\0\0\0']));
  });

  it('takes the file of a writer that forgets to sync the folder', async () => {
    const disk = newDisk();
    await create(disk, PATH, Buffer.from('text'), { sync: true });
    expect(texts(await outcomes(disk))).toEqual(new Set(['text', undefined]));
  });

  it('takes a folder whose parent was not synced, with what was synced in it', async () => {
    const disk = newDisk();
    await disk.mkdir('/data/sub');
    const file = await disk.open('/data/sub/f', 'create');
    await file.write([Buffer.from('text')], 0);
    await file.sync();
    await disk.syncDir('/data/sub');
    expect(texts(await outcomes(disk, '/data/sub/f'))).toEqual(new Set(['text', undefined]));
    await disk.syncDir(DIR);
    expect(texts(await outcomes(disk, '/data/sub/f'))).toEqual(new Set(['text']));
  });

  it('tears a write at sectors and lets later writes survive earlier ones', async () => {
    const disk = newDisk();
    const file = await create(disk, PATH, Buffer.alloc(2_048, 1), { sync: true, syncDir: true });
    await file.write([Buffer.alloc(1_000, 2)], 100);
    await file.write([Buffer.alloc(400, 3)], 1_600);
    let torn = 0;
    let reordered = 0;
    for (const content of await outcomes(disk)) {
      expect(content?.length).toBe(2_048);
      const sectors = [0, 512, 1_024].map((at) => content![Math.max(at, 100)]);
      // Within a sector a write is there as a whole or not at all.
      const strange = [...content!].findIndex((value, at) => {
        if (at >= 100 && at < 1_100) return value !== sectors[Math.floor(at / 512)] || ![1, 2].includes(value);
        return value !== 1 && (value !== 3 || at < 1_600 || at >= 2_000);
      });
      expect(strange).toBe(-1);
      if (new Set(sectors).size > 1) torn += 1;
      if (content![1_600] === 3 && !sectors.includes(2)) reordered += 1;
    }
    expect(torn).toBeGreaterThan(0);
    expect(reordered).toBeGreaterThan(0);
  });

  it('leaves any size between, with zeros where data is missing', async () => {
    const disk = newDisk();
    const file = await create(disk, PATH, Buffer.alloc(512, 1), { sync: true, syncDir: true });
    await file.write([Buffer.alloc(512, 2)], 512);
    await file.write([Buffer.alloc(512, 3)], 1_024);
    const contents = await outcomes(disk);
    expect(new Set(contents.map((content) => content?.length))).toEqual(new Set([512, 1_024, 1_536]));
    expect(contents.some((content) => content?.length === 1_536 && content[512] === 0 && content[1_024] === 3)).toBe(
      true,
    );
    expect(contents.every((content) => content![0] === 1)).toBe(true);
  });

  it('keeps or loses a truncation that was not synced', async () => {
    const disk = newDisk();
    const file = await create(disk, PATH, Buffer.from('long text'), { sync: true, syncDir: true });
    await file.truncate(4);
    expect(texts(await outcomes(disk))).toEqual(new Set(['long text', 'long']));
    await file.sync();
    expect(texts(await outcomes(disk))).toEqual(new Set(['long']));
  });

  it('shows a renaming as a whole or not at all', async () => {
    const disk = newDisk();
    await create(disk, PATH, Buffer.from('old'), { sync: true, syncDir: true });
    await create(disk, '/data/new', Buffer.from('new'), { sync: true, syncDir: true });
    await disk.rename('/data/new', PATH);
    const seen = new Set<string>();
    for (const seed of SEEDS) {
      const after = disk.crash({ seed });
      seen.add(`${await contentOf(after)} ${await contentOf(after, '/data/new')}`);
    }
    expect(seen).toEqual(new Set(['old new', 'new undefined']));
    await disk.syncDir(DIR);
    expect(texts(await outcomes(disk))).toEqual(new Set(['new']));
  });

  it('never shows one file under two names', async () => {
    const disk = new SimDisk({ folders: ['/data/a', '/data/b'] });
    const file = await disk.open('/data/a/1', 'create');
    await file.write([Buffer.from('x')], 0);
    await file.sync();
    await disk.rename('/data/a/1', '/data/a/2');
    await disk.rename('/data/a/2', '/data/b/3');
    const namesAfter = async (seed: number) => {
      const after = disk.crash({ seed });
      return [...(await after.list('/data/a')), ...(await after.list('/data/b'))].join();
    };
    const seen = new Set(await Promise.all(SEEDS.map(namesAfter)));
    expect(seen).toEqual(new Set(['', '1', '2', '3']));
    await disk.syncDir('/data/b');
    expect(new Set(await Promise.all(SEEDS.map(namesAfter)))).toEqual(new Set(['3']));
  });

  it('keeps or loses a removal that was not synced', async () => {
    const disk = newDisk();
    await create(disk, PATH, Buffer.from('text'), { sync: true, syncDir: true });
    await disk.remove(PATH);
    expect(texts(await outcomes(disk))).toEqual(new Set(['text', undefined]));
    await disk.syncDir(DIR);
    expect(texts(await outcomes(disk))).toEqual(new Set([undefined]));
  });

  it('does not count what was written while a sync ran', async () => {
    const disk = newDisk();
    const file = await create(disk, PATH, Buffer.from('aaaa'), { syncDir: true });
    const syncing = file.sync();
    await file.write([Buffer.from('bbbb')], 0);
    await syncing;
    expect(texts(await outcomes(disk))).toEqual(new Set(['aaaa', 'bbbb']));
  });

  it('is the same for the same seed, and leaves the disk itself alone', async () => {
    const disk = newDisk();
    await create(disk, PATH, Buffer.alloc(5_000, 1), { syncDir: true });
    const [first, second] = [await outcomes(disk), await outcomes(disk)];
    expect(first.map((content) => content?.toString('hex'))).toEqual(second.map((content) => content?.toString('hex')));
    expect(new Set(first.map((content) => content?.toString('hex'))).size).toBeGreaterThan(5);
    expect((await contentOf(disk))?.equals(Buffer.alloc(5_000, 1))).toBe(true);
  });

  it('leaves one of the states between the last sync and now, for any history', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('write' as const), at: fc.nat(1_500), length: fc.integer({ min: 1, max: 1_200 }) }),
      fc.record({ kind: fc.constant('truncate' as const), at: fc.nat(2_000) }),
      fc.record({ kind: fc.constant('sync' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer(), async (steps, seed) => {
        const disk = newDisk();
        const file = await create(disk, PATH, Buffer.alloc(0), { sync: true, syncDir: true });
        const seen: number[][] = Array.from({ length: 2_700 }, () => [0]);
        let sizes = [0];
        let now: Buffer = Buffer.alloc(0);
        for (const [at, one] of steps.entries()) {
          if (one.kind === 'sync') {
            await file.sync();
            for (const [i, values] of seen.entries()) values.splice(0, values.length, now[i] ?? 0);
            sizes = [now.length];
            continue;
          }
          if (one.kind === 'truncate') await file.truncate(one.at);
          else await file.write([Buffer.alloc(one.length, at + 1)], one.at);
          now = (await contentOf(disk))!;
          sizes.push(now.length);
          for (const [i, values] of seen.entries()) values.push(now[i] ?? 0);
        }
        const after = (await contentOf(disk.crash({ seed })))!;
        expect(sizes).toContain(after.length);
        // A byte holds something it once held, or zero where the file was made longer.
        const strange = [...after].findIndex((value, i) => value !== 0 && !seen[i]!.includes(value));
        expect(strange).toBe(-1);
      }),
    );
  });
});

describe('faults', () => {
  const full = expect.objectContaining({ code: 'ENOSPC' });
  const broken = expect.objectContaining({ code: 'EIO' });

  it('fails the nth operation of a kind, once', async () => {
    const disk = newDisk();
    disk.fail('write', 2, 'ENOSPC', 3);
    disk.fail('rename', 1, 'EIO');
    const file = await create(disk, PATH, Buffer.from('1'), {});
    await expect(file.write([Buffer.from('abcdef')], 1)).rejects.toEqual(full);
    expect((await contentOf(disk))?.toString()).toBe('1abc');
    await file.write([Buffer.from('xyz')], 1);
    await expect(disk.rename(PATH, '/data/g')).rejects.toEqual(broken);
    await disk.rename(PATH, '/data/g');
    expect((await contentOf(disk, '/data/g'))?.toString()).toBe('1xyz');
  });

  it('after a failed sync no later sync saves what was written before', async () => {
    const seen = new Set<string | undefined>();
    for (const seed of SEEDS) {
      const disk = new SimDisk({ folders: [DIR], seed });
      disk.fail('sync', 1, 'EIO');
      const file = await create(disk, PATH, Buffer.alloc(512, 0x61), { syncDir: true });
      await expect(file.sync()).rejects.toEqual(broken);
      await file.write([Buffer.alloc(512, 0x62)], 512);
      await file.sync();
      const after = (await contentOf(disk.crash({ seed: 1 })))!;
      expect(after.subarray(512).equals(Buffer.alloc(512, 0x62))).toBe(true);
      expect((await contentOf(disk))![0]).toBe(0x61);
      seen.add(after.toString('latin1', 0, 1));
    }
    expect(seen).toEqual(new Set(['a', '\0']));
  });

  it('after a failed sync a later one still saves the size', async () => {
    for (const seed of SEEDS) {
      const disk = new SimDisk({ folders: [DIR], seed });
      disk.fail('sync', 1, 'EIO');
      const file = await create(disk, PATH, Buffer.alloc(1_024, 0x61), { syncDir: true });
      await expect(file.sync()).rejects.toEqual(broken);
      await file.write([Buffer.alloc(512, 0x62)], 0);
      await file.sync();
      expect((await contentOf(disk.crash({ seed })))?.length).toBe(1_024);
    }
  });

  it('is full at its capacity until something is removed', async () => {
    const disk = new SimDisk({ folders: [DIR], capacityBytes: 1_000 });
    await create(disk, PATH, Buffer.alloc(900), {});
    const other = await disk.open('/data/g', 'create');
    await expect(other.write([Buffer.alloc(200)], 0)).rejects.toEqual(full);
    expect(await other.size()).toBe(100);
    await other.write([Buffer.alloc(100)], 0);
    await disk.remove(PATH);
    await other.write([Buffer.alloc(900)], 100);
    expect(await disk.size('/data/g')).toBe(1_000);
  });

  it('loses power in the midst of the operation it is told', async () => {
    const run = async (disk: SimDisk) => {
      const file = await create(disk, PATH, Buffer.from('one'), { sync: true, syncDir: true });
      await file.write([Buffer.from('two')], 0);
      await file.sync();
    };
    const whole = newDisk();
    await run(whole);
    expect(whole.operations).toBe(6);
    const acknowledged = [undefined, undefined, undefined, undefined, 'one', 'one'];
    for (let after = 0; after < 6; after++) {
      const disk = newDisk();
      disk.powerOffAfter(after);
      await expect(run(disk)).rejects.toEqual(broken);
      await expect(disk.open(PATH, 'read')).rejects.toEqual(broken);
      await expect(disk.list(DIR)).rejects.toEqual(broken);
      const seen = texts(await outcomes(disk));
      if (acknowledged[after] !== undefined) {
        for (const text of seen) expect(['one', 'two']).toContain(text);
      }
      // The operation that was cut off may have come through.
      if (after === 0) expect(seen).toEqual(new Set([undefined, '']));
      if (after === 4) expect(seen).toEqual(new Set(['one', 'two']));
    }
  });

  it('does not acknowledge a sync that was under way when the power went off', async () => {
    const disk = newDisk();
    const file: DiskFile = await create(disk, PATH, Buffer.from('text'), { syncDir: true });
    const syncing = file.sync();
    disk.powerOff();
    await expect(syncing).rejects.toEqual(broken);
    await expect(file.write([Buffer.from('x')], 0)).rejects.toEqual(broken);
    expect(texts(await outcomes(disk)).size).toBeGreaterThan(1);
  });
});
