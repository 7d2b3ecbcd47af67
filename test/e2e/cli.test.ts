/** The command as a user runs it: exit codes, what it prints, signals, the data folder's errors. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import COS from 'cos-nodejs-sdk-v5';
import { afterEach, describe, expect, it } from 'vitest';
import { REGION, SECRET_ID, SECRET_KEY } from '../support/server-process.ts';

const KEYS = { COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY };

interface Run {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0).reverse()) cleanUp();
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cosette-cli-'));
  cleanUps.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function cosette(args: readonly string[], env: Record<string, string> = {}): Run {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('COSETTE_')));
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { env: { ...clean, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  cleanUps.push(() => child.kill('SIGKILL'));
  return {
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

interface Ready {
  readonly pid: number;
  readonly port: number;
  readonly secretId: string;
  readonly [name: string]: unknown;
}

/** Starts `serve` on a free port and waits until it is ready. */
async function serve(dir: string, args: readonly string[] = [], env: Record<string, string> = {}) {
  const readyFile = join(dir, 'ready.json');
  const flags = ['--data', join(dir, 'data'), '--port', '0', '--ready-file', readyFile];
  const run = cosette(['serve', ...flags, ...args], env);
  // The banner is written before the file, yet may reach this process after it.
  for (let tries = 0; !existsSync(readyFile) || run.stdout() === ''; tries += 1) {
    if (tries > 1_000) throw new Error(`not ready: ${run.stdout()}${run.stderr()}`);
    const over = await Promise.race([run.ended.then(() => true), pause(20).then(() => false)]);
    if (over) throw new Error(`ended: ${run.stdout()}${run.stderr()}`);
  }
  return { run, readyFile, ready: JSON.parse(readFileSync(readyFile, 'utf8')) as Ready };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function status(port: number, page: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/_cosette/${page}`)).status;
}

describe('cosette', () => {
  it('says its version and refuses what it does not know', async () => {
    const version = cosette(['--version']);
    expect(await version.ended).toBe(0);
    expect(version.stdout()).toMatch(/^\d+\.\d+\.\d+\n$/);
    const wrong = cosette(['serve', '--prot', '1']);
    expect(await wrong.ended).toBe(2);
    expect(wrong.stderr()).toContain("unknown option '--prot'");
    const value = cosette(['serve', '--port', '70000'], { COSETTE_REGION: 'Nowhere' });
    expect(await value.ended).toBe(1);
    expect(value.stderr()).toContain('port = 70000 (flag --port) must be a whole number from 0 to 65535');
    expect(value.stderr()).toContain('region = Nowhere (environment variable COSETTE_REGION)');
  });

  it('prints configuration and keys', async () => {
    const dir = folder();
    const config = cosette(['config', '--port', '1'], {
      COSETTE_SECRET_ID: 'AKIDx123',
      COSETTE_SECRET_KEY: 'verysecret',
    });
    expect(await config.ended).toBe(0);
    expect(config.stdout()).toContain('port = 1 (flag --port)\n');
    expect(config.stdout()).not.toContain('verysecret');
    const first = cosette(['key', 'show', '--data', dir]);
    expect(await first.ended).toBe(0);
    expect(first.stdout()).toMatch(
      /^COSETTE_SECRET_ID=AKID\w{32}\nCOSETTE_SECRET_KEY=\w{32}\nCOSETTE_APPID=1250000000\n/,
    );
    const again = cosette(['key', 'show', '--data', dir]);
    await again.ended;
    expect(again.stdout()).toBe(first.stdout());
  });
});

describe('cosette serve', () => {
  it('tells where it is, is healthy, and stops on SIGTERM with 0', async () => {
    const dir = folder();
    const { run, ready, readyFile } = await serve(dir);
    const stored = JSON.parse(readFileSync(join(dir, 'data', 'credentials.json'), 'utf8')) as Record<string, string>;
    expect(ready).toMatchObject({
      pid: run.pid,
      region: 'ap-guangzhou',
      dataDir: join(dir, 'data'),
      appid: '1250000000',
    });
    expect(ready.secretId).toBe(stored['secretId']);
    expect(readFileSync(readyFile, 'utf8')).not.toContain(stored['secretKey']);
    expect(run.stdout()).toContain(`http://127.0.0.1:${ready.port}`);
    expect(run.stdout()).toContain(stored['secretKey']);
    expect(await status(ready.port, 'health/live')).toBe(200);
    expect(await status(ready.port, 'health/ready')).toBe(200);
    run.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(existsSync(readyFile)).toBe(false);
    const second = await serve(dir, ['--durability', 'relaxed']);
    expect(second.ready.secretId).toBe(stored['secretId']);
    expect(second.run.stdout()).not.toContain(stored['secretKey']);
    expect(second.run.stdout()).toContain('RELAXED');
    second.run.kill('SIGINT');
    expect(await second.run.ended).toBe(0);
  });

  it('lets a running request finish', async () => {
    const { run, ready } = await serve(folder(), [], KEYS);
    const cos = client(ready.port);
    const place = { Bucket: 'drain-1250000000', Region: REGION };
    await cos.putBucket(place);
    const socket = await opened(ready.port);
    socket.write(signedPut(cos, { ...place, Key: 'k' }, 'Content-Length: 5\r\n\r\nab'));
    await pause(300);
    run.kill('SIGTERM');
    await pause(300);
    const answer = received(socket);
    socket.write('cde');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(await run.ended).toBe(0);
  });

  it('ends at once on a second signal', async () => {
    const { run, ready } = await serve(folder(), ['--drain-ms', '60s'], KEYS);
    const cos = client(ready.port);
    const place = { Bucket: 'drain-1250000000', Region: REGION };
    await cos.putBucket(place);
    const socket = await opened(ready.port);
    socket.write(signedPut(cos, { ...place, Key: 'k' }, 'Content-Length: 5\r\n\r\nab'));
    await pause(300);
    run.kill('SIGTERM');
    await pause(300);
    run.kill('SIGTERM');
    expect(await run.ended).toBe(143);
  });

  it('writes one access line a request, without secrets', async () => {
    const dir = folder();
    const file = join(dir, 'access.log');
    const { run, ready } = await serve(dir, ['--log-access-file', file]);
    const path = '/k?q-sign-algorithm=sha1&q-ak=AKIDnone&q-signature=0123456789abcdef&x-cos-security-token=tok987';
    const answer = await fetch(`http://127.0.0.1:${ready.port}/b-1250000000${path}`);
    const requestId = answer.headers.get('x-cos-request-id');
    await answer.text();
    run.kill('SIGTERM');
    await run.ended;
    const text = readFileSync(file, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ requestId, method: 'GET', bucket: 'b-1250000000', status: answer.status });
    expect(lines[0]?.['code']).toBeTypeOf('string');
    expect(lines[0]?.['ms']).toBeTypeOf('number');
    for (const secret of ['0123456789abcdef', 'tok987']) expect(text + run.stderr()).not.toContain(secret);
  });

  it('says in one line what stands in its way', async () => {
    const dir = folder();
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => taken.close());
    const { port } = taken.address() as { port: number };
    const blocked = join(dir, 'file');
    writeFileSync(blocked, '');
    const newer = join(dir, 'newer');
    mkdirSync(newer);
    writeFileSync(join(newer, 'FORMAT'), '{"format":999}\n');
    const badKeys = join(dir, 'keys');
    mkdirSync(badKeys);
    writeFileSync(join(badKeys, 'credentials.json'), '{');
    const locked = join(dir, 'locked');
    const holder = await serve(locked);
    const cases: [string[], RegExp][] = [
      [
        ['--data', join(dir, 'a'), '--port', String(port)],
        new RegExp(`127\\.0\\.0\\.1 port ${port} is in use.*--port`),
      ],
      [['--data', join(blocked, 'x'), '--port', '0'], /file.*--data/],
      [['--data', newer, '--port', '0'], /999/],
      [['--data', badKeys, '--port', '0'], /credentials\.json cannot be used: it is not valid JSON/],
      [['--data', join(locked, 'data'), '--port', '0'], new RegExp(`${holder.run.pid}.*--data`)],
      [['--config', join(dir, 'none.json')], /none\.json.*cannot be read/s],
    ];
    for (const [flags, wanted] of cases) {
      const run = cosette(['serve', '--log-level', 'error', ...flags]);
      expect(await run.ended, run.stderr()).toBe(1);
      expect(run.stderr()).toMatch(wanted);
      expect(run.stderr(), 'a stack').not.toContain('    at ');
      expect(run.stdout()).toBe('');
    }
    holder.run.kill('SIGTERM');
    await holder.run.ended;
  });
});

function client(port: number): COS {
  const options = { SecretId: SECRET_ID, SecretKey: SECRET_KEY, Protocol: 'http:', Ip: `127.0.0.1:${port}` };
  return new COS(options as COS.COSOptions);
}

/** The bytes of a signed PUT up to and with `rest`: further headers, a blank line, a piece of the body. */
function signedPut(cos: COS, place: { Bucket: string; Region: string; Key: string }, rest: string): string {
  const { Bucket, Region, Key } = place;
  const url = cos.getObjectUrl({ Bucket, Region, Key, Method: 'PUT', Sign: true, Protocol: 'http:' }, () => undefined);
  const [, host = '', target = ''] = /^http:\/\/([^/]+)(.*)$/.exec(url) ?? [];
  return `PUT ${target} HTTP/1.1\r\nHost: ${host}\r\n${rest}`;
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
    cleanUps.push(() => socket.destroy());
  });
}

function received(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (text.includes('\r\n\r\n')) resolve(text);
    });
    socket.once('close', () => resolve(text));
  });
}
