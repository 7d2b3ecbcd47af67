/** Temporary keys as clients meet them: asked for over HTTPS, through a proxy and on a plain address, then used. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import COS from 'cos-nodejs-sdk-v5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fields, FORM, type StsAnswer, signedForm, tc3Headers } from '../../src/sts/fixture.ts';
import type { Sdk } from '../support/sdk.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const run = promisify(execFile);
const OWNER = '100000000001';
const Bucket = `temporary-${APPID}`;
const Region = REGION;
const CANONICAL = 'sts.tencentcloudapi.com';
const HOUR_S = 3_600;

/** As qcloud-cos-sts makes it, old form of the resource and principal included. */
const POLICY = JSON.stringify({
  version: '2.0',
  statement: [
    {
      action: ['name/cos:PutObject', 'name/cos:GetObject', 'name/cos:InitiateMultipartUpload'],
      effect: 'allow',
      principal: { qcs: '*' },
      resource: `qcs::cos:${REGION}:uid/${APPID}:prefix//${APPID}/temporary/up/*`,
    },
  ],
});
const federation: Fields = { Action: 'GetFederationToken', Name: 'cos-sts-nodejs', Policy: encodeURIComponent(POLICY) };
const now = () => Math.floor(Date.now() / 1000);

/** The CLI. */
async function cosette(server: ServerProcess, ...args: string[]): Promise<string> {
  const env = { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
  const all = [...args, '--ready-file', join(server.folder, 'ready.json')];
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', ...all], { env, timeout: 20_000 });
  return stdout;
}

interface Way {
  readonly port: number;
  /** With TLS, and whose certificates are trusted. */
  readonly ca?: string;
  /** Instead of a connection of its own. */
  readonly socket?: Socket;
  readonly host: string;
}

function post(way: Way, headers: readonly string[], body: string): Promise<StsAnswer> {
  const { port, ca, socket, host } = way;
  const fields: Record<string, string> = { Host: host, 'Content-Length': String(Buffer.byteLength(body)) };
  for (let i = 0; i + 1 < headers.length; i += 2) fields[headers[i]!] = headers[i + 1]!;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method: 'POST', path: '/', headers: fields, agent: false };
    const secure = {
      ...options,
      ca,
      servername: /^[a-z]/.test(host) ? host : '',
      ...(socket === undefined ? {} : { socket }),
    };
    const outgoing = ca === undefined ? httpRequest(options) : httpsRequest(secure);
    outgoing.on('error', reject).on('response', (incoming: IncomingMessage) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('end', () => {
        if (incoming.statusCode !== 200) reject(new Error(`${incoming.statusCode} ${text}`));
        else resolve((JSON.parse(text) as { Response: StsAnswer }).Response);
      });
    });
    outgoing.end(body);
  });
}

const askForm = (way: Way, fields: Fields, signedHost = way.host, key = SECRET_KEY) =>
  post(way, ['Content-Type', FORM], signedForm({ Timestamp: String(now()), ...fields }, key, 'POST', signedHost));

function tunnel(port: number, authority: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ host: '127.0.0.1', port, method: 'CONNECT', path: authority });
    outgoing.on('error', reject).on('connect', (answer, socket) => {
      if (answer.statusCode === 200) resolve(socket);
      else reject(new Error(`CONNECT: ${answer.statusCode}`));
    });
    outgoing.end();
  });
}

function sdkWith(server: ServerProcess, { Credentials }: StsAnswer): Sdk {
  const { TmpSecretId, TmpSecretKey, Token } = Credentials!;
  const pair = { SecretId: TmpSecretId, SecretKey: TmpSecretKey, SecurityToken: Token };
  return new COS({ ...pair, Protocol: 'http:', Ip: `127.0.0.1:${server.port}` } as COS.COSOptions) as unknown as Sdk;
}

const refusal = (status: number, code: string) => `${status} ${code}`;

const outcome = async (call: Promise<{ statusCode: number }>) => {
  try {
    return (await call).statusCode;
  } catch (error) {
    const { statusCode, code, error: inner } = error as { statusCode: number; code: string; error?: { Code?: string } };
    return `${statusCode} ${inner?.Code ?? code}`;
  }
};

let server: ServerProcess;
let secure: { readonly port: number; readonly ca: string };
let plain: Way;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--tls-port', '0', '--test-clock'] });
  const ready = JSON.parse(readFileSync(join(server.folder, 'ready.json'), 'utf8')) as { tls: { port: number } };
  secure = { port: ready.tls.port, ca: readFileSync(join(server.folder, 'data', 'tls', 'ca.crt'), 'utf8') };
  plain = { port: server.port, host: `127.0.0.1:${server.port}` };
  const root = { SecretId: SECRET_ID, SecretKey: SECRET_KEY, Protocol: 'http:', Ip: `127.0.0.1:${server.port}` };
  await new COS(root as COS.COSOptions).putBucket({ Bucket, Region });
});
afterAll(() => server.remove());

