import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import COS from 'cos-nodejs-sdk-v5';
import { describe, expect, it } from 'vitest';
import { DAY_MS, newFolder, open, photos, start } from './fixture.ts';
import type { Cosette, LogLine } from './index.ts';

describe('startCosette', () => {
  it('serves the official SDK from memory, and leaves nothing behind', async () => {
    const server = await start();
    expect(server.endpoint).toBe(`http://127.0.0.1:${server.port}`);
    const { make, put, get, keys } = photos(server);
    await make();
    await put('a', 'one');
    expect(await get('a')).toBe('one');
    expect(await keys()).toEqual(['a']);
    await server.stop();
    expect(existsSync('cosette-data')).toBe(false);
    await expect(reachable(server.port)).resolves.toBe(false);
  });

  it('runs many servers side by side, each with keys and data of its own', async () => {
    const [first, second] = (await Promise.all([start(), start()])) as [Cosette, Cosette];
    await photos(first).make();
    expect(await photos(first).buckets()).toEqual([first.bucket('photos')]);
    expect(await photos(second).buckets()).toEqual([]);
    const stranger = new COS({ ...second.cos(), Ip: first.cos().Ip });
    await expect(stranger.getService({})).rejects.toMatchObject({ code: 'InvalidAccessKeyId' });
  });

  it('takes account, region, port and settings', async () => {
    const { port } = await start();
    await open.pop()!.stop();
    const credentials = { secretId: 'AKIDmine', secretKey: 'mineMineMine' };
    const settings = { errors: { profile: 'current' }, limits: { bucketsPerAccount: 1 } };
    const server = await start({
      port,
      region: 'ap-beijing',
      appid: '1250000001',
      uin: '12345',
      credentials,
      settings,
    });
    expect(server.port).toBe(port);
    expect(server.credentials).toEqual({ ...credentials, appid: '1250000001', uin: '12345', region: 'ap-beijing' });
    const { make, cos, place } = photos(server);
    await make();
    expect(place.Bucket).toBe('photos-1250000001');
    await expect(cos.putBucket({ ...place, Bucket: server.bucket('more') })).rejects.toMatchObject({
      code: 'TooManyBuckets',
    });
  });

  it.each([
    [{ settings: { tls: { port: 0 } } }, /tls \(settings\) is not for here/],
    [{ settings: { colour: 'red' } }, /colour/],
    [{ settings: { limits: { keyBytes: 0 } } }, /limits\.keyBytes/],
    [{ region: 'Mars' }, /region/],
    [{ appid: 'x' }, /account\.appid/],
    [{ rememberRequests: -1 }, /rememberRequests/],
  ] as const)('refuses %j', async (options, message) => {
    await expect(start(options)).rejects.toThrow(message);
  });

  it('tells onLog what goes wrong inside', async () => {
    const lines: LogLine[] = [];
    const server = await start({ memoryBytes: 2_000, onLog: (line) => lines.push(line) });
    const { make, put } = photos(server);
    await make();
    await expect(put('a', 'x'.repeat(2_000))).rejects.toThrow();
    expect(lines).toContainEqual(expect.objectContaining({ level: 'error', message: expect.any(String) }));
  });

  it('says which port is taken', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('is a full disk at its capacity', async () => {
    const server = await start({ memoryBytes: 100_000 });
    const { make, put, get } = photos(server);
    await make();
    await put('a', 'one');
    await expect(put('b', 'x'.repeat(100_000))).rejects.toMatchObject({ statusCode: expect.any(Number) });
    expect(await get('a')).toBe('one');
  });
});

describe('requests', () => {
  it('tell what was called, in order, without signatures', async () => {
    const server = await start();
    const { make, put, get, place } = photos(server);
    await make();
    await put('a/b', 'one');
    await expect(get('missing')).rejects.toMatchObject({ code: 'NoSuchKey' });
    const secrets = 'q-sign-algorithm=sha1&q-ak=AKIDx&q-signature=0123&x-cos-security-token=t0ken';
    const headers = { authorization: 'q-signature=4567', 'x-cos-security-token': 't0ken', 'X-Mine': 'yes' };
    await (await fetch(`${server.endpoint}/${place.Bucket}/?prefix=p%2B&${secrets}`, { headers })).text();
    const [, second, third, fourth] = server.requests();
    expect(server.requests().map(({ operation, status, code }) => [operation, status, code])).toEqual([
      ['PutBucket', 200, undefined],
      ['PutObject', 200, undefined],
      ['GetObject', 404, 'NoSuchKey'],
      [undefined, 403, expect.any(String)],
    ]);
    expect(second).toMatchObject({
      method: 'PUT',
      bucket: place.Bucket,
      key: 'a/b',
      path: '/a/b',
      secretId: server.credentials.secretId,
      headers: { 'content-length': '3' },
      bytes: 0,
    });
    expect(third).toMatchObject({ method: 'GET', key: 'missing' });
    expect(fourth).toMatchObject({ path: `/${place.Bucket}/`, query: { prefix: 'p+' }, headers: { 'x-mine': 'yes' } });
    expect(JSON.stringify(server.requests())).not.toMatch(/q-signature|q-ak|t0ken/);
    expect(server.requests({ operation: 'GetObject', status: 404 })).toEqual([third]);
    server.clearRequests();
    expect(server.requests()).toEqual([]);
  });

  it('are there as soon as the answer is, and the latest ones are kept', async () => {
    const server = await start({ rememberRequests: 10 });
    for (let at = 0; at < 50; at += 1) {
      const answer = await fetch(`${server.endpoint}/nobody-1250000000/${at}`);
      await answer.text();
      expect(server.requests().at(-1)).toMatchObject({ path: `/nobody-1250000000/${at}`, status: answer.status });
    }
    expect(server.requests().map(({ path }) => path.slice(-2))).toEqual('40 41 42 43 44 45 46 47 48 49'.split(' '));
  });
});

describe('the clock', () => {
  it('is followed by answers and by the SDK, and comes back', async () => {
    const server = await start();
    const { make, put } = photos(server);
    await make();
    await server.clock.advance(31 * DAY_MS);
    expect(server.clock.offsetMs).toBe(31 * DAY_MS);
    const { headers } = await put('a', 'one');
    expect(Math.abs(Date.parse(headers!['date']!) - Date.now() - 31 * DAY_MS)).toBeLessThan(60_000);
    const later = new COS(server.cos());
    await later.getService({});
    expect(server.requests().at(-1)).toMatchObject({ operation: 'GetService', status: 200 });
    expect(server.requests().at(-2)).toMatchObject({ operation: 'PutObject', status: 200 });
    await server.clock.set(new Date('2030-01-01T00:00:00Z'));
    expect(server.clock.now().getUTCFullYear()).toBe(2030);
    await server.clock.resume();
    expect(server.clock.offsetMs).toBe(0);
    await expect(server.clock.advance(-1)).rejects.toThrow(RangeError);
  });

  it('runs what is due by then: objects have expired when it resolves', async () => {
    const server = await start();
    const { cos, place, make, put, keys } = photos(server);
    await make();
    await cos.putBucketLifecycle({
      ...place,
      Rules: [{ ID: 'month', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 30 } }],
    } as never);
    await put('tmp/a', 'one');
    await put('kept', 'two');
    await server.clock.advance(29 * DAY_MS);
    expect(await keys()).toEqual(['kept', 'tmp/a']);
    const ran = await server.clock.advance(2 * DAY_MS);
    expect(ran).toContainEqual({ name: 'lifecycle', runs: 1 });
    expect(await keys()).toEqual(['kept']);
  });
});

