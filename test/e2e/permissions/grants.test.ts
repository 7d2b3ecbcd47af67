/** What ACLs, policies and sessions give together: one story each, through HTTP. Source: spec/access.md §1, §2.3, §6, §7. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, md5Base64, put, textsOf } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import type { Answer, Send } from '../../support/http.ts';
import { type Asked, askAs, type Signer } from '../../support/permissions.ts';
import { type Account, type Admin, adminOf, type Person, ROOT } from '../../support/permissions-world.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const OWNER = '100000000001';
let server: ServerProcess;
let admin: Admin;
let anna: Person;
let bert: Person;
let foreign: Account;
let stranger: Person;
beforeAll(async () => {
  server = await startServerProcess();
  admin = adminOf(server);
  anna = await admin.user('anna');
  bert = await admin.user('bert');
  foreign = await admin.account('foreign');
  stranger = await admin.user('stranger', foreign.uin);
});
afterAll(() => server.remove());

const full = (name: string) => `${name}-${APPID}`;
const resource = (name: string, pattern: string) => `qcs::cos:${REGION}:uid/${APPID}:${full(name)}/${pattern}`;
const allow = (actions: string | readonly string[], on: string) => ({
  effect: 'allow',
  action: [actions].flat().map((action) => (action === '*' ? action : `name/cos:${action}`)),
  resource: on,
});
const deny = (actions: string, on: string) => ({ ...allow(actions, on), effect: 'deny' });
const NOTHING = [allow('None', '*')];
const uin = (owner: string, of = owner) => `qcs::cam::uin/${owner}:uin/${of}`;

const ask = (signer: Signer | undefined, name: string, asked: Asked): Promise<Answer> =>
  askAs(server.port, signer, name.includes('-1') ? name : full(name), asked);
/** `allow` for any success, else the code. */
async function outcome(signer: Signer | undefined, name: string, asked: Asked): Promise<string> {
  const { status, error } = await ask(signer, name, asked);
  return status < 300 ? 'allow' : (error['Code'] ?? String(status));
}
const read = (signer: Signer | undefined, name: string, key: string) => outcome(signer, name, { method: 'GET', key });
const write = (signer: Signer | undefined, name: string, key: string) =>
  outcome(signer, name, { method: 'PUT', key, body: 'x' });
const setAcl = (to: Send, headers: Record<string, string>, key = '') =>
  done(to, { method: 'PUT', key, query: { acl: '' }, headers });
const setPolicy = (to: Send, ...statement: object[]) =>
  done(to, { method: 'PUT', query: { policy: '' }, body: JSON.stringify({ version: '2.0', statement }) });
const DENIED = 'AccessDenied';

describe('the ACL of an object', () => {
  it('comes from the nearest folder that has one, else from the bucket', async () => {
    const send = await makeBucket(server, 'folders');
    for (const key of ['a/b/c', 'a/x', 'top']) await put(send, key, 'x');
    const readable = () => Promise.all(['a/b/c', 'a/x', 'top'].map((key) => read(undefined, 'folders', key)));
    expect(await readable()).toEqual([DENIED, DENIED, DENIED]);
    await put(send, 'a/', '', { 'x-cos-acl': 'public-read' });
    expect(await readable()).toEqual(['allow', 'allow', DENIED]);
    await put(send, 'a/b/', '');
    expect(await readable()).toEqual(['allow', 'allow', DENIED]);
    await setAcl(send, { 'x-cos-acl': 'private' }, 'a/b/');
    expect(await readable()).toEqual([DENIED, 'allow', DENIED]);
    await setAcl(send, { 'x-cos-acl': 'public-read' }, 'a/b/c');
    expect(await readable()).toEqual(['allow', 'allow', DENIED]);
    await setAcl(send, { 'x-cos-acl': 'public-read' });
    await setAcl(send, { 'x-cos-acl': 'default' }, 'a/b/c');
    expect(await readable()).toEqual([DENIED, 'allow', 'allow']);
    await done(send, { method: 'DELETE', key: 'a/b/' });
    expect(await readable()).toEqual(['allow', 'allow', 'allow']);
    // A folder opens what is in it for reading; it is the bucket that is written and listed.
    await setAcl(send, { 'x-cos-acl': 'private' });
    expect(await write(undefined, 'folders', 'a/new')).toBe(DENIED);
    expect(await outcome(undefined, 'folders', { method: 'GET', query: { prefix: 'a/' } })).toBe(DENIED);
  });

  it('gives accounts what it names, and nobody else', async () => {
    const send = await makeBucket(server, 'shared');
    await put(send, 'k', 'x');
    await setAcl(send, { 'x-cos-grant-read': `id="${foreign.uin}"`, 'x-cos-grant-write-acp': `id="${OWNER}"` }, 'k');
    expect(await read(foreign, 'shared', 'k')).toBe('allow');
    expect([await read(anna, 'shared', 'k'), await read(undefined, 'shared', 'k')]).toEqual([DENIED, DENIED]);
    expect(await outcome(foreign, 'shared', { method: 'GET', key: 'k', query: { acl: '' } })).toBe(DENIED);
    await setAcl(send, { 'x-cos-grant-read-acp': `id="${foreign.uin}"` }, 'k');
    expect(await outcome(foreign, 'shared', { method: 'GET', key: 'k', query: { acl: '' } })).toBe('allow');
    expect(await read(foreign, 'shared', 'k')).toBe(DENIED);
  });
});