describe('the service', () => {
  it.each([
    CANONICAL,
    `sts.${REGION}.tencentcloudapi.com`,
    'sts.intl.tencentcloudapi.com',
    'sts.internal.tencentcloudapi.com',
  ])('answers over HTTPS as %s, directly and through CONNECT', async (host) => {
    expect(await askForm({ ...secure, host }, federation)).toHaveProperty('Credentials.Token');
    const socket = await tunnel(server.port, `${host}:443`);
    expect(await askForm({ ...secure, socket, host }, federation)).toHaveProperty('Credentials.Token');
  });

  it('answers where an SDK is pointed at an address, and signs that, its port, or the usual name', async () => {
    const host = `127.0.0.1:${secure.port}`;
    const byAddress = { ...secure, host };
    expect(await askForm(byAddress, federation)).toHaveProperty('Credentials.Token');
    expect(await askForm(byAddress, federation, CANONICAL)).toHaveProperty('Credentials.Token');
    expect(await askForm(plain, federation)).toHaveProperty('Credentials.Token');
    expect(await askForm(plain, federation, '127.0.0.1')).toMatchObject({
      Error: { Code: 'AuthFailure.SignatureFailure' },
    });
  });

  it('answers TC3', async () => {
    const body = JSON.stringify({ Name: 'demo', Policy: encodeURIComponent(POLICY), DurationSeconds: 60 });
    const { host } = plain;
    const answer = await post(plain, tc3Headers('GetFederationToken', body, { timestamp: now(), host }), body);
    expect(answer).toHaveProperty('Credentials.Token');
    const late = tc3Headers('GetFederationToken', body, { timestamp: now() - 301, host });
    expect(await post(plain, late, body)).toMatchObject({ Error: { Code: 'AuthFailure.SignatureExpire' } });
  });
});

describe('a temporary key', () => {
  it('may do what its policy says and no more', async () => {
    const sdk = sdkWith(server, await askForm(plain, federation));
    expect(await outcome(sdk.putObject({ Bucket, Region, Key: 'up/a', Body: 'x' }))).toBe(200);
    expect(await outcome(sdk.getObject({ Bucket, Region, Key: 'up/a' }))).toBe(200);
    expect(await outcome(sdk.putObject({ Bucket, Region, Key: 'elsewhere', Body: 'x' }))).toBe('403 AccessDenied');
    expect(await outcome(sdk.deleteObject({ Bucket, Region, Key: 'up/a' }))).toBe('403 AccessDenied');
  });

  it('is no key without its token, or with another', async () => {
    const answer = await askForm(plain, federation);
    const { TmpSecretId, TmpSecretKey, Token } = answer.Credentials!;
    for (const other of ['', `${Token.slice(0, -2)}AA`]) {
      const sdk = sdkWith(server, { Credentials: { TmpSecretId, TmpSecretKey, Token: other } });
      const put = sdk.putObject({ Bucket, Region, Key: 'up/a', Body: 'x' });
      expect(await outcome(put)).toBe('403 InvalidAccessKeyId');
    }
  });

  it('comes from a role, has its rights, and is gone with it', async () => {
    const text = { version: '2.0', statement: { effect: 'allow', action: 'name/cos:PutObject', resource: '*' } };
    const file = join(server.folder, 'policy.json');
    writeFileSync(file, JSON.stringify(text));
    await cosette(server, 'policy', 'create', 'uploads', file);
    await cosette(server, 'role', 'create', 'uploader', `qcs::cam::uin/${OWNER}:root`);
    await cosette(server, 'role', 'attach', 'uploader', 'uploads');
    const RoleArn = `qcs::cam::uin/${OWNER}:roleName/uploader`;
    const assuming = { Action: 'AssumeRole', RoleSessionName: 'cos-sts-nodejs', RoleArn, Policy: 'undefined' };
    const sdk = sdkWith(server, await askForm(plain, assuming));
    const put = () => outcome(sdk.putObject({ Bucket, Region, Key: 'anywhere', Body: 'x' }));
    expect(await put()).toBe(200);
    expect(await outcome(sdk.getObject({ Bucket, Region, Key: 'anywhere' }))).toBe('403 AccessDenied');
    await cosette(server, 'role', 'delete', 'uploader');
    expect(await put()).toBe('403 InvalidAccessKeyId');
  });

  it('expires when its time has come', async () => {
    const sdk = sdkWith(server, await askForm(plain, { ...federation, DurationSeconds: String(HOUR_S) }));
    const put = () => outcome(sdk.putObject({ Bucket, Region, Key: 'up/late', Body: 'x' }));
    expect(await put()).toBe(200);
    try {
      expect(await cosette(server, 'clock', 'advance', '59min')).toContain("59 min ahead of the system's time");
      expect(await put()).toBe(200);
      await cosette(server, 'clock', 'advance', '1min');
      expect(await put()).toBe(refusal(403, 'ExpiredToken'));
    } finally {
      await cosette(server, 'clock', 'resume');
    }
    expect(await put()).toBe(200);
  });
});

describe('the test clock', () => {
  it('is announced, shown, set and let go', async () => {
    expect(server.output()).toContain('TEST CLOCK');
    expect(await cosette(server, 'clock', 'show')).toContain("(the system's time)");
    const set = JSON.parse(await cosette(server, 'clock', 'set', '2040-01-31T12:00:00Z', '--json')) as { now: string };
    expect(set.now).toMatch(/^2040-01-31T12:00:0/);
    expect(await cosette(server, 'clock', 'show')).toMatch(/^2040-01-31T12:00:.*ahead of/);
    expect(await cosette(server, 'clock', 'resume')).toContain("(the system's time)");
  });

  it('does not move where the server was not started for it', async () => {
    const other = await startServerProcess();
    try {
      expect(other.output()).not.toContain('TEST CLOCK');
      expect(await cosette(other, 'clock', 'show')).toContain('--test-clock');
      await expect(cosette(other, 'clock', 'advance', '1h')).rejects.toThrow(/started with --test-clock/);
    } finally {
      await other.remove();
    }
  });
});
