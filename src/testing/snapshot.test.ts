import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY_MS, newFolder, photos, start } from './fixture.ts';
import { type Cosette, startCosette } from './index.ts';

describe('snapshots', () => {
  it('bring rows, bodies and the clock back, again and again', async () => {
    const server = await start();
    const { cos, place, make, put, get, keys } = photos(server);
    await make();
    await put('a', 'one');
    await cos.putObject({ ...place, Key: 'sealed', Body: 'secret', ServerSideEncryption: 'AES256' });
    await server.clock.advance(DAY_MS);
    const snapshot = await server.snapshot();
    expect(snapshot.bytes).toBeGreaterThan(9);
    for (let round = 0; round < 2; round += 1) {
      await put('a', 'changed');
      await put('b', 'two');
      await server.clock.resume();
      await server.restore(snapshot);
      expect(Math.abs(server.clock.offsetMs - DAY_MS)).toBeLessThan(50);
      expect(await keys()).toEqual(['a', 'sealed']);
      expect(await get('a')).toBe('one');
      expect(await get('sealed')).toBe('secret');
    }
    await server.reset();
    await server.restore(snapshot);
    expect(await get('sealed')).toBe('secret');
  });

  it('open on another server of the same account, and on no other', async () => {
    const server = await start();
    const { make, put } = photos(server);
    await make();
    await put('a', 'one');
    const snapshot = await server.snapshot();
    const other = await start();
    await other.restore(snapshot);
    expect(await photos(other).get('a')).toBe('one');
    await photos(other).put('a', 'two');
    expect(await photos(server).get('a')).toBe('one');
    const stranger = await start({ appid: '1250000009' });
    await expect(stranger.restore(snapshot)).rejects.toThrow(/1250000000/);
    const forged = { ...snapshot, save: async () => undefined };
    await expect(other.restore(forged)).rejects.toThrow(/what snapshot gave/);
  });

  it('are refused for a folder', async () => {
    const server = await start({ folder: newFolder() });
    await expect(server.snapshot()).rejects.toThrow(/in memory/);
  });
});

describe('snapshots in files', () => {
  /** A server with an object, one that is encrypted, and a clock that is a day ahead. */
  async function saved(): Promise<{ file: string; server: Cosette }> {
    const server = await start();
    const { cos, place, make, put } = photos(server);
    await make();
    await put('a', 'one');
    await cos.putObject({ ...place, Key: 'sealed', Body: 'secret', ServerSideEncryption: 'AES256' });
    await server.clock.advance(DAY_MS);
    const file = join(newFolder(), 'state.snapshot');
    await (await server.snapshot()).save(file);
    return { file, server };
  }

  it('are what another server begins with, in memory or on a folder, and goes back to', async () => {
    const { file, server } = await saved();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const options of [{}, { folder: newFolder() }, { folder: join(newFolder(), 'new') }]) {
      const other = await start({ ...options, snapshot: file });
      expect(other.credentials).toEqual(server.credentials);
      expect(Math.abs(other.clock.offsetMs - DAY_MS)).toBeLessThan(1_000);
      const { get, put, keys } = photos(other);
      for (let round = 0; round < 2; round += 1) {
        expect([await get('a'), await get('sealed'), await keys()]).toEqual(['one', 'secret', ['a', 'sealed']]);
        await put('a', 'changed');
        await put('b', 'new');
        await other.clock.resume();
        await other.reset();
        expect(Math.abs(other.clock.offsetMs - DAY_MS)).toBeLessThan(1_000);
        expect(other.credentials).toEqual(server.credentials);
      }
    }
  });

  it('may be restored on a server that runs, which keeps its own pair', async () => {
    const { file } = await saved();
    const other = await start();
    await other.restore(file);
    await other.restore(file);
    expect(await photos(other).get('sealed')).toBe('secret');
    await (await other.snapshot()).save(file);
    const third = await start({ snapshot: file });
    expect(third.credentials).toEqual(other.credentials);
    expect(await photos(third).get('sealed')).toBe('secret');
  });

  it('are refused for other accounts, folders that hold something, and files that are none', async () => {
    const { file } = await saved();
    await expect(startCosette({ snapshot: file, appid: '1250000009' })).rejects.toThrow(/account 1250000000/);
    const full = newFolder();
    writeFileSync(join(full, 'notes.txt'), 'mine');
    await expect(startCosette({ snapshot: file, folder: full })).rejects.toThrow(/not empty/);
    expect(readdirSync(full)).toEqual(['notes.txt']);
    const other = join(full, 'notes.txt');
    await expect(startCosette({ snapshot: other })).rejects.toThrow(/no snapshot of Cosette/);
    const folder = newFolder();
    await expect(startCosette({ snapshot: other, folder })).rejects.toThrow(/no snapshot of Cosette/);
    expect(readdirSync(folder)).toEqual([]);
    await expect(startCosette({ snapshot: join(full, 'none') })).rejects.toThrow(/there is no file/);
    const credentials = { secretId: 'AKIDmyOwn1234', secretKey: 'mySecretKey1234' };
    const own = await start({ snapshot: file, credentials });
    expect(own.credentials).toMatchObject(credentials);
    expect(await photos(own).get('a')).toBe('one');
  });
});