describe('the ACL of a bucket', () => {
  it('names users of the account one by one', async () => {
    const send = await makeBucket(server, 'users');
    await put(send, 'k', 'x');
    await setAcl(send, {
      'x-cos-grant-read': `id="${OWNER}/${anna.uin}"`,
      'x-cos-grant-write': `id="${uin(OWNER, bert.uin)}"`,
    });
    expect([await read(anna, 'users', 'k'), await read(bert, 'users', 'k')]).toEqual(['allow', DENIED]);
    expect([await write(anna, 'users', 'k'), await write(bert, 'users', 'k')]).toEqual([DENIED, 'allow']);
    // Named is the account: that it is their root's gives users nothing.
    await setAcl(send, { 'x-cos-grant-full-control': `id="${OWNER}"` });
    expect([await read(anna, 'users', 'k'), await write(bert, 'users', 'k')]).toEqual([DENIED, DENIED]);
  });

  it('names an account, whose users need a policy of their own besides', async () => {
    const send = await makeBucket(server, 'accounts');
    await put(send, 'k', 'x');
    await setAcl(send, { 'x-cos-grant-read': `id="${foreign.uin}"` });
    expect([await read(foreign, 'accounts', 'k'), await read(stranger, 'accounts', 'k')]).toEqual(['allow', DENIED]);
    await admin.allow('stranger', [allow('GetObject', resource('accounts', '*'))], foreign.uin);
    expect(await read(stranger, 'accounts', 'k')).toBe('allow');
    await setAcl(send, { 'x-cos-acl': 'private' });
    expect(await read(stranger, 'accounts', 'k')).toBe(DENIED);
  });

  it('names everyone, or everyone with a key', async () => {
    const send = await makeBucket(server, 'groups', { acl: 'authenticated-read' });
    await put(send, 'k', 'x');
    const readers = () => Promise.all([anna, foreign, undefined].map((signer) => read(signer, 'groups', 'k')));
    expect(await readers()).toEqual(['allow', 'allow', DENIED]);
    await setAcl(send, { 'x-cos-grant-read': 'uri="http://cam.qcloud.com/groups/global/AllUsers"' });
    expect(await readers()).toEqual(['allow', 'allow', 'allow']);
    const wrong = { ...anna, secretKey: 'x'.repeat(32) };
    expect(await read(wrong, 'groups', 'k')).toBe('SignatureDoesNotMatch');
  });

  it('leaves what others write to the owner', async () => {
    const send = await makeBucket(server, 'inbox');
    await setAcl(send, { 'x-cos-grant-write': `id="${foreign.uin}"` });
    expect(await write(foreign, 'inbox', 'letter')).toBe('allow');
    expect(await read(foreign, 'inbox', 'letter')).toBe(DENIED);
    expect(await read(ROOT, 'inbox', 'letter')).toBe('allow');
    const acl = await done(send, { method: 'GET', key: 'letter', query: { acl: '' } });
    expect(textsOf(acl.text, 'ID')[0]).toBe(uin(OWNER));
  });
});

