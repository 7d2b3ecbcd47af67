/** Identities of a running server, managed with the commands: what they may takes effect at once and survives. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization } from '../../src/cos/signature/sign.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../support/server-process.ts';

interface Pair {
  readonly secretId: string;
  readonly secretKey: string;
}

const run = promisify(execFile);
const HOST = `identities-${APPID}.cos.${REGION}.myqcloud.com`;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server.remove());

/** The account comes from the data folder, as for an operator on the machine; its pair from the settings. */
async function cosette(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', ...args, '--ready-file', readyFile()], {
    env: { ...process.env, ...OPERATOR_ENV },
  });
  return stdout;
}

const OPERATOR_ENV = {
  COSETTE_SECRET_ID: 'AKIDEXAMPLEexampleEXAMPLEexample0001',
  COSETTE_SECRET_KEY: 'exampleSecretKeyForCosSpec000001',
  COSETTE_APPID: APPID,
};
const readyFile = () => join(server.folder, 'ready.json');
const json = async <T>(...args: string[]): Promise<T> => JSON.parse(await cosette(...args, '--json')) as T;

/** @returns the one line that a command fails with */
async function failure(...args: string[]): Promise<string> {
  const outcome = await cosette(...args).then(
    (stdout) => ({ code: 0, stderr: stdout }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(outcome.code).toBe(1);
  return outcome.stderr;
}

/** A signed request to the bucket. */
function send(
  pair: Pair,
  method: string,
  path: string,
  body = '',
): Promise<{ status: number; code: string | undefined }> {
  const from = Math.floor(Date.now() / 1_000) - 1;
  const signature = authorization({ ...pair, method, path, headers: [['host', HOST]], from, to: from + 600 });
  const headers = { host: HOST, authorization: signature, 'content-length': String(body.length) };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, method, path, headers, agent: false };
    const outgoing = request(options, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, code: /<Code>(\w+)</.exec(text)?.[1] }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const OPERATOR: Pair = { secretId: OPERATOR_ENV.COSETTE_SECRET_ID, secretKey: OPERATOR_ENV.COSETTE_SECRET_KEY };

/** ms until requests of a pair are answered with this status */
async function within(pair: Pair, status: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const answer = await send(pair, 'GET', '/k');
    if (answer.status === status || performance.now() - start > 5_000) {
      expect(answer.status).toBe(status);
      return performance.now() - start;
    }
  }
}

describe('a user', () => {
  let anna: Pair;

  it('gets a key pair, which is shown once and kept sealed', async () => {
    expect((await send(OPERATOR, 'PUT', '/')).status).toBe(200);
    expect((await send(OPERATOR, 'PUT', '/k', 'hello')).status).toBe(200);
    expect(await cosette('user', 'create', 'anna')).toMatch(/^NAME +anna\nUIN +1\d{11}\n/);
    const text = await cosette('key', 'create', '--user', 'anna');
    const [, secretId = '', secretKey = ''] =
      /^COSETTE_SECRET_ID=(AKID\w{32})\nCOSETTE_SECRET_KEY=(\w{32})\n$/.exec(text) ?? [];
    anna = { secretId, secretKey };
    expect(await cosette('key', 'list')).toMatch(new RegExp(`${secretId} +anna +yes`));
    expect(await cosette('key', 'list', '--json')).not.toContain(secretKey);
    for (const file of filesBelow(join(server.folder, 'data')))
      expect(readFileSync(file).includes(secretKey), file).toBe(false);
    expect(server.output()).not.toContain(secretKey);
  });

  it('may nothing, until a policy says so', async () => {
    expect(await send(anna, 'GET', '/k')).toEqual({ status: 403, code: 'AccessDenied' });
    const file = join(server.folder, 'policy.json');
    const action = ['name/cos:GetObject', 'name/cos:HeadObject'];
    const resource = `qcs::cos:${REGION}:uid/${APPID}:identities-${APPID}/*`;
    writeFileSync(file, JSON.stringify({ version: '2.0', statement: [{ effect: 'allow', action, resource }] }));
    await cosette('policy', 'create', 'readers', file);
    await cosette('user', 'attach', 'anna', 'readers');
    expect(await within(anna, 200)).toBeLessThan(1_000);
    expect(await send(anna, 'PUT', '/k', 'x')).toEqual({ status: 403, code: 'AccessDenied' });
    await cosette('user', 'detach', 'anna', 'readers');
    expect(await within(anna, 403)).toBeLessThan(1_000);
    await cosette('group', 'create', 'all');
    await cosette('group', 'attach', 'all', 'QcloudCOSDataReadOnly');
    await cosette('group', 'add', 'all', 'anna');
    expect(await within(anna, 200)).toBeLessThan(1_000);
  });

  it('is refused within a second when its key or itself is disabled', async () => {
    await cosette('key', 'disable', anna.secretId);
    expect(await within(anna, 403)).toBeLessThan(1_000);
    expect(await send(anna, 'GET', '/k')).toEqual({ status: 403, code: 'InvalidAccessKeyId' });
    await cosette('key', 'enable', anna.secretId);
    expect(await within(anna, 200)).toBeLessThan(1_000);
    await cosette('user', 'disable', 'anna');
    expect(await send(anna, 'GET', '/k')).toEqual({ status: 403, code: 'InvalidAccessKeyId' });
    await cosette('user', 'enable', 'anna');
    expect(await within(anna, 200)).toBeLessThan(1_000);
  });

  it('has two key pairs at most', async () => {
    await cosette('key', 'create', '--user', 'anna');
    expect(await failure('key', 'create', '--user', 'anna')).toBe(
      'cosette: There are at most 2 key pairs: delete one first.\n',
    );
  });

  it('outlives a restart, and a crash', async () => {
    const users = await json<unknown[]>('user', 'list');
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const { folder } = server;
      await server.stop(signal);
      server = await startServerProcess({ folder });
      expect((await send(anna, 'GET', '/k')).status).toBe(200);
      expect(await json('user', 'list')).toEqual(users);
    }
  });

  it('goes with its keys', async () => {
    await cosette('user', 'delete', 'anna');
    expect(await send(anna, 'GET', '/k')).toEqual({ status: 403, code: 'InvalidAccessKeyId' });
    expect(await cosette('user', 'list')).toBe('No users: cosette user create makes one.\n');
    expect(await json<unknown[]>('key', 'list')).toHaveLength(1);
  });
});

