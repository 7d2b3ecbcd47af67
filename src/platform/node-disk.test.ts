import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeDisk } from './node-disk.ts';

const root = mkdtempSync(join(tmpdir(), 'cosette-disk-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each([false, true])('nodeDisk, writing through: %s', (writeThrough) => {
  const dir = join(root, String(writeThrough));

  it('does what files do', async () => {
    await nodeDisk.mkdir(join(dir, 'a', 'b'));
    await nodeDisk.mkdir(join(dir, 'a', 'b'));
    const path = join(dir, 'a', 'b', 'f');
    const file = await nodeDisk.open(path, 'create', writeThrough);
    await file.write([], 0);
    await file.write([Buffer.from('hello'), Buffer.alloc(0), Buffer.from(' world')], 0);
    await file.write([Buffer.from('!')], 13);
    await file.sync();
    const target = Buffer.alloc(20, 0xaa);
    expect(await file.read(target, 6)).toBe(8);
    expect(target.toString('latin1', 0, 9)).toBe('world\0\0!\xaa');
    target.fill(0xaa);
    expect(file.readNow?.(target, 6)).toBe(8);
    expect(target.toString('latin1', 0, 9)).toBe('world\0\0!\xaa');
    expect(await file.read(target, 14)).toBe(0);
    expect(file.readNow?.(target, 99)).toBe(0);
    expect(await file.read(Buffer.alloc(0), 0)).toBe(0);
    await file.truncate(5);
    expect(await file.size()).toBe(5);
    await nodeDisk.syncDir(join(dir, 'a', 'b'));
    await nodeDisk.rename(path, join(dir, 'g'));
    expect(await nodeDisk.list(join(dir, 'a', 'b'))).toEqual([]);
    expect(await nodeDisk.list(dir)).toEqual(['a', 'g']);
    expect(await nodeDisk.size(join(dir, 'g'))).toBe(5);
    await nodeDisk.remove(join(dir, 'g'));
    await nodeDisk.remove(join(dir, 'g'));
    expect(await nodeDisk.size(join(dir, 'g'))).toBeUndefined();
    expect(await file.read(target.subarray(0, 5), 0)).toBe(5);
    await file.close();
  });

  it('writes many buffers, and more than the system takes at once', async () => {
    const file = await nodeDisk.open(join(dir, 'many'), 'create', writeThrough);
    const buffers = Array.from({ length: 3_000 }, (_, i) => Buffer.alloc(i % 7, i));
    await file.write(buffers, 10);
    const wanted = Buffer.concat(buffers);
    const found = Buffer.alloc(wanted.length);
    expect(await file.read(found, 10)).toBe(wanted.length);
    expect(found.equals(wanted)).toBe(true);
    await file.close();
  });

  it('fails with the codes of Node', async () => {
    const path = join(dir, 'x');
    await expect(nodeDisk.open(path, 'read')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeDisk.open(path, 'read-write', writeThrough)).rejects.toMatchObject({ code: 'ENOENT' });
    await (await nodeDisk.open(path, 'create', writeThrough)).close();
    await expect(nodeDisk.open(path, 'create', writeThrough)).rejects.toMatchObject({ code: 'EEXIST' });
    const readOnly = await nodeDisk.open(path, 'read');
    await expect(readOnly.write([Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
    await readOnly.close();
    await expect(nodeDisk.rename(join(dir, 'none'), path)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(nodeDisk.syncDir(join(dir, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await nodeDisk.list(join(dir, 'none'))).toEqual([]);
  });
});
