import { describe, expect, it } from 'vitest';
import { OPERATOR, policyText } from '../../access/directory/fixture.ts';
import { createBucket } from '../../model/buckets.ts';
import { type AdminSent, adminFixture } from './fixture.ts';

type Answer = { status: number; json: Record<string, unknown> };

async function client() {
  const fixture = await adminFixture();
  /** @throws when it is refused */
  const ok = async (method: string, path: string, body?: unknown, query?: AdminSent['query']) => {
    const answer = await fixture.send({
      method,
      path,
      ...(body === undefined ? {} : { body }),
      ...(query && { query }),
    });
    expect(answer, answer.text).toMatchObject({ status: answer.json === undefined ? 204 : 200 });
    return answer.json;
  };
  const refused = async (method: string, path: string, body?: unknown) => {
    const answer: Answer = await fixture.send({ method, path, ...(body === undefined ? {} : { body }) });
    return [answer.status, (answer.json['error'] as { code: string }).code];
  };
  return { ...fixture, ok, refused };
}

it('accounts are made, listed and deleted, with buckets not', async () => {
  const { ok, refused, services } = await client();
  const made = await ok('POST', 'accounts', { name: 'other', uin: '200000000002', appid: '1300000002' });
  expect(made).toEqual({
    uin: '200000000002',
    appid: '1300000002',
    name: 'other',
    created: '2026-11-26T00:00:00.000Z',
  });
  expect((await ok('GET', 'accounts')).accounts).toEqual([
    { uin: OPERATOR.uin, appid: OPERATOR.appid, name: 'operator', operator: true },
    made,
  ]);
  expect(await ok('GET', 'accounts/1300000002')).toEqual(made);
  expect(await refused('POST', 'accounts', { name: 'other' })).toEqual([409, 'Exists']);
  const bucket = { name: 'b-1300000002', appid: '1300000002', ownerUin: made.uin, region: 'ap-guangzhou' } as const;
  await createBucket(services, { ...bucket, acl: 'private' });
  expect(await refused('DELETE', 'accounts/other')).toEqual([409, 'InUse']);
  expect(await refused('DELETE', `accounts/${OPERATOR.uin}`)).toEqual([400, 'Invalid']);
  const empty = await ok('POST', 'accounts', { name: 'empty' });
  await ok('DELETE', `accounts/${empty.uin}`);
  expect(await refused('GET', `accounts/${empty.uin}`)).toEqual([404, 'NotFound']);
});

it('users, groups and what they may', async () => {
  const { ok, refused, directory } = await client();
  const anna = await ok('POST', 'users', { name: 'anna' });
  expect(anna).toMatchObject({ name: 'anna', disabled: false, groups: [], policies: [] });
  await ok('POST', 'groups', { name: 'readers' });
  await ok('PUT', 'groups/readers/members/anna');
  await ok('PUT', 'groups/readers/policies/QcloudCOSDataReadOnly');
  await ok('POST', 'policies', { name: 'up', text: policyText('allow', 'cos:PutObject') });
  await ok('PUT', `users/${anna.uin}/policies/up`);
  expect(await ok('GET', 'users/anna')).toMatchObject({ groups: ['readers'], policies: ['up'] });
  expect(await ok('GET', 'groups/readers')).toMatchObject({ members: 1, policies: ['QcloudCOSDataReadOnly'] });
  expect(await ok('GET', 'groups/readers/members')).toEqual({ members: [{ uin: anna.uin, name: 'anna' }] });
  expect((await ok('GET', 'groups')).groups).toHaveLength(1);
  expect(directory.identityOf(OPERATOR.uin, anna.uin)?.policies).toHaveLength(2);
  expect(await refused('DELETE', 'groups/readers')).toEqual([409, 'InUse']);
  expect(await refused('DELETE', 'policies/up')).toEqual([409, 'InUse']);
  await ok('DELETE', 'users/anna/policies/up');
  await ok('DELETE', 'policies/up');
  await ok('PUT', 'users/anna', { disabled: true });
  expect(directory.identityOf(OPERATOR.uin, anna.uin)).toBeUndefined();
  await ok('DELETE', 'groups/readers/members/anna');
  await ok('DELETE', 'groups/readers/policies/QcloudCOSDataReadOnly');
  await ok('DELETE', 'groups/readers');
  await ok('DELETE', 'users/anna');
  expect(directory.state.rows.size).toBe(0);
});