describe('an account', () => {
  it('has buckets of its own and manages its own users', async () => {
    const { uin, appid } = await json<{ uin: string; appid: string }>('account', 'create', 'other');
    const root = await json<Pair>('key', 'create', '--account', 'other');
    expect(await send(root, 'GET', '/k')).toEqual({ status: 403, code: 'AccessDenied' });
    const asRoot = { COSETTE_SECRET_ID: root.secretId, COSETTE_SECRET_KEY: root.secretKey };
    const flags = ['--ready-file', readyFile(), '--json'];
    const as = async (...args: string[]) => {
      const env = { ...process.env, ...asRoot };
      return JSON.parse((await run(process.execPath, ['dist/cli/main.js', ...args, ...flags], { env })).stdout);
    };
    await as('user', 'create', 'zoe');
    expect(await as('user', 'list')).toMatchObject([{ name: 'zoe' }]);
    await expect(as('account', 'list')).rejects.toMatchObject({ code: 1 });
    expect(await json('user', 'list')).toEqual([]);
    expect(await cosette('account', 'list')).toMatch(new RegExp(`${uin} +${appid} +other`));
    expect(await failure('account', 'delete', 'other')).toBe(`cosette: Account ${uin} has users: delete them first.\n`);
    await as('user', 'delete', 'zoe');
    await cosette('account', 'delete', 'other');
    expect(await send(root, 'GET', '/k')).toEqual({ status: 403, code: 'InvalidAccessKeyId' });
  });
});

describe('commands', () => {
  it('say what to do where no server answers', async () => {
    const stopped = join(server.folder, 'stopped.json');
    const ready = JSON.parse(readFileSync(readyFile(), 'utf8')) as object;
    writeFileSync(stopped, JSON.stringify({ ...ready, addresses: [{ host: '127.0.0.1', port: 1 }] }));
    const args = ['dist/cli/main.js', 'user', 'list', '--ready-file', stopped];
    const failed = await run(process.execPath, args, { env: { ...process.env, ...OPERATOR_ENV } }).catch(
      (error) => error,
    );
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.stderr).toMatch(/^cosette: no server answers at 127\.0\.0\.1:1: start it with `cosette serve`.*\n$/);
    const nowhere = join(server.folder, 'nowhere');
    const env = { ...process.env, COSETTE_SECRET_ID: '', COSETTE_SECRET_KEY: '' };
    const keyless = await run(process.execPath, ['dist/cli/main.js', 'user', 'list', '--data', nowhere], { env }).catch(
      (error) => error,
    );
    expect(keyless.stderr).toContain(`there is no key pair in ${nowhere}`);
    rmSync(stopped);
  });

  it('tell what the server refuses', async () => {
    expect(await failure('user', 'show', 'nobody')).toBe('cosette: There is no user "nobody".\n');
    const file = join(server.folder, 'bad.json');
    writeFileSync(file, '{"version":"2.0","statement":[{"effect":"perhaps"}]}');
    expect(await failure('policy', 'create', 'bad', file)).toMatch(/^cosette: The policy cannot be used: /);
  });

  it('manage roles', async () => {
    await cosette('role', 'create', 'uploader', 'qcs::cam::uin/100000000001:root', '--max-session', '900');
    await cosette('role', 'attach', 'uploader', 'QcloudCOSDataWriteOnly');
    expect(await cosette('role', 'show', 'uploader')).toMatch(/MAX SESSION +900/);
    await cosette('role', 'delete', 'uploader');
  });
});

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
