/** `cosette snapshot`: a server that holds something of every kind is saved while it is written to, and restored. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapRefs, refsIn } from '../../src/model/records/blob-refs.ts';
import { openLocalStore } from '../../src/store/local/index.ts';
import { rowsOf } from '../../src/store/rows-view.ts';
import { complete, expectStatus, makeBucket, put, textsOf } from '../support/buckets.ts';
import { clientOf } from '../support/http.ts';
import { SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { eventually, sendAside } from '../support/side-host.ts';
import { asGuest, cosette, failureOf, fillWorld, lookAt, type Made, noise } from '../support/snapshot-world.ts';

const FLAGS = ['--limits-min-part-bytes', '1'];
let server: ServerProcess;
let made: Made;
/** Of the restored folder, before anything else was done with it. */
let rowsOfFirst: readonly string[];
let place: string;
const file = (name: string) => join(place, `${name}.snapshot`);
const folder = (name: string) => join(place, name);
const dataOf = (name: string) => join(place, name, 'data');
const readyFile = () => join(server.folder, 'ready.json');
const started: ServerProcess[] = [];

async function start(name: string): Promise<ServerProcess> {
  mkdirSync(join(place, name), { recursive: true });
  const other = await startServerProcess({ flags: FLAGS, folder: join(place, name) });
  started.push(other);
  return other;
}

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'cosette-snapshots-'));
  server = await startServerProcess({ flags: FLAGS });
  made = await fillWorld(server);
});
afterAll(async () => {
  for (const other of started) await other.stop();
  await server.remove();
  rmSync(place, { recursive: true, force: true });
});

/** Rows of a folder that nobody uses, with the sizes of bodies in the place of what the engine calls them. */
async function rowsIn(dir: string): Promise<string[]> {
  const store = await openLocalStore({ dir });
  const rows: string[] = [];
  try {
    const size = async (ref: Buffer) => {
      const handle = await store.blobs.open(ref);
      await handle.close();
      return handle.size;
    };
    for await (const row of rowsOf(store.meta, Buffer.from([0]), Buffer.from([0xff]))) {
      // Deletions that wait are carried out at different times.
      if (row.key[0] === 0x64) continue;
      const sizes = await Promise.all(refsIn(row.key, row.value).map(size));
      const own = row.blob === undefined ? 'none' : await size(row.blob);
      const value = mapRefs(row.key, row.value, () => Buffer.alloc(0)).toString('base64');
      rows.push(`${row.key.toString('latin1')} ${value} ${own} ${sizes}`);
    }
  } finally {
    await store.close();
  }
  return rows;
}

