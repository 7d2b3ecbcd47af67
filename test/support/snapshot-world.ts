/** A server that holds something of every kind, and all that clients can see of it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { authorization } from '../../src/cos/signature/sign.ts';
import { type StsAnswer, tc3Headers } from '../../src/sts/fixture.ts';
import {
  expectStatus,
  initiate,
  makeBucket,
  md5Base64,
  put,
  putParts,
  setVersioning,
  textOf,
  uploadPart,
} from './buckets.ts';
import { type Answer, clientOf, type Send } from './http.ts';
import { APPID, REGION, SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';
import { sendAside } from './side-host.ts';

const run = promisify(execFile);
const MIB = 1024 ** 2;
const SSE = 'x-cos-server-side-encryption';
const CUSTOMER_KEY = Buffer.from('0123456789ABCDEF0123456789ABCDEF');
export const CUSTOMER = {
  [`${SSE}-customer-algorithm`]: 'AES256',
  [`${SSE}-customer-key`]: CUSTOMER_KEY.toString('base64'),
  [`${SSE}-customer-key-MD5`]: md5Base64(CUSTOMER_KEY),
};

/** Who may read, and with what. */
export interface Guest {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string;
}

export interface Made {
  /** An upload that is not finished, of the object `upload`, with two parts. */
  readonly uploadId: string;
  readonly etags: readonly string[];
  /** A user with a key pair of its own, and temporary keys. */
  readonly guests: readonly Guest[];
}

/** Bytes that do not shrink. */
export function noise(length: number, seed: number): Buffer {
  const out = Buffer.alloc(length);
  for (let at = 0, block = 0; at < length; at += 32, block += 1) {
    createHash('sha256').update(`${seed} ${block}`).digest().copy(out, at);
  }
  return out;
}

/** The command, as the operator of the server. */
export async function cosette(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
  return run(process.execPath, ['dist/cli/main.js', ...args], { env, timeout: 60_000 });
}

/** @returns the line that a command fails with; '' when it does not fail */
export async function failureOf(...args: readonly string[]): Promise<string> {
  return cosette(...args).then(
    () => '',
    (error: { stderr: string }) => error.stderr.split('\n').at(-2) ?? '',
  );
}

export async function fillWorld(server: ServerProcess): Promise<Made> {
  const ready = ['--ready-file', join(server.folder, 'ready.json')];
  const plain = await makeBucket(server, 'plain', { acl: 'private' });
  await put(plain, 'small', 'five!', { 'x-cos-meta-name': 'value', 'Content-Type': 'text/plain' });
  await put(plain, 'empty', '');
  await put(plain, '文件/ü\u{1f600}', 'unicode');
  await put(plain, 'text', Buffer.alloc(3 * MIB, 'the same line again and again\n'));
  await put(plain, 'large', noise(5 * MIB + 17, 1));
  await putParts(plain, 'parts', [noise(MIB, 2), noise(MIB, 3), noise(100, 4)]);
  await putParts(plain, 'single', [noise(2 * MIB, 5)]);
  const append = (position: number, body: Buffer) =>
    plain({ method: 'POST', key: 'log', query: { append: '', position: String(position) }, body });
  for (let at = 0; at < 5; at++) await expectStatus(append(at * 1_000, noise(1_000, 10 + at)), 200);
  await put(plain, 'tagged', 't', { 'x-cos-tagging': 'a=1&b=2' });
  await put(plain, 'open', 'o', { 'x-cos-acl': 'public-read' });
  await put(plain, 'dropped', noise(2 * MIB, 6));
  await expectStatus(plain({ method: 'DELETE', key: 'dropped' }), 204);
  await put(plain, 'sse', noise(70_000, 7), { [SSE]: 'AES256' });
  await put(plain, 'kms', noise(2 * MIB + 3, 8), { [SSE]: 'cos/kms' });
  await put(plain, 'customer', noise(300_000, 9), CUSTOMER);
  await putParts(plain, 'sealed-parts', [noise(MIB, 20), noise(10, 21)], { [SSE]: 'AES256' });
  const link = { method: 'PUT', key: 'link', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'small' } };
  await expectStatus(plain(link), 200);
  const uploadId = await initiate(plain, 'upload', { 'x-cos-meta-kept': 'yes' });
  const etags = [
    await uploadPart(plain, 'upload', uploadId, 1, noise(MIB, 30)),
    await uploadPart(plain, 'upload', uploadId, 2, noise(50, 31)),
  ];

  const versions = await makeBucket(server, 'versions', { versioning: 'Enabled' });
  for (const turn of [1, 2, 3]) await put(versions, 'v', noise(turn * 500_000, 40 + turn));
  await put(versions, 'marked', 'gone');
  await expectStatus(versions({ method: 'DELETE', key: 'marked' }), 204);
  await setVersioning(versions, 'Suspended');
  await put(versions, 'v', 'null version');

  const lifecycle =
    '<LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>old/</Prefix></Filter><Status>Enabled</Status>' +
    '<Expiration><Days>300</Days></Expiration></Rule></LifecycleConfiguration>';
  const headers = { 'Content-MD5': md5Base64(lifecycle) };
  await expectStatus(plain({ method: 'PUT', query: { lifecycle: '' }, body: lifecycle, headers }), 200);
  const policy = JSON.stringify({
    version: '2.0',
    statement: [
      {
        principal: { qcs: ['qcs::cam::anyone:anyone'] },
        effect: 'allow',
        action: ['name/cos:GetObject'],
        resource: [`qcs::cos:${REGION}:uid/${APPID}:plain-${APPID}/text`],
      },
    ],
  });
  await expectStatus(plain({ method: 'PUT', query: { policy: '' }, body: policy }), 204);

  await cosette('user', 'create', 'anna', ...ready);
  const { stdout } = await cosette('key', 'create', '--user', 'anna', ...ready);
  const [, secretId = '', secretKey = ''] = /SECRET_ID=(\w+)\nCOSETTE_SECRET_KEY=(\w+)/.exec(stdout) ?? [];
  const file = join(server.folder, 'readers.json');
  const may = { effect: 'allow', action: ['name/cos:GetObject'], resource: ['*'] };
  writeFileSync(file, JSON.stringify({ version: '2.0', statement: [may] }));
  await cosette('policy', 'create', 'readers', file, ...ready);
  await cosette('user', 'attach', 'anna', 'readers', ...ready);
  return { uploadId, etags, guests: [{ secretId, secretKey }, await temporaryKeys(server)] };
}

