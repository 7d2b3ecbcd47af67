/** Server-side encryption: headers, keys of clients, keys of the key service. Source: spec/objects.md §5.3, §14. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initiate, makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import { clientOf, type Send, type Sent } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const SSE = 'x-cos-server-side-encryption';
const OF_SOURCE = `x-cos-copy-source-server-side-encryption-customer-`;
const COS = { [SSE]: 'AES256' };
const KMS = { [SSE]: 'cos/kms' };
const UNKNOWN_KEY = '00000000-0000-4000-8000-000000000000';

/** The triple of SSE-C. */
function customer(letter: string, prefix = `${SSE}-customer-`): Record<string, string> {
  const key = Buffer.alloc(32, letter);
  return {
    [`${prefix}algorithm`]: 'AES256',
    [`${prefix}key`]: key.toString('base64'),
    [`${prefix}key-MD5`]: createHash('md5').update(key).digest('base64'),
  };
}

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'sealed', { acl: 'public-read' });
  await put(send, 'plain', 'hello');
  await put(send, 'mine', 'hello', customer('a'));
});
afterAll(() => server.remove());

const kms = (action: string, ...args: string[]): string =>
  execFileSync(process.execPath, ['dist/cli/main.js', 'kms', action, ...args, '--data', join(server.folder, 'data')], {
    encoding: 'utf8',
  }).trim();
const withKey = (id: string) => ({ ...KMS, [`${SSE}-cos-kms-key-id`]: id });
const from = (key: string) => ({ 'x-cos-copy-source': `/sealed-${APPID}/${key}` });
const writes = (headers: Record<string, string>): Sent[] => [
  { method: 'PUT', key: 'new', body: 'x', headers },
  { method: 'POST', key: 'new', query: { uploads: '' }, headers },
  { method: 'PUT', key: 'new', headers: { ...from('plain'), ...headers } },
  { method: 'POST', key: 'new', query: { append: '', position: '0' }, body: 'x', headers },
];

describe('headers', () => {
  it('that ask for what there is not, or for two things', async () => {
    const bad: readonly Record<string, string>[] = [
      { [SSE]: 'AES789' },
      { ...COS, ...customer('a') },
      { [`${SSE}-context`]: 'e30=' },
      { ...KMS, [`${SSE}-context`]: Buffer.from('["list"]').toString('base64') },
      { ...COS, [`${SSE}-cos-kms-key-id`]: UNKNOWN_KEY },
      { ...customer('a'), [`${SSE}-customer-algorithm`]: 'DES' },
      { ...customer('a'), [`${SSE}-customer-key`]: 'c2hvcnQ=' },
      { ...customer('a'), [`${SSE}-customer-key`]: '?' },
      { ...customer('a'), [`${SSE}-customer-key-MD5`]: createHash('md5').update('other').digest('base64') },
      { [`${SSE}-customer-algorithm`]: 'AES256' },
    ];
    for (const headers of bad) {
      for (const sent of writes(headers)) expectError(await send(sent), 400, 'InvalidArgument');
    }
    expectHeadError(await send({ method: 'HEAD', key: 'new' }), 404);
  });

  it('that reads do not take', async () => {
    for (const headers of [COS, KMS, { [`${SSE}-context`]: 'e30=' }]) {
      expectError(await send({ method: 'GET', key: 'plain', headers }), 400, 'SSEHeaderNotAllowed');
      expectHeadError(await send({ method: 'HEAD', key: 'plain', headers }), 400);
    }
  });
});

describe('keys of clients', () => {
  it('missing, wrong or uncalled for in reads', async () => {
    expectError(await send({ method: 'GET', key: 'mine' }), 400, 'InvalidRequest');
    expectHeadError(await send({ method: 'HEAD', key: 'mine' }), 400);
    expectError(await send({ method: 'GET', key: 'mine', headers: customer('b') }), 403, 'AccessDenied');
    expectHeadError(await send({ method: 'HEAD', key: 'mine', headers: customer('b') }), 403);
    expectError(await send({ method: 'GET', key: 'plain', headers: customer('a') }), 400, 'InvalidRequest');
    expect((await send({ method: 'GET', key: 'mine', headers: customer('a') })).text).toBe('hello');
  });

  it('missing or wrong for the source of a copy', async () => {
    const uploadId = await initiate(send, 'new');
    for (const query of [{}, { partNumber: '1', uploadId }]) {
      const copy = (headers: Record<string, string>) =>
        send({ method: 'PUT', key: 'new', query, headers: { ...from('mine'), ...headers } });
      expectError(await copy({}), 400, 'SsecDecryptHeaderInvalid');
      expectError(await copy(customer('b', OF_SOURCE)), 400, 'SsecDecryptHeaderInvalid');
      expect((await copy(customer('a', OF_SOURCE))).status).toBe(200);
      await done(send, { method: 'DELETE', key: 'new' });
    }
  });

  it('missing or wrong for a part, and for the next piece of an appendable object', async () => {
    const uploadId = await initiate(send, 'mine', customer('a'));
    await done(send, {
      method: 'POST',
      key: 'log',
      query: { append: '', position: '0' },
      body: 'x',
      headers: customer('a'),
    });
    const part = { method: 'PUT', key: 'mine', query: { partNumber: '1', uploadId }, body: 'x' };
    const piece = { method: 'POST', key: 'log', query: { append: '', position: '1' }, body: 'x' };
    for (const sent of [part, piece]) {
      expectError(await send(sent), 400, 'SsecDecryptHeaderInvalid');
      expectError(await send({ ...sent, headers: customer('b') }), 400, 'SsecDecryptHeaderInvalid');
      await done(send, { ...sent, headers: customer('a') });
    }
  });
});

