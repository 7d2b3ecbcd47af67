import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAccount } from '../../access/directory/accounts.ts';
import { OPERATOR } from '../../access/directory/fixture.ts';
import { createKey } from '../../access/directory/keys.ts';
import { createUser } from '../../access/directory/users.ts';
import { type AdminSent, adminFixture } from './fixture.ts';
import type { Route } from './route.ts';

const OWNER = OPERATOR.uin;
const HASH_OF_BERT = createHash('sha256').update('{"name":"bert"}').digest('hex');
const LIST: AdminSent = { method: 'GET', path: 'users' };
const CREATE: AdminSent = { method: 'POST', path: 'users', body: { name: 'anna' } };

describe('who may', () => {
  it('nobody without a correct signature', async () => {
    const { send, clock, directory } = await adminFixture();
    const change =
      (field: 'method' | 'rawPath' | 'rawQuery', value: string): NonNullable<AdminSent['tamper']> =>
      (wire) => {
        wire[field] = value;
      };
    const attempts: [code: string, sent: AdminSent][] = [
      ['AccessDenied', { ...LIST, tamper: ({ headers }) => headers.delete('authorization') }],
      ['AccessDenied', { ...LIST, tamper: ({ headers }) => headers.set('authorization', 'q-sign-algorithm=sha1') }],
      ['SignatureDoesNotMatch', { ...LIST, as: { ...OPERATOR, secretKey: 'x'.repeat(32) } }],
      ['InvalidAccessKeyId', { ...LIST, as: { ...OPERATOR, secretId: 'AKIDnobody' } }],
      ['SignatureDoesNotMatch', { ...LIST, path: 'users/a', tamper: change('rawPath', '/_cosette/admin/v1/users/b') }],
      ['SignatureDoesNotMatch', { ...LIST, path: 'users/a', tamper: change('method', 'DELETE') }],
      ['SignatureDoesNotMatch', { ...LIST, query: { limit: '5' }, tamper: change('rawQuery', 'limit=6') }],
      ['AccessDenied', { ...LIST, tamper: change('rawQuery', 'account=1') }],
    ];
    for (const [code, sent] of attempts) {
      const answer = await send(sent);
      expect([answer.status, answer.json.error.code]).toEqual([403, code]);
      expect(answer.text).not.toContain(OPERATOR.secretKey);
    }
    const late: AdminSent = { ...LIST, tamper: () => clock.set(clock.nowMs() + 301_000) };
    expect((await send(late)).json.error).toEqual({ code: 'AccessDenied', message: 'Request has expired' });
    expect(directory.state.rows.size).toBe(0);
  });

  it('nobody whose signature leaves the body out, or is for another one', async () => {
    const { send, directory } = await adminFixture();
    const unsigned: AdminSent = { method: 'POST', path: 'users', sentBody: '{"name":"bert"}' };
    const attempts: AdminSent[] = [
      { ...CREATE, sentBody: '{"name":"bert"}' },
      // A body that was taken away is no request to make a key for the root.
      { method: 'POST', path: 'keys', body: { user: 'anna' }, sentBody: '' },
      unsigned,
      { ...unsigned, tamper: ({ headers }) => headers.set('x-cosette-content-sha256', HASH_OF_BERT) },
    ];
    for (const sent of attempts) expect((await send(sent)).status).toBe(403);
    expect(directory.state.rows.size).toBe(0);
    expect((await send(CREATE)).status).toBe(200);
  });

  it('users, roles and temporary keys not, other roots for their own account only', async () => {
    const { send, directory } = await adminFixture();
    const { uin } = await createUser(directory, OWNER, 'anna');
    const user = await createKey(directory, OWNER, uin);
    expect((await send({ ...LIST, as: user })).status).toBe(403);
    const other = await createAccount(directory, { name: 'other' });
    const root = await createKey(directory, other.uin, other.uin);
    await createUser(directory, other.uin, 'zoe');
    const own = await send({ ...LIST, as: root });
    expect(own.json.users.map(({ name }: { name: string }) => name)).toEqual(['zoe']);
    expect((await send({ ...LIST, as: root, query: { account: other.appid } })).status).toBe(200);
    expect((await send({ ...LIST, as: root, query: { account: OWNER } })).status).toBe(403);
    expect((await send({ method: 'GET', path: 'accounts', as: root })).status).toBe(403);
    const named = await send({ ...LIST, query: { account: 'other' } });
    expect(named.json.users.map(({ name }: { name: string }) => name)).toEqual(['zoe']);
    expect((await send({ ...LIST, query: { account: '9999999' } })).status).toBe(404);
    const session = { name: '', policy: undefined, expiresMs: Number.POSITIVE_INFINITY };
    directory.sessions = {
      open: (secretId) => {
        const { identity, ...key } = directory.find(OPERATOR.secretId)!;
        return { ...key, secretId, identity: { ...identity, secretId, session } };
      },
    };
    const temporary = { ...LIST, as: { ...OPERATOR, secretId: 'AKIDtemporary' } };
    const token = ({ headers }: { headers: Map<string, string> }) => headers.set('x-cos-security-token', 'token');
    expect((await send({ ...temporary, tamper: token })).status).toBe(403);
  });
});

describe('routing', () => {
  it('knows its pages and their methods', async () => {
    const { send } = await adminFixture();
    for (const path of ['', 'nothing', 'users/', 'users/a/b', 'Users']) {
      const answer = await send({ method: 'GET', path });
      expect([answer.status, answer.json.error.code]).toEqual([404, 'NotFound']);
    }
    const answer = await send({ method: 'PATCH', path: 'users' });
    expect([answer.status, answer.json.error.code]).toEqual([405, 'MethodNotAllowed']);
    expect(answer.headers.slice(-2)).toEqual(['Allow', 'GET, POST']);
  });

  it('tells nothing of faults of its own', async () => {
    const broken: Route = {
      ...{ method: 'GET', path: 'broken', who: 'operator' },
      run() {
        throw new Error('inner secret');
      },
    };
    const { send, internal } = await adminFixture([broken]);
    const answer = await send({ method: 'GET', path: 'broken' });
    expect([answer.status, answer.json.error.code]).toEqual([500, 'InternalError']);
    expect(answer.text).not.toContain('inner secret');
    expect(internal).toHaveLength(1);
  });

  it('refuses bodies that are no object, are too long, or have fields it does not know', async () => {
    const { send } = await adminFixture();
    for (const body of [[], 'text', 1, null, { name: 1 }, { name: '' }, {}, { name: 'anna', admin: true }]) {
      expect((await send({ ...CREATE, body })).status).toBe(400);
    }
    const long = await send({ ...CREATE, body: { name: 'x'.repeat(70_000) } });
    expect([long.status, long.json.error.code]).toEqual([400, 'EntityTooLarge']);
  });
});

describe('pages', () => {
  it('hold what was asked for, in order, and the way to the next', async () => {
    const { send, directory } = await adminFixture();
    for (const name of ['c', 'a', 'e', 'b', 'd']) await createUser(directory, OWNER, name);
    const seen: string[][] = [];
    let query: Record<string, string> = { limit: '2' };
    for (;;) {
      const { json } = await send({ ...LIST, query });
      seen.push(json.users.map(({ name }: { name: string }) => name));
      if (json.nextMarker === undefined) break;
      query = { limit: '2', marker: json.nextMarker };
    }
    expect(seen).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    for (const limit of ['0', '1001', 'x', '', '-1', '1.5']) {
      expect((await send({ ...LIST, query: { limit } })).status).toBe(400);
    }
  });
});
