/** `cosette explain` and the audit log, on a running server. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization, type SignInput } from '../../src/cos/signature/sign.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const run = promisify(execFile);
const HOST = `explain-${APPID}.cos.${REGION}.myqcloud.com`;
const OPERATOR = { COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
const TOKEN = 'notAtokenOfThisServer';

let server: ServerProcess;
let auditFile: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cosette-explain-'));
  auditFile = join(folder, 'audit.log');
  server = await startServerProcess({ folder, flags: ['--audit-file', auditFile] });
});
afterAll(() => server.remove());

async function cosette(...args: string[]): Promise<string> {
  const all = ['dist/cli/main.js', ...args, '--ready-file', join(server.folder, 'ready.json')];
  return (await run(process.execPath, all, { env: { ...process.env, ...OPERATOR } })).stdout;
}

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the client signs; undefined: nothing. */
  readonly signed?: Partial<SignInput> | undefined;
}

function send({ method = 'GET', path, headers = {}, signed }: Sent): Promise<{ status: number; requestId: string }> {
  const from = Math.floor(Date.now() / 1_000) - 1;
  const input = { secretId: SECRET_ID, secretKey: SECRET_KEY, method, path, from, to: from + 600, ...signed };
  const all = {
    host: HOST,
    ...headers,
    ...(signed === undefined ? {} : { authorization: authorization({ headers: [['host', HOST]], ...input }) }),
    'content-length': '0',
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, method, path, headers: all, agent: false },
      (answer) => {
        answer.resume();
        const requestId = String(answer.headers['x-cos-request-id']);
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, requestId }));
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

describe('cosette explain', () => {
  it('proves what a client did wrong, and shows no secret', async () => {
    await send({ method: 'PUT', path: '/', signed: {} });
    const signed = {
      headers: [
        ['host', `${HOST}:8080`],
        ['x-cos-security-token', TOKEN],
      ] as [string, string][],
    };
    const { status, requestId } = await send({ path: '/k', headers: { 'x-cos-security-token': TOKEN }, signed });
    expect(status).toBe(403);
    const text = await cosette('explain', requestId);
    expect(text).toContain(`PROVEN  The client signed the host ${HOST}:8080; the request arrived for ${HOST}.`);
    expect(text).toContain('FormatString of the server');
    expect(text).toContain('x-cos-security-token=***');
    const json = JSON.parse(await cosette('explain', requestId, '--json')) as Record<string, unknown>;
    expect(json).toMatchObject({
      request: { code: 'SignatureDoesNotMatch', requestId },
      findings: [{ certainty: 'proven' }],
    });
    for (const secret of [TOKEN, SECRET_KEY]) expect(text + JSON.stringify(json)).not.toContain(secret);
  });

  it('tells of rights, clocks and keys, and lists the latest', async () => {
    const anonymous = await send({ path: '/k' });
    const anonymousText = await cosette('explain', anonymous.requestId);
    expect(anonymousText).toContain('name/cos:GetObject');
    expect(anonymousText).toContain(`qcs::cos:${REGION}:uid/${APPID}:explain-${APPID}/k`);
    const late = await send({ path: '/k', signed: { from: 1_700_000_000, to: 1_700_000_600 } });
    expect(await cosette('explain', late.requestId)).toMatch(
      /FACT {2}The signature ended \d+ s before the server's time/,
    );
    const unknown = await send({ path: '/k', signed: { secretId: SECRET_ID.slice(0, -1) } });
    expect(await cosette('explain', unknown.requestId)).toContain('in one character, or was cut');
    const list = (await cosette('explain', '--last', '3')).trim().split('\n');
    expect(list).toHaveLength(4);
    expect(list[1]).toContain(unknown.requestId);
    expect(list[3]).toContain(anonymous.requestId);
    const missing = await send({ path: '/missing', signed: {} });
    expect(missing.status).toBe(404);
    expect(await cosette('explain', '--last', '1')).not.toContain(missing.requestId);
    expect(await cosette('explain', '--last', '1', '--all')).toContain(missing.requestId);
    expect(await cosette('explain', missing.requestId)).toContain('404 NoSuchKey');
  });

  it('is for the operator, and says what it does not know', async () => {
    await expect(cosette('explain', 'bm9ib2R5')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No refused request with this RequestId'),
    });
    await expect(cosette('explain', '--last', '0')).rejects.toMatchObject({ code: 2 });
    const account = JSON.parse(await cosette('account', 'create', 'second', '--json')) as { uin: string };
    const key = JSON.parse(await cosette('key', 'create', '--account', account.uin, '--json')) as {
      secretId: string;
      secretKey: string;
    };
    const path = '/_cosette/admin/v1/requests';
    const host = `127.0.0.1:${server.port}`;
    const asOther = await send({ path, headers: { host }, signed: { ...key, headers: [['host', host]] } });
    expect(asOther.status).toBe(403);
    expect((await send({ path, headers: { host }, signed: { headers: [['host', host]] } })).status).toBe(200);
    expect((await send({ path, headers: { host } })).status).toBe(403);
  });
});

describe('the audit log', () => {
  const lines = (file = auditFile) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as Record<string, unknown>);
  async function lineOf(requestId: string, file = auditFile): Promise<Record<string, unknown> | undefined> {
    for (let tries = 0; tries < 40; tries += 1) {
      const found = lines(file).find((line) => line['requestId'] === requestId);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return undefined;
  }

  it('has one line for each change, refusal and admin call, and none for what was only read', async () => {
    const changed = await send({ method: 'PUT', path: '/a', signed: {} });
    const read = await send({ path: '/a', signed: {} });
    const refused = await send({ path: '/a' });
    expect(await lineOf(changed.requestId)).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      ...{ requestId: changed.requestId, remote: '127.0.0.1', secure: false, method: 'PUT', operation: 'PutObject' },
      ...{ bucket: `explain-${APPID}`, key: 'a', account: APPID, ownerUin: '100000000001', uin: '100000000001' },
      ...{ secretId: SECRET_ID, status: 200, rule: 'owner' },
    });
    expect(await lineOf(refused.requestId)).toMatchObject({
      status: 403,
      code: 'AccessDenied',
      rule: expect.any(String),
    });
    expect(lines().some((line) => line['requestId'] === read.requestId)).toBe(false);
    expect(lines().some((line) => line['operation'] === 'admin:POST accounts' && line['secretId'] === SECRET_ID)).toBe(
      true,
    );
    expect(statSync(auditFile).mode & 0o777).toBe(0o600);
    for (const secret of [SECRET_KEY, TOKEN, 'q-signature'])
      expect(readFileSync(auditFile, 'utf8')).not.toContain(secret);
  });

  it('is opened again on SIGHUP', async () => {
    renameSync(auditFile, `${auditFile}.1`);
    process.kill(server.pid, 'SIGHUP');
    await expect.poll(() => readFileSync(auditFile, 'utf8')).toBe('');
    const { requestId } = await send({ method: 'PUT', path: '/b', signed: {} });
    expect(await lineOf(requestId)).toMatchObject({ key: 'b' });
    expect(lines(`${auditFile}.1`).some((line) => line['key'] === 'b')).toBe(false);
  });
});