it('policies are stored as they are, replaced, and shown with the presets', async () => {
  const { ok, refused } = await client();
  const [first, second] = [policyText('allow', 'cos:GetObject'), policyText('deny', 'cos:GetObject')];
  await ok('POST', 'policies', { name: 'p', text: first });
  expect(await refused('POST', 'policies', { name: 'p', text: second })).toEqual([409, 'Exists']);
  expect(await ok('GET', 'policies/p')).toEqual({ name: 'p', preset: false, text: first });
  await ok('PUT', 'policies/p', { text: second });
  expect(await ok('GET', 'policies/p')).toMatchObject({ text: second });
  expect(await refused('PUT', 'policies/p', { text: '{' })).toEqual([400, 'Invalid']);
  expect(await ok('GET', 'policies/p')).toMatchObject({ text: second });
  const { policies } = await ok('GET', 'policies');
  expect(policies.filter(({ preset }: { preset: boolean }) => !preset)).toHaveLength(1);
  expect(policies.length).toBeGreaterThan(5);
  expect(await ok('GET', 'policies/QcloudCOSFullAccess')).toMatchObject({ preset: true });
});

it('roles', async () => {
  const { ok, refused } = await client();
  const trust = [`qcs::cam::uin/${OPERATOR.uin}:root`];
  const role = await ok('POST', 'roles', { name: 'uploader', trust, maxSessionS: 900 });
  expect(role).toMatchObject({ arn: `qcs::cam::uin/${OPERATOR.uin}:roleName/uploader`, trust, maxSessionS: 900 });
  await ok('PUT', 'roles/uploader/policies/QcloudCOSDataWriteOnly');
  await ok('PUT', `roles/${role.id}`, { trust: [`qcs::cam::uin/${OPERATOR.uin}:uin/*`] });
  expect((await ok('GET', 'roles')).roles).toEqual([await ok('GET', 'roles/uploader')]);
  expect(await refused('POST', 'roles', { name: 'x', trust: 'everybody' })).toEqual([400, 'Invalid']);
  await ok('DELETE', 'roles/uploader');
  expect(await refused('GET', 'roles/uploader')).toEqual([404, 'NotFound']);
});

describe('keys', () => {
  it('show their SecretKey in the answer that makes them, and nowhere else', async () => {
    const { ok, refused, send, directory } = await client();
    await ok('POST', 'users', { name: 'anna' });
    const key = await ok('POST', 'keys', { user: 'anna' });
    expect(key).toMatchObject({ user: 'anna', enabled: true });
    expect(directory.find(key.secretId)?.secretKey).toBe(key.secretKey);
    const others = [
      await send({ method: 'GET', path: 'keys' }),
      await send({ method: 'PUT', path: `keys/${key.secretId}`, body: { enabled: false } }),
      await send({ method: 'GET', path: 'keys', query: { user: 'anna' } }),
    ];
    for (const { status, text } of others) {
      expect(status).toBe(200);
      expect(text).not.toContain(key.secretKey);
      expect(text).not.toContain(OPERATOR.secretKey);
    }
    expect(others[0]!.json.keys).toHaveLength(2);
    expect(others[2]!.json.keys).toMatchObject([{ secretId: key.secretId, enabled: false }]);
    expect(directory.find(key.secretId)?.enabled).toBe(false);
    await ok('DELETE', `keys/${key.secretId}`);
    expect(await refused('DELETE', `keys/${key.secretId}`)).toEqual([404, 'NotFound']);
    expect(await refused('DELETE', `keys/${OPERATOR.secretId}`)).toEqual([400, 'Invalid']);
  });

  it('of a root are made for another account by the operator', async () => {
    const { ok, send, directory } = await client();
    const other = await ok('POST', 'accounts', { name: 'other' });
    const key = await ok('POST', 'keys', {}, { account: other.uin });
    expect(directory.find(key.secretId)?.identity).toMatchObject({ kind: 'root', uin: other.uin, appid: other.appid });
    expect((await send({ method: 'POST', path: 'users', body: { name: 'zoe' }, as: key })).status).toBe(200);
    expect(directory.home(other.uin).users.size).toBe(1);
  });
});