async function temporaryKeys(server: ServerProcess): Promise<Guest> {
  const may = { effect: 'allow', action: ['name/cos:GetObject'], resource: ['*'] };
  const policy = encodeURIComponent(JSON.stringify({ version: '2.0', statement: [may] }));
  const body = JSON.stringify({ Name: 'guest', Policy: policy, DurationSeconds: 3_600 });
  const host = `127.0.0.1:${server.port}`;
  const pair = { secretId: SECRET_ID, secretKey: SECRET_KEY };
  const list = tc3Headers('GetFederationToken', body, { ...pair, timestamp: Math.floor(Date.now() / 1_000), host });
  const headers: Record<string, string> = {};
  for (let i = 0; i + 1 < list.length; i += 2) headers[list[i]!] = list[i + 1]!;
  const answer = await sendAside(server, { method: 'POST', host, path: '/', headers, body, as: null });
  const { Credentials } = (JSON.parse(answer.text) as { Response: StsAnswer }).Response;
  if (Credentials === undefined) throw new Error(answer.text);
  return { secretId: Credentials.TmpSecretId, secretKey: Credentials.TmpSecretKey, token: Credentials.Token };
}

/** Of each request and each answer another one. */
const VOLATILE = new Set(['date', 'x-cos-request-id', 'x-cos-trace-id', 'connection', 'keep-alive']);

function shown({ status, headers, body }: Answer): unknown {
  const kept = Object.entries(headers).filter(([name]) => !VOLATILE.has(name));
  const text = body.length < 20_000 ? body.toString('latin1') : createHash('sha256').update(body).digest('hex');
  return [status, Object.fromEntries(kept), text.replace(/<(RequestId|TraceId|ServerTime)>[^<]*</g, '<$1><')];
}

const KEYS = [
  ...['small', 'empty', '文件/ü\u{1f600}', 'text', 'large', 'parts', 'single', 'log', 'tagged', 'open', 'dropped'],
  ...['sse', 'kms', 'sealed-parts', 'link', 'upload'],
];

/** All that clients see, by what they asked for. */
export async function lookAt(server: ServerProcess, { uploadId, guests }: Made): Promise<Record<string, unknown>> {
  const plain = clientOf(server, 'plain');
  const versions = clientOf(server, 'versions');
  const seen: Record<string, unknown> = {};
  const ask = async (name: string, answer: Promise<Answer>) => {
    seen[name] = shown(await answer);
  };
  await ask('buckets', sendAside(server, { method: 'GET', host: 'service.cos.myqcloud.com', path: '/' }));
  for (const key of KEYS) {
    await ask(`GET ${key}`, plain({ method: 'GET', key }));
    await ask(`HEAD ${key}`, plain({ method: 'HEAD', key }));
    await ask(`anyone GET ${key}`, plain({ method: 'GET', key, signed: false }));
    for (const query of ['acl', 'tagging', 'symlink']) {
      await ask(`GET ${key}?${query}`, plain({ method: 'GET', key, query: { [query]: '' } }));
    }
  }
  await ask('GET customer', plain({ method: 'GET', key: 'customer', headers: CUSTOMER }));
  await ask('range', plain({ method: 'GET', key: 'parts', headers: { Range: 'bytes=1048570-1048580' } }));
  for (const query of ['', 'acl', 'policy', 'lifecycle', 'versioning', 'uploads', 'versions', 'tagging']) {
    const given = query === '' ? {} : { [query]: '' };
    await ask(`plain?${query}`, plain({ method: 'GET', query: given }));
    await ask(`versions?${query}`, versions({ method: 'GET', query: given }));
  }
  await ask('parts', plain({ method: 'GET', key: 'upload', query: { uploadId } }));
  for (const id of await versionIds(versions)) {
    await ask(`version ${id}`, versions({ method: 'GET', key: 'v', query: { versionId: id } }));
  }
  for (const [at, guest] of guests.entries()) await ask(`guest ${at}`, asGuest(server, guest, 'small'));
  return seen;
}

async function versionIds(versions: Send): Promise<string[]> {
  const { text } = await versions({ method: 'GET', query: { versions: '' } });
  return [...text.matchAll(/<Version>.*?<\/Version>/gs)].map(([entry]) => textOf(entry, 'VersionId')!);
}

/** GET Object by somebody else. */
export function asGuest(server: ServerProcess, { secretId, secretKey, token }: Guest, key: string): Promise<Answer> {
  const host = `plain-${APPID}.cos.${REGION}.myqcloud.com`;
  const from = Math.floor(Date.now() / 1_000) - 1;
  const path = `/${key}`;
  const pair = { secretId, secretKey };
  const signed = authorization({ ...pair, method: 'GET', path, headers: [['host', host]], from, to: from + 600 });
  const headers = { authorization: signed, ...(token === undefined ? {} : { 'x-cos-security-token': token }) };
  return sendAside(server, { method: 'GET', host, path, headers, as: null });
}
