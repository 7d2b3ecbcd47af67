/** Tags and ACLs of objects. Source: spec/objects.md §2.10, §9.1, §9.2, §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Send, Sent } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const UIN = '100000000001';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'tags');
  await put(send, 'k', 'hello', { 'x-cos-tagging': 'kept=yes' });
});
afterAll(() => server.remove());

/** The same tags in every place that takes some. */
function taggings(tags: readonly (readonly [key: string, value: string])[]): Sent[] {
  const listed = tags.map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`).join('');
  const text = tags.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
  const headers = { 'x-cos-tagging': text };
  const source = { 'x-cos-copy-source': `/tags-${APPID}/k`, 'x-cos-tagging-directive': 'Replaced' };
  return [
    { method: 'PUT', key: 'k', query: { tagging: '' }, body: `<Tagging><TagSet>${listed}</TagSet></Tagging>` },
    { method: 'PUT', key: 'new', body: 'x', headers },
    { method: 'POST', key: 'new', query: { uploads: '' }, headers },
    { method: 'PUT', key: 'new', headers: { ...headers, ...source } },
  ];
}

describe('tags', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, n) => [`k${n}`, 'v'] as const);

  it('more than ten', async () => {
    for (const sent of taggings(numbered(11))) expectError(await send(sent), 400, 'BadRequest');
    expectHeadError(await send({ method: 'HEAD', key: 'new' }), 404);
    const { text } = await done(send, { method: 'GET', key: 'k', query: { tagging: '' } });
    expect(text).toContain('<Key>kept</Key>');
    for (const sent of taggings(numbered(10))) await done(send, sent);
    await done(send, { method: 'DELETE', key: 'new' });
  });

  it.each<[string, readonly (readonly [string, string])[]]>([
    [
      'twice',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['without a key', [['', 'v']]],
    ['with a key that is too long', [['k'.repeat(129), 'v']]],
    ['with a value that is too long', [['k', 'v'.repeat(257)]]],
    ['with other characters', [['a*b', 'v']]],
    ['with other characters in the value', [['k', 'a,b']]],
    ['with a reserved prefix', [['cos:x', 'v']]],
  ])('%s', async (_, tags) => {
    for (const sent of taggings(tags)) expectError(await send(sent), 400, 'InvalidTag');
    expectHeadError(await send({ method: 'HEAD', key: 'new' }), 404);
  });

  it('that are none', async () => {
    const tag = (body: string) => send({ method: 'PUT', key: 'k', query: { tagging: '' }, body });
    expectError(await tag('<Tagging/>'), 400, 'MalformedXML');
    expectError(await tag('<Tagging><TagSet><Tag><Value>v</Value></Tag></TagSet></Tagging>'), 400, 'MalformedXML');
    const header = { method: 'PUT', key: 'new', body: 'x', headers: { 'x-cos-tagging': '%zz=1' } };
    expectError(await send(header), 400, 'InvalidTag');
  });
});

describe('ACLs', () => {
  const setAcl = (body: string) => send({ method: 'PUT', key: 'k', query: { acl: '' }, body });
  const policy = (grants: string, owner = UIN): string =>
    `<AccessControlPolicy><Owner><ID>qcs::cam::uin/${owner}:uin/${owner}</ID></Owner>` +
    `<AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`;
  const grant = (grantee: string, permission: string, type = 'CanonicalUser'): string =>
    '<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
    `xsi:type="${type}">${grantee}</Grantee><Permission>${permission}</Permission></Grant>`;
  const friend = '<ID>qcs::cam::uin/100000000002:uin/100000000002</ID>';

  it('with permissions or grantees that there are not', async () => {
    expectError(await setAcl(policy(grant(friend, 'EXECUTE'))), 400, 'MalformedXML');
    expectError(await setAcl(policy(grant(friend, 'READ', 'Robot'))), 400, 'MalformedXML');
    expectError(await setAcl(policy('<Grant><Permission>READ</Permission></Grant>')), 400, 'MalformedXML');
    expectError(await setAcl(policy(grant('<ID>nobody</ID>', 'READ'))), 400, 'InvalidArgument');
    const group = '<URI>http://cam.qcloud.com/groups/global/Everybody</URI>';
    expectError(await setAcl(policy(grant(group, 'READ', 'Group'))), 400, 'InvalidArgument');
    expectError(await setAcl(policy(grant(friend, 'WRITE'))), 400, 'InvalidArgument');
  });

  it('with too many grants', async () => {
    const grants = (count: number) =>
      Array.from({ length: count }, (_, n) => {
        const uin = 100_000_001_000 + n;
        return grant(`<ID>qcs::cam::uin/${uin}:uin/${uin}</ID>`, 'READ');
      }).join('');
    expectError(await setAcl(policy(grants(101))), 400, 'InvalidArgument');
    await done(send, { method: 'PUT', key: 'k', query: { acl: '' }, body: policy(grants(100)) });
  });

  it('that would give the object to somebody else', async () => {
    expectError(await setAcl(policy(grant(friend, 'READ'), '100000000002')), 403, 'AccessDenied');
  });

  it('in the body and in headers', async () => {
    const both: Sent = {
      method: 'PUT',
      key: 'k',
      query: { acl: '' },
      body: policy(grant(friend, 'READ')),
      headers: { 'x-cos-acl': 'private' },
    };
    expectError(await send(both), 400, 'InvalidRequest', 'header acl and body acl conflict');
  });

  it('are closed to those they do not name', async () => {
    await put(send, 'open', 'x', { 'x-cos-acl': 'public-read' });
    for (const sent of [
      { method: 'GET', key: 'open', query: { acl: '' } },
      { method: 'PUT', key: 'open', query: { acl: '' }, headers: { 'x-cos-acl': 'private' } },
      { method: 'PUT', key: 'open', query: { tagging: '' }, body: '<Tagging><TagSet/></Tagging>' },
    ]) {
      expectError(await send({ ...sent, signed: false }), 403, 'AccessDenied');
    }
    await done(send, { method: 'GET', key: 'open', signed: false });
  });
});