describe('reset', () => {
  it('empties the store and keeps port, keys and clients', async () => {
    const server = await start();
    const { make, buckets } = photos(server);
    await make();
    await server.clock.advance(DAY_MS);
    await server.reset();
    expect(server.requests()).toEqual([]);
    expect(server.clock.offsetMs).toBe(0);
    expect(await buckets()).toEqual([]);
    await make();
    expect(await buckets()).toEqual([server.bucket('photos')]);
  });

  it('lets requests that run end on the state they began on', async () => {
    const server = await start();
    const { make, put, buckets } = photos(server);
    await make();
    const puts = Array.from({ length: 20 }, (_, at) => put(`k${at}`, 'x'.repeat(100_000)).catch((error) => error.code));
    await server.reset();
    for (const result of await Promise.all(puts)) {
      if (typeof result === 'string') expect(result).toBe('NoSuchBucket');
      else expect(result.statusCode).toBe(200);
    }
    expect(await buckets()).toEqual([]);
  });

  it('waits for a move of the clock, and the other way round', async () => {
    const server = await start();
    await photos(server).make();
    const steps = [server.clock.advance(DAY_MS), server.reset(), server.clock.advance(2 * DAY_MS)];
    await Promise.all(steps);
    expect(server.clock.offsetMs).toBe(2 * DAY_MS);
    expect(await photos(server).buckets()).toEqual([]);
  });

  it('empties a folder that was empty, with the keys it has', async () => {
    const folder = newFolder();
    const server = await start({ folder });
    const { make, put, buckets } = photos(server);
    await make();
    await put('a', 'one');
    await server.reset();
    expect(await buckets()).toEqual([]);
    await make();
    await server.stop();
    const again = await start({ folder });
    expect(again.credentials).toEqual(server.credentials);
    expect(await photos(again).buckets()).toEqual([server.bucket('photos')]);
    await expect(again.reset()).rejects.toThrow(/held before/);
    expect(await photos(again).buckets()).toEqual([server.bucket('photos')]);
  });

  it('lets requests that come meanwhile wait for the emptied folder', async () => {
    const server = await start({ folder: newFolder() });
    const { make, buckets } = photos(server);
    await make();
    const cleared = server.reset();
    const seen = await Promise.all(Array.from({ length: 10 }, buckets));
    await cleared;
    for (const names of seen) expect(names.length).toBeLessThanOrEqual(1);
    expect(seen.at(-1)).toEqual([]);
  });

  it('does not touch a folder of something else', async () => {
    const folder = join(newFolder(), 'data');
    mkdirSync(folder);
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const server = await start({ folder });
    await expect(server.reset()).rejects.toThrow(/held before/);
    expect(existsSync(join(folder, 'mine.txt'))).toBe(true);
  });
});