describe('copies between accounts', () => {
  it('need to read the source and to write the destination', async () => {
    const send = await makeBucket(server, 'source');
    await put(send, 'k', 'hello');
    const theirs = `theirs-${foreign.appid}`;
    expect(await outcome(foreign, theirs, { method: 'PUT' })).toBe('allow');
    const copy = (signer: Signer, from: string, to: string) => {
      const headers = { 'x-cos-copy-source': `${from}.cos.${REGION}.myqcloud.com/k` };
      return outcome(signer, to, { method: 'PUT', key: 'k', headers });
    };
    expect(await copy(foreign, full('source'), theirs)).toBe(DENIED);
    await setAcl(send, { 'x-cos-grant-read': `id="${foreign.uin}"` }, 'k');
    expect(await copy(foreign, full('source'), theirs)).toBe('allow');
    expect((await ask(foreign, theirs, { method: 'GET', key: 'k' })).text).toBe('hello');
    // The other way round: the right on the source is there, that on the destination is not.
    expect(await copy(ROOT, full('source'), theirs)).toBe(DENIED);
    expect(await copy(foreign, theirs, full('source'))).toBe(DENIED);
    const headers = { 'x-cos-grant-write': `id="${OWNER}"` };
    expect(await outcome(foreign, theirs, { method: 'PUT', query: { acl: '' }, headers })).toBe('allow');
    expect(await copy(ROOT, full('source'), theirs)).toBe('allow');
  });
});