describe('anonymous readers', () => {
  it('see nothing that is encrypted, whatever the ACL says', async () => {
    const anyone = { 'x-cos-acl': 'public-read' };
    await put(send, 'by-cos', 'x', { ...COS, ...anyone });
    await put(send, 'by-kms', 'x', { ...KMS, ...anyone });
    for (const key of ['by-cos', 'by-kms']) {
      expectError(await send({ method: 'GET', key, signed: false }), 403, 'AccessDenied');
      expectHeadError(await send({ method: 'HEAD', key, signed: false }), 403);
      await done(send, { method: 'GET', key });
    }
    await done(send, { method: 'GET', key: 'plain', signed: false });
  });
});

describe('the key service', () => {
  it('has no such key', async () => {
    for (const id of [UNKNOWN_KEY, 'nonsense']) {
      for (const sent of writes(withKey(id))) expectError(await send(sent), 400, 'KmsKeyNotExist');
    }
  });

  it('has it disabled', async () => {
    const id = kms('create');
    await put(send, 'kept', 'hello', withKey(id));
    kms('disable', id);
    // A permission may be a second old.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    for (const sent of writes(withKey(id))) expectError(await send(sent), 400, 'KmsKeyDisabled');
    expectError(await send({ method: 'GET', key: 'kept' }), 400, 'KmsKeyDisabled');
    kms('enable', id);
    expect((await send({ method: 'GET', key: 'kept' })).text).toBe('hello');
  });
});

/** What an operator can do wrong; each on a server that has not opened the data key before. */
describe('a key file that was tampered with', () => {
  let file: string;
  let intact: string;
  let id: string;
  let damaged: ServerProcess;
  let bucket: Send;
  beforeAll(async () => {
    damaged = await startServerProcess();
    bucket = await makeBucket(damaged, 'damaged');
    await put(bucket, 'by-cos', 'hello', COS);
    const stored = await put(bucket, 'by-kms', 'hello', KMS);
    id = stored.headers[`${SSE}-cos-kms-key-id`] as string;
    file = join(damaged.folder, 'data', 'keyring.json');
    intact = readFileSync(file, 'utf8');
    await damaged.stop();
  });
  afterAll(() => damaged.remove());

  interface Keys {
    masterKeys: { key: string }[];
    kmsKeys: { id: string; versions: { key: string }[] }[];
  }

  /** Starts the server again with other keys. */
  async function restartWith(text: string): Promise<Send> {
    writeFileSync(file, text);
    damaged = await startServerProcess({ folder: damaged.folder });
    return clientOf(damaged, 'damaged');
  }

  it('other key material opens nothing', async () => {
    const keys = JSON.parse(intact) as Keys;
    const other = Buffer.alloc(32, 'z').toString('base64');
    for (const key of keys.masterKeys) key.key = other;
    for (const key of keys.kmsKeys) for (const version of key.versions) version.key = other;
    const client = await restartWith(JSON.stringify(keys));
    expectError(await client({ method: 'GET', key: 'by-kms' }), 400, 'KmsException');
    expectError(await client({ method: 'GET', key: 'by-cos' }), 500, 'KmsInternalException');
    await done(client, { method: 'HEAD', key: 'by-kms' });
    await damaged.stop();
  });

  it('a file that is none, until it is put back', async () => {
    const client = await restartWith(intact);
    writeFileSync(file, '{');
    expectError(await client({ method: 'GET', key: 'by-kms' }), 500, 'KmsInternalException');
    const write = { method: 'PUT', key: 'new', body: 'x' };
    expectError(await client({ ...write, headers: COS }), 500, 'KmsInternalException');
    expectError(await client({ ...write, headers: withKey(id) }), 500, 'KmsInternalException');
    writeFileSync(file, intact);
    expect((await client({ method: 'GET', key: 'by-kms' })).text).toBe('hello');
    await damaged.stop();
  });
});