describe('a snapshot of a running server', () => {
  it('is restored to a server that answers the same', async () => {
    const seen = await lookAt(server, made);
    const { stdout } = await cosette('snapshot', 'save', file('first'), '--ready-file', readyFile());
    expect(stdout).toMatch(/first\.snapshot: \d+ objects and versions, \d+ bodies, \d+\.\d MiB, \d+\.\d MiB on disk\n/);
    expect(statSync(file('first')).mode & 0o777).toBe(0o600);
    expect(existsSync(`${file('first')}.partial`)).toBe(false);
    const restored = await cosette('snapshot', 'restore', file('first'), '--data', dataOf('one'));
    expect(restored.stdout).toMatch(/objects and versions, \d+ bodies, .* as of 20\d\d-/);
    const one = await start('one');
    expect(await lookAt(one, made)).toEqual(seen);
    for (const guest of made.guests) expect((await asGuest(one, guest, 'small')).text).toBe('five!');
    for (const name of ['credentials.json', 'secret.key', 'keyring.json']) {
      const path = join(dataOf('one'), name);
      expect(readFileSync(path).equals(readFileSync(join(server.folder, 'data', name))), name).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    // It lives: the unfinished upload can be finished, and everything be deleted.
    const plain = clientOf(one, 'plain');
    await expectStatus(complete(plain, 'upload', made.uploadId, made.etags), 200);
    const whole = await plain({ method: 'GET', key: 'upload' });
    expect(whole.body.equals(Buffer.concat([noise(1024 ** 2, 30), noise(50, 31)]))).toBe(true);
    for (const key of textsOf((await plain({ method: 'GET' })).text, 'Key')) {
      await expectStatus(plain({ method: 'DELETE', key }), 204);
    }
    await one.stop();
    await cosette('doctor', '--data', dataOf('one'));
  });

  it('is, restored and saved again, the same row for row', async () => {
    await cosette('snapshot', 'restore', file('first'), '--data', dataOf('two'));
    await cosette('snapshot', 'save', file('second'), '--data', dataOf('two'));
    await cosette('snapshot', 'restore', file('second'), '--data', dataOf('three'));
    rowsOfFirst = await rowsIn(dataOf('two'));
    expect(rowsOfFirst.length).toBeGreaterThan(35);
    expect(await rowsIn(dataOf('three'))).toEqual(rowsOfFirst);
    // Fails unless every body is there, and no other.
    await cosette('doctor', '--data', dataOf('three'));
  });

  it('names no body in a place that the restore does not know', async () => {
    const dir = dataOf('refs');
    mkdirSync(join(place, 'refs'));
    cpSync(dataOf('two'), dir, { recursive: true });
    const store = await openLocalStore({ dir });
    const rows = [];
    for await (const row of rowsOf(store.meta, Buffer.from([0]), Buffer.from([0xff]))) rows.push(row);
    await store.close();
    const refs = rows.flatMap((row) => [...refsIn(row.key, row.value), ...(row.blob === undefined ? [] : [row.blob])]);
    expect(refs.length).toBeGreaterThan(20);
    for (const { key, value } of rows) {
      const known = mapRefs(key, value, () => Buffer.alloc(0));
      for (const ref of refs) expect(known.includes(ref), key.toString('latin1')).toBe(false);
    }
  });

  it('is of one moment while a writer is at work, who does not wait', async () => {
    const busy = await makeBucket(server, 'busy');
    let written = -1;
    let worstMs = 0;
    let goOn = true;
    const writer = (async () => {
      while (goOn || written < 0) {
        const startedAt = performance.now();
        // Each round: first the counter's new state, then an object of that number; older ones go.
        await put(busy, 'counter', String(written + 1));
        await put(busy, `n/${String(written + 1).padStart(6, '0')}`, noise(3_000, written + 1));
        written += 1;
        if (written >= 20) {
          await busy({ method: 'DELETE', key: `n/${String(written - 20).padStart(6, '0')}` });
        }
        worstMs = Math.max(worstMs, performance.now() - startedAt);
      }
    })();
    while (written < 40) await new Promise((resolve) => setTimeout(resolve, 10));
    const before = written;
    await cosette('snapshot', 'save', file('busy'), '--ready-file', readyFile());
    const after = written;
    goOn = false;
    await writer;
    expect(after).toBeGreaterThan(before);
    expect(worstMs).toBeLessThan(5_000);
    await cosette('snapshot', 'restore', file('busy'), '--data', dataOf('busy'));
    const other = await start('busy');
    const send = clientOf(other, 'busy');
    const counter = Number((await send({ method: 'GET', key: 'counter' })).text);
    expect(counter).toBeGreaterThanOrEqual(before);
    expect(counter).toBeLessThanOrEqual(after + 1);
    const keys = textsOf((await send({ method: 'GET', query: { prefix: 'n/' } })).text, 'Key');
    const newest = Number(keys.at(-1)?.slice(2));
    expect([counter, counter - 1]).toContain(newest);
    for (const [at, key] of keys.entries()) {
      const number = Number(key.slice(2));
      expect(number).toBe(newest - keys.length + 1 + at);
      expect((await send({ method: 'GET', key })).body.equals(noise(3_000, number))).toBe(true);
    }
    expect(keys.length).toBeGreaterThanOrEqual(19);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('goes with the client (%s), and the next one can be made', async (signal) => {
    // It has to last long enough to be met.
    const busy = await makeBucket(server, `long-${signal.toLowerCase()}`);
    await put(busy, 'long', randomBytes(48 * 1024 ** 2));
    const args = ['dist/cli/main.js', 'snapshot', 'save', file(signal), '--ready-file', readyFile()];
    const env = { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY };
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const partial = `${file(signal)}.partial`;
    while (!existsSync(partial) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 2));
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 1 : null);
    expect(existsSync(file(signal))).toBe(false);
    expect(existsSync(partial)).toBe(signal === 'SIGKILL');
    await expectStatus(busy({ method: 'DELETE', key: 'long' }), 204);
    await eventually(
      () => failureOf('snapshot', 'save', file(signal), '--ready-file', readyFile()),
      (failure) => failure === '',
    );
    expect(existsSync(partial)).toBe(false);
  });
});

describe('the file', () => {
  it('is not replaced without --force', async () => {
    writeFileSync(file('mine'), 'mine');
    expect(await failureOf('snapshot', 'save', file('mine'), '--ready-file', readyFile())).toContain('--force');
    expect(readFileSync(file('mine'), 'utf8')).toBe('mine');
    await cosette('snapshot', 'save', file('mine'), '--ready-file', readyFile(), '--force');
    expect(readFileSync(file('mine'), 'latin1')).toMatch(/^CosetteSnapshot\n/);
  });

  it('is refused when it is cut, damaged or another one, and leaves no folder behind', async () => {
    const whole = readFileSync(file('first'));
    const flipped = Buffer.from(whole);
    flipped[whole.length >> 1]! ^= 4;
    for (const [bytes, message] of [
      [whole.subarray(0, whole.length - 100), /ends at byte \d+, before its end/],
      [flipped, /is damaged at byte \d+: use another copy/],
      [Buffer.from('something else'), /no snapshot of Cosette/],
    ] as const) {
      writeFileSync(file('broken'), bytes);
      expect(await failureOf('snapshot', 'restore', file('broken'), '--data', folder('none/data'))).toMatch(message);
      expect(existsSync(folder('none'))).toBe(false);
      mkdirSync(folder('empty'), { recursive: true });
      expect(await failureOf('snapshot', 'restore', file('broken'), '--data', folder('empty'))).toMatch(message);
      expect(readdirSync(folder('empty'))).toEqual([]);
    }
  });

  it('goes into an empty folder; --force replaces a data folder, and nothing else', async () => {
    const restore = (dir: string, ...flags: string[]) =>
      failureOf('snapshot', 'restore', file('first'), '--data', dir, ...flags);
    expect(await restore(dataOf('two'))).toContain('is not empty');
    const before = readdirSync(dataOf('two')).sort();
    writeFileSync(file('broken'), 'x');
    expect(await failureOf('snapshot', 'restore', file('broken'), '--data', dataOf('two'), '--force')).not.toBe('');
    expect(readdirSync(dataOf('two')).sort()).toEqual(before);
    expect(await restore(dataOf('two'), '--force')).toBe('');
    expect(await rowsIn(dataOf('two'))).toEqual(rowsOfFirst);
    writeFileSync(join(dataOf('two'), 'notes.txt'), 'mine');
    expect(await restore(dataOf('two'), '--force')).toContain('notes.txt');
    expect(await restore(server.folder, '--force')).toContain('no data folder');
    expect(await restore(join(server.folder, 'data'), '--force')).toContain('in use');
  });

  it('may leave the keys out: what needs them is refused, the rest is there', async () => {
    await cosette('snapshot', 'save', file('bare'), '--ready-file', readyFile(), '--without-keys');
    const text = readFileSync(file('bare'), 'latin1');
    expect(text).not.toContain('secret.key');
    const { stdout } = await cosette('snapshot', 'restore', file('bare'), '--data', dataOf('bare'));
    expect(stdout).toContain('has no keys');
    const bare = await start('bare');
    const send = clientOf(bare, 'plain');
    expect((await send({ method: 'GET', key: 'small' })).text).toBe('five!');
    expect((await send({ method: 'GET', key: 'kms' })).status).toBeGreaterThanOrEqual(400);
    for (const guest of made.guests) expect((await asGuest(bare, guest, 'small')).status).toBe(403);
  });
});

describe('who may', () => {
  it('is the operator alone', async () => {
    const { host, path } = { host: `127.0.0.1:${server.port}`, path: '/_cosette/admin/v1/snapshot' };
    for (const as of [null, made.guests[0]!]) {
      expect((await sendAside(server, { method: 'GET', host, path, as })).status).toBe(403);
    }
  });
});