describe('stop', () => {
  it('may be called twice, and nothing works after it', async () => {
    const server = await start();
    await Promise.all([server.stop(), server.stop()]);
    await expect(server.reset()).rejects.toThrow(/stopped/);
    await expect(server.snapshot()).rejects.toThrow(/stopped/);
    await expect(server.clock.advance(DAY_MS)).rejects.toThrow(/stopped/);
  });
});

function reachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe('faults', () => {
  it('are met by the SDK, which tries again; requests() tells which ones', async () => {
    const server = await start();
    const { make, put, get } = photos(server);
    await make();
    server.faults.add({
      id: 'busy',
      match: { operations: ['PutObject'] },
      when: { first: 2 },
      effect: { error: 'SlowDown' },
    });
    await put('a', 'one');
    expect(await get('a')).toBe('one');
    expect(server.requests({ operation: 'PutObject' }).map(({ status, fault }) => [status, fault])).toEqual([
      [503, 'busy'],
      [503, 'busy'],
      [200, undefined],
    ]);
    expect(server.faults.list()).toMatchObject([{ id: 'busy', matched: 3, fired: 2 }]);
    expect(() => server.faults.add({ effect: { error: 'Slow' } })).toThrow('effect.error');
  });

  it('survive restore, and end with reset', async () => {
    const server = await start();
    const { make, keys, put } = photos(server);
    await make();
    await put('a', 'one');
    const snapshot = await server.snapshot();
    server.faults.add({ effect: { staleList: 60_000 } });
    await put('b', 'two');
    expect(await keys()).toEqual(['a']);
    await server.restore(snapshot);
    await put('c', 'three');
    expect(await keys()).toEqual(['a']);
    expect(server.faults.list()).toHaveLength(1);
    await server.reset();
    expect(server.faults.list()).toEqual([]);
  });
});