describe('policies of users', () => {
  it('decide over each key of a batch', async () => {
    const send = await makeBucket(server, 'batch');
    for (const key of ['mine/1', 'mine/2', 'mine/kept', 'other']) await put(send, key, 'x');
    await admin.allow('anna', [
      allow('DeleteObject', resource('batch', 'mine/*')),
      deny('DeleteObject', resource('batch', 'mine/kept')),
    ]);
    const keys = ['mine/1', 'other', 'mine/kept', 'mine/2', 'other/absent'];
    const body = `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;
    const headers = { 'content-md5': md5Base64(body) };
    const answer = await ask(anna, 'batch', { method: 'POST', query: { delete: '' }, body, headers });
    expect(answer.status).toBe(200);
    const parts = (name: string) =>
      [...answer.text.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([all]) => all);
    expect(parts('Deleted').flatMap((part) => textsOf(part, 'Key'))).toEqual(['mine/1', 'mine/2']);
    expect(parts('Error').flatMap((part) => textsOf(part, 'Key'))).toEqual(['other', 'mine/kept', 'other/absent']);
    expect(new Set(textsOf(answer.text, 'Code'))).toEqual(new Set([DENIED]));
    const left = await done(send, { method: 'GET' });
    expect(textsOf(left.text, 'Key')).toEqual(['mine/kept', 'other']);
  });

  it('let them make buckets, which are the root’s, and list all of them', async () => {
    await makeBucket(server, 'already');
    await admin.allow('anna', [allow('PutBucket', `qcs::cos:${REGION}:uid/${APPID}:made-*/`)]);
    expect(await outcome(anna, 'made-1', { method: 'PUT', bucket: full('made-1') })).toBe('allow');
    expect(await outcome(anna, 'unmade', { method: 'PUT', bucket: full('unmade') })).toBe(DENIED);
    expect(await outcome(anna, 'made', { method: 'PUT', bucket: `made-${foreign.appid}` })).toBe(DENIED);
    expect(await write(anna, full('made-1'), 'k')).toBe(DENIED);
    expect(await write(ROOT, full('made-1'), 'k')).toBe('allow');
    expect(await outcome(anna, 'made-1', { method: 'GET', level: 'service' })).toBe(DENIED);
    await admin.allow('anna', [allow('GetService', '*')]);
    const listed = await ask(anna, 'made-1', { method: 'GET', level: 'service' });
    expect(textsOf(listed.text, 'Name')).toEqual(expect.arrayContaining([full('already'), full('made-1')]));
    expect(textsOf(listed.text, 'ID')[0]).toBe(uin(OWNER));
    const abroad = await ask(foreign, 'made-1', { method: 'GET', level: 'service' });
    expect(textsOf(abroad.text, 'Name').filter((name) => name.endsWith(APPID))).toEqual([]);
  });

  it('are asked about the target of a symlink too, by who reads through it', async () => {
    const send = await makeBucket(server, 'links');
    await put(send, 'target', 'x');
    const headers = { 'x-cos-symlink-target': 'target', 'x-cos-acl': 'public-read' };
    await done(send, { method: 'PUT', key: 'link', query: { symlink: '' }, headers });
    await admin.allow('anna', [allow('GetObject', resource('links', 'link'))]);
    expect([await read(anna, 'links', 'link'), await read(undefined, 'links', 'link')]).toEqual([DENIED, DENIED]);
    expect(await outcome(anna, 'links', { method: 'GET', key: 'link', query: { symlink: '' } })).toBe('allow');
    await admin.allow('anna', [allow('GetObject', resource('links', '*'))]);
    expect([await read(anna, 'links', 'link'), await read(undefined, 'links', 'link')]).toEqual(['allow', DENIED]);
  });

  it('let them list below a prefix', async () => {
    const send = await makeBucket(server, 'prefixes');
    await put(send, 'doc/k', 'x');
    await admin.allow('anna', [allow(['GetBucket', 'ListMultipartUploads'], resource('prefixes', 'doc/*'))]);
    const list = (query: Record<string, string>) => outcome(anna, 'prefixes', { method: 'GET', query });
    expect([await list({ prefix: 'doc/' }), await list({ prefix: 'doc/k' })]).toEqual(['allow', 'allow']);
    expect([await list({}), await list({ prefix: 'do' }), await list({ prefix: 'x' })]).toEqual([
      DENIED,
      DENIED,
      DENIED,
    ]);
    expect(await list({ uploads: '', prefix: 'doc/' })).toBe('allow');
    expect(await list({ uploads: '' })).toBe(DENIED);
  });
});

describe('denies', () => {
  it('beat any allow, where they name the one who asks', async () => {
    const send = await makeBucket(server, 'denies', { acl: 'public-read' });
    await put(send, 'k', 'x');
    await admin.allow('anna', [allow('*', '*'), deny('PutObject', resource('denies', 'k'))]);
    expect([await read(anna, 'denies', 'k'), await write(anna, 'denies', 'k')]).toEqual(['allow', DENIED]);
    await admin.allow('anna', [allow('*', '*')]);
    await setPolicy(send, { principal: { qcs: [uin(OWNER, anna.uin)] }, ...deny('GetObject', '*') });
    expect([await read(anna, 'denies', 'k'), await write(anna, 'denies', 'k')]).toEqual([DENIED, 'allow']);
    expect([await read(bert, 'denies', 'k'), await read(undefined, 'denies', 'k')]).toEqual(['allow', 'allow']);
  });

  it('for everyone close a public bucket to who has no right of its own', async () => {
    const send = await makeBucket(server, 'closed', { acl: 'public-read' });
    await put(send, 'k', 'x');
    await setPolicy(send, { principal: { qcs: ['qcs::cam::anyone:anyone'] }, ...deny('*', '*') });
    await admin.allow('anna', [allow('GetObject', resource('closed', '*'))]);
    const all = await Promise.all([undefined, bert, foreign, anna, ROOT].map((signer) => read(signer, 'closed', 'k')));
    expect(all).toEqual([DENIED, DENIED, DENIED, 'allow', 'allow']);
  });
});

describe('a write that brings tags', () => {
  it('asks for the right to tag too', async () => {
    await makeBucket(server, 'tagged');
    const key = 'k';
    const tags = { 'x-cos-tagging': 'a=b' };
    const requests: Asked[] = [
      { method: 'PUT', key, body: 'x', headers: tags },
      { method: 'POST', key, query: { uploads: '' }, headers: tags },
      { method: 'POST', key: 'appended', query: { append: '', position: '0' }, body: 'x', headers: tags },
      {
        method: 'PUT',
        key: 'copy',
        headers: {
          ...tags,
          'x-cos-copy-source': `tagged-${APPID}.cos.${REGION}.myqcloud.com/k`,
          'x-cos-tagging-directive': 'Replaced',
        },
      },
    ];
    const statuses = async () => {
      const all: number[] = [];
      for (const request of requests) all.push((await ask(anna, 'tagged', request)).status);
      return all;
    };
    const writing = allow(
      ['PutObject', 'GetObject', 'InitiateMultipartUpload', 'AppendObject'],
      resource('tagged', '*'),
    );
    await admin.allow('anna', [writing]);
    expect(await write(anna, 'tagged', key)).toBe('allow');
    expect(await statuses()).toEqual([403, 403, 403, 403]);
    await admin.allow('anna', [writing, allow('PutObjectTagging', resource('tagged', '*'))]);
    expect(await statuses()).toEqual([200, 200, 200, 200]);
  });
});

describe('temporary keys', () => {
  it('may what both the session and who asked for them may', async () => {
    const send = await makeBucket(server, 'sessions');
    for (const key of ['a/k', 'b/k', 'a/secret']) await put(send, key, 'x');
    await admin.allow('anna', [allow('GetObject', resource('sessions', 'a/*'))]);
    const wide = await admin.session(anna, [allow('*', '*')], 900);
    const narrow = await admin.session(
      anna,
      [allow('*', '*'), deny('GetObject', resource('sessions', 'a/secret'))],
      900,
    );
    const other = await admin.session(anna, [allow('GetObject', resource('sessions', 'b/*'))], 900);
    const keys = ['a/k', 'a/secret', 'b/k'];
    const reads = (signer: Signer) => Promise.all(keys.map((key) => read(signer, 'sessions', key)));
    expect(await reads(wide)).toEqual(['allow', 'allow', DENIED]);
    expect(await reads(narrow)).toEqual(['allow', DENIED, DENIED]);
    expect(await reads(other)).toEqual([DENIED, DENIED, DENIED]);
    expect(await write(wide, 'sessions', 'a/k')).toBe(DENIED);
    await admin.allow('anna', NOTHING);
    expect(await reads(wide)).toEqual([DENIED, DENIED, DENIED]);
    const ofRoot = await admin.session(ROOT, [allow('GetObject', resource('sessions', 'b/*'))], 900);
    expect(await reads(ofRoot)).toEqual([DENIED, DENIED, 'allow']);
  });
});

describe('who signs without a right of its own', () => {
  it('may what everyone may', async () => {
    const send = await makeBucket(server, 'fallback');
    await put(send, 'open', 'x', { 'x-cos-acl': 'public-read' });
    await put(send, 'shut', 'x');
    await admin.allow('anna', NOTHING);
    const session = await admin.session(ROOT, [allow('HeadBucket', '*')], 900);
    const signers = [anna, foreign, stranger, session, undefined];
    const all = (key: string) => Promise.all(signers.map((signer) => read(signer, 'fallback', key)));
    expect(new Set(await all('open'))).toEqual(new Set(['allow']));
    expect(new Set(await all('shut'))).toEqual(new Set([DENIED]));
    await setPolicy(send, { principal: '*', ...allow('GetObject', resource('fallback', 'shut')) });
    expect(new Set(await all('shut'))).toEqual(new Set(['allow']));
    await admin.allow('anna', [deny('GetObject', '*')]);
    expect([await read(anna, 'fallback', 'open'), await read(anna, 'fallback', 'shut')]).toEqual([DENIED, DENIED]);
  });

  it('is told whether a bucket exists, and nothing more', async () => {
    await makeBucket(server, 'there');
    await admin.allow('anna', NOTHING);
    const head = async (signer: Signer | undefined, name: string) =>
      (await ask(signer, name, { method: 'HEAD' })).status;
    for (const signer of [anna, foreign, undefined]) {
      expect([await head(signer, 'there'), await head(signer, 'nowhere')]).toEqual([403, 404]);
    }
  });
});
