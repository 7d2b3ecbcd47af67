/** What ACL and policy of a bucket give to sub-users and to other accounts. Source: spec/access.md §2, §7, §8. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization } from '../../src/cos/signature/sign.ts';
import { expectStatus, failure, makeBucket, put } from '../support/buckets.ts';
import type { Send, Sent } from '../support/http.ts';
import { APPID, SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../support/server-process.ts';

interface Pair {
  readonly secretId: string;
  readonly secretKey: string;
}

const run = promisify(execFile);
let server: ServerProcess;
let owner: Send;
/** Sub-user of the owner, root of another account, sub-user of that. */
let anna: Signer;
let other: Signer;
let zoe: Signer;
/** Key of the other account. */
let root: Pair;

/** Makes requests to the owner's bucket with another key. */
interface Signer {
  readonly uin: string;
  send: Send;
}

async function cosette<T>(pair: Pair, ...args: string[]): Promise<T> {
  const env = {
    ...process.env,
    COSETTE_SECRET_ID: pair.secretId,
    COSETTE_SECRET_KEY: pair.secretKey,
    COSETTE_APPID: APPID,
  };
  const flags = ['--ready-file', join(server.folder, 'ready.json'), '--json'];
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', ...args, ...flags], { env });
  return JSON.parse(stdout) as T;
}

function signer({ uin }: { uin: string }, pair: Pair): Signer {
  const send: Send = (sent: Sent) => {
    const from = Math.floor(Date.now() / 1_000) - 1;
    const signature = authorization({
      ...pair,
      method: sent.method,
      path: `/${sent.key ?? ''}`,
      headers: [],
      from,
      to: from + 600,
    });
    return owner({ ...sent, headers: { ...sent.headers, Authorization: signature }, signed: false });
  };
  return { uin, send };
}

beforeAll(async () => {
  server = await startServerProcess();
  owner = await makeBucket(server, 'rights');
  await put(owner, 'k', 'hello');
  const operator = { secretId: SECRET_ID, secretKey: SECRET_KEY };
  anna = signer(
    await cosette(operator, 'user', 'create', 'anna'),
    await cosette(operator, 'key', 'create', '--user', 'anna'),
  );
  const account = await cosette<{ uin: string }>(operator, 'account', 'create', 'other');
  root = await cosette<Pair>(operator, 'key', 'create', '--account', 'other');
  other = signer(account, root);
  zoe = signer(await cosette(root, 'user', 'create', 'zoe'), await cosette(root, 'key', 'create', '--user', 'zoe'));
  const file = join(server.folder, 'policy.json');
  const statement = [{ effect: 'allow', action: ['cos:GetObject', 'cos:PutObject'], resource: '*' }];
  writeFileSync(file, JSON.stringify({ version: '2.0', statement }));
  await cosette(root, 'policy', 'create', 'both', file);
});
afterAll(() => server.remove());

const setAcl = (headers: Record<string, string>) =>
  expectStatus(owner({ method: 'PUT', query: { acl: '' }, headers }), 200);
const setPolicy = (...statement: object[]) =>
  expectStatus(
    owner({ method: 'PUT', query: { policy: '' }, body: JSON.stringify({ version: '2.0', statement }) }),
    204,
  );
const setTags = (value: string) =>
  expectStatus(
    owner({
      method: 'PUT',
      query: { tagging: '' },
      body: `<Tagging><TagSet><Tag><Key>stage</Key><Value>${value}</Value></Tag></TagSet></Tagging>`,
    }),
    204,
  );
/** Statuses of a read, a write, and a look at the ACL. */
async function rights({ send }: Signer): Promise<number[]> {
  const asked = [
    send({ method: 'GET', key: 'k' }),
    send({ method: 'PUT', key: 'new', body: 'x' }),
    send({ method: 'GET', query: { acl: '' } }),
  ];
  return (await Promise.all(asked)).map(({ status }) => status);
}
const NONE = [403, 403, 403];

describe('the ACL of a bucket', () => {
  it('gives nobody else anything while it is private', async () => {
    expect([await rights(anna), await rights(other), await rights(zoe)]).toEqual([NONE, NONE, NONE]);
  });

  it('gives to a sub-user what it grants by the canonical id, and by both numbers', async () => {
    const ownerUin = /uin\/(\d+):/.exec((await owner({ method: 'GET', query: { acl: '' } })).text)![1]!;
    await setAcl({ 'x-cos-grant-read': `id="qcs::cam::uin/${ownerUin}:uin/${anna.uin}"` });
    expect([await rights(anna), await rights(other)]).toEqual([[200, 403, 403], NONE]);
    await setAcl({ 'x-cos-grant-write': `id="${ownerUin}/${anna.uin}"` });
    expect(await rights(anna)).toEqual([403, 200, 403]);
  });

  it('gives to another account what it grants, and to its sub-users as far as their own policies go', async () => {
    await setAcl({ 'x-cos-grant-full-control': `id="${other.uin}"` });
    expect([await rights(other), await rights(zoe), await rights(anna)]).toEqual([[200, 200, 200], NONE, NONE]);
    await cosette(root, 'user', 'attach', 'zoe', 'both');
    expect(await rights(zoe)).toEqual([200, 200, 403]);
    await setAcl({ 'x-cos-acl': 'private' });
    expect([await rights(other), await rights(zoe)]).toEqual([NONE, NONE]);
  });

  it('gives to everybody with a key what AuthenticatedUsers have', async () => {
    await setAcl({ 'x-cos-acl': 'authenticated-read' });
    expect([(await rights(anna))[0], (await rights(other))[0]]).toEqual([200, 200]);
    expect((await owner({ method: 'GET', key: 'k', signed: false })).status).toBe(403);
    await setAcl({ 'x-cos-acl': 'private' });
  });
});

describe('the policy of a bucket', () => {
  const principal = (uin: string) => ({ qcs: [`qcs::cam::uin/100000000001:uin/${uin}`] });

  it('gives to a sub-user what it allows, and takes what it denies', async () => {
    const allow = { principal: principal(anna.uin), effect: 'allow', action: '*', resource: '*' };
    await setPolicy(allow);
    expect([await rights(anna), await rights(other)]).toEqual([[200, 200, 200], NONE]);
    await setPolicy(allow, { ...allow, effect: 'deny', action: 'name/cos:PutObject' });
    expect(await rights(anna)).toEqual([200, 403, 200]);
    expect(failure(await anna.send({ method: 'DELETE', query: { policy: '' } }))).toEqual([403, 'AccessDenied']);
  });

  it('is judged by the tags of the bucket', async () => {
    await setPolicy({
      principal: principal(anna.uin),
      effect: 'allow',
      action: 'name/cos:GetObject',
      resource: '*',
      condition: { 'for_any_value:string_equal': { 'qcs:resource_tag': ['stage&test'] } },
    });
    expect((await rights(anna))[0]).toBe(403);
    await setTags('test');
    expect((await rights(anna))[0]).toBe(200);
    await setTags('live');
    expect((await rights(anna))[0]).toBe(403);
  });
});
