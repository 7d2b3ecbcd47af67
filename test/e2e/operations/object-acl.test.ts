/** Object ACLs: states, grants, and what they open to the anonymous. Source: spec/objects.md §2.10, §9.2; spec/access.md §2, §3. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, put, putParts, textOf, textsOf } from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let open: Send;
let owner = '';
const ALL = 'http://cam.qcloud.com/groups/global/AllUsers';
const AUTHENTICATED = 'http://cam.qcloud.com/groups/global/AuthenticatedUsers';
const OTHER = 'qcs::cam::uin/100000000099:uin/100000000099';
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'acl');
  open = await makeBucket(server, 'acl-open', { acl: 'public-read' });
  await put(send, 'own', 'x');
  owner = textOf((await send({ method: 'GET', key: 'own', query: { acl: '' } })).text, 'ID')!;
});
afterAll(() => server.remove());

const setAcl = (key: string, headers: Record<string, string>, body?: string, to: Send = send, more = {}) =>
  to({ method: 'PUT', key, query: { acl: '', ...more }, headers, ...(body === undefined ? {} : { body }) });
/** Canned name of the header, and grants as `who permission`. */
async function aclOf(key: string, from: Send = send, more = {}): Promise<[string | undefined, string[]]> {
  const { text, headers } = await expectStatus(from({ method: 'GET', key, query: { acl: '', ...more } }), 200);
  const grants = [...text.matchAll(/<Grant>.*?<\/Grant>/gs)].map(([grant]) => {
    const who = textOf(grant, 'URI') ?? textOf(grant, 'ID')!;
    expect(grant).toContain(`xsi:type="${textOf(grant, 'URI') === undefined ? 'CanonicalUser' : 'Group'}"`);
    return `${who} ${textOf(grant, 'Permission')}`;
  });
  return [headers['x-cos-acl'] as string | undefined, grants];
}
const anonymous = async (key: string, from: Send = send, method = 'GET', query = {}) =>
  (await from({ method, key, query, signed: false })).status;
const policy = (grants: string, id = owner) =>
  `<AccessControlPolicy><Owner><ID>${id}</ID></Owner><AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`;
const group = (uri: string, permission: string) =>
  '<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group">' +
  `<URI>${uri}</URI></Grantee><Permission>${permission}</Permission></Grant>`;
const user = (id: string, permission: string, type = 'CanonicalUser') =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">` +
  `<ID>${id}</ID></Grantee><Permission>${permission}</Permission></Grant>`;

describe('GetObjectAcl', () => {
  it('names the owner twice, and what the object has', async () => {
    const { text } = await expectStatus(send({ method: 'GET', key: 'own', query: { acl: '' } }), 200);
    expect(owner).toMatch(/^qcs::cam::uin\/(\d+):uin\/\1$/);
    expect(text).toContain(`<Owner><ID>${owner}</ID><DisplayName>${owner}</DisplayName></Owner>`);
    expect(await aclOf('own')).toEqual(['default', []]);
  });

  it.each([
    ['default', 'default', []],
    ['private', 'private', ['owner FULL_CONTROL']],
    ['public-read', 'public-read', ['owner FULL_CONTROL', `${ALL} READ`]],
    ['authenticated-read', 'authenticated-read', ['owner FULL_CONTROL', `${AUTHENTICATED} READ`]],
    ['bucket-owner-read', 'private', ['owner FULL_CONTROL']],
    ['bucket-owner-full-control', 'private', ['owner FULL_CONTROL']],
  ])('shows the canned ACL %s of any way of writing', async (canned, shown, grants) => {
    const headers = { 'x-cos-acl': canned };
    const copySource = { 'x-cos-copy-source': `acl-${APPID}/own`, 'Content-Length': '0' };
    await put(send, 'written', 'x', headers);
    await expectStatus(send({ method: 'PUT', key: 'copied', headers: { ...copySource, ...headers } }), 200);
    await putParts(send, 'parts', ['x'], headers);
    await send({ method: 'DELETE', key: 'log' });
    await expectStatus(
      send({ method: 'POST', key: 'log', query: { append: '', position: '0' }, headers, body: 'x' }),
      200,
    );
    const linked = { ...headers, 'x-cos-symlink-target': 'own' };
    await expectStatus(send({ method: 'PUT', key: 'link', query: { symlink: '' }, headers: linked }), 200);
    await put(send, 'changed', 'x');
    await expectStatus(setAcl('changed', headers), 200);
    const wanted = grants.map((grant) => grant.replace('owner', owner));
    for (const key of ['written', 'copied', 'parts', 'log', 'link', 'changed']) {
      expect(await aclOf(key), key).toEqual([shown, wanted]);
    }
  });

  it('is for who holds READ_ACP', async () => {
    await put(open, 'k', 'x');
    expect(await anonymous('k', open, 'GET', { acl: '' })).toBe(403);
    await expectStatus(setAcl('k', {}, policy(group(ALL, 'READ_ACP')), open), 200);
    expect(await anonymous('k', open, 'GET', { acl: '' })).toBe(200);
    // Nothing else comes with it: the object is no longer the bucket's to open.
    expect(await anonymous('k', open)).toBe(403);
    expect(
      (await open({ method: 'PUT', key: 'k', query: { acl: '' }, headers: { 'x-cos-acl': 'private' }, signed: false }))
        .status,
    ).toBe(403);
  });
});

describe('PutObjectAcl', () => {
  it('decides over the bucket, except for default', async () => {
    for (const [bucket, byDefault] of [
      [send, 403],
      [open, 200],
    ] as const) {
      await put(bucket, 'states', 'x');
      for (const [canned, status] of [
        ['default', byDefault],
        ['private', 403],
        ['public-read', 200],
        ['authenticated-read', 403],
        ['default', byDefault],
      ] as const) {
        await expectStatus(setAcl('states', { 'x-cos-acl': canned }, undefined, bucket), 200);
        expect(await anonymous('states', bucket), canned).toBe(status);
        expect(await anonymous('states', bucket, 'HEAD'), canned).toBe(status);
      }
    }
  });

  it('gives a reader the object, not the right to change it', async () => {
    await put(send, 'readable', 'x', { 'x-cos-acl': 'public-read' });
    expect((await send({ method: 'PUT', key: 'readable', body: 'y', signed: false })).status).toBe(403);
    expect((await send({ method: 'DELETE', key: 'readable', signed: false })).status).toBe(403);
    expect(await anonymous('absent')).toBe(403);
    expect(await anonymous('absent', open)).toBe(404);
  });

  it('opens no encrypted object to the anonymous, not through a link either', async () => {
    const headers = { 'x-cos-acl': 'public-read', 'x-cos-server-side-encryption': 'AES256' };
    await put(open, 'sealed', 'x', headers);
    const linked = { 'x-cos-acl': 'public-read', 'x-cos-symlink-target': 'sealed' };
    await expectStatus(open({ method: 'PUT', key: 'to-sealed', query: { symlink: '' }, headers: linked }), 200);
    for (const key of ['sealed', 'to-sealed']) {
      expect([await anonymous(key, open), await anonymous(key, open, 'HEAD')]).toEqual([403, 403]);
      expect((await open({ method: 'GET', key })).text).toBe('x');
    }
  });

  it('takes grants from headers, in every spelling', async () => {
    await put(send, 'granted', 'x');
    await expectStatus(
      setAcl('granted', {
        'x-cos-grant-read': `id="100000000099", id="100000000099/100000000098",uin="1001"`,
        'x-cos-grant-read-acp': `id="${OTHER}",id="${OTHER}"`,
        'x-cos-grant-write-acp': 'uri="http://cam.qcloud.com/groups/global/AuthenticatedUsers"',
        'x-cos-grant-full-control': 'id="qcs::cam::uin/1:uin/1"',
      }),
      200,
    );
    expect(await aclOf('granted')).toEqual([
      undefined,
      [
        `${OTHER} READ`,
        'qcs::cam::uin/100000000099:uin/100000000098 READ',
        'qcs::cam::uin/1001:uin/1001 READ',
        `${OTHER} READ_ACP`,
        `${AUTHENTICATED} WRITE_ACP`,
        'qcs::cam::uin/1:uin/1 FULL_CONTROL',
      ],
    ]);
    expect(await anonymous('granted')).toBe(403);
  });

  it('combines a canned ACL with grants, on writes too', async () => {
    const headers = { 'x-cos-acl': 'public-read', 'x-cos-grant-full-control': 'id="1",id="2"' };
    await put(send, 'both', 'x', headers);
    await put(send, 'both2', 'x');
    await setAcl('both2', headers);
    for (const key of ['both', 'both2']) {
      expect((await aclOf(key))[1]).toEqual([
        `${ALL} READ`,
        'qcs::cam::uin/1:uin/1 FULL_CONTROL',
        'qcs::cam::uin/2:uin/2 FULL_CONTROL',
      ]);
      expect(await anonymous(key)).toBe(200);
    }
    await put(open, 'grants-only', 'x', { 'x-cos-grant-read': 'id="1"' });
    expect(await anonymous('grants-only', open)).toBe(403);
  });

  it('takes a document: groups, accounts, everyone by id', async () => {
    await put(send, 'xml', 'x');
    await expectStatus(
      setAcl('xml', {}, policy(user(OTHER, 'READ', 'RootAccount') + group(AUTHENTICATED, 'READ_ACP'))),
      200,
    );
    expect(await aclOf('xml')).toEqual([undefined, [`${OTHER} READ`, `${AUTHENTICATED} READ_ACP`]]);
    expect(await anonymous('xml')).toBe(403);
    await expectStatus(setAcl('xml', {}, policy(user('qcs::cam::anyone:anyone', 'READ'))), 200);
    expect(await anonymous('xml')).toBe(200);
    await expectStatus(setAcl('xml', {}, policy(group(ALL, 'READ') + user(owner, 'FULL_CONTROL'))), 200);
    expect((await aclOf('xml'))[1]).toEqual([`${ALL} READ`, `${owner} FULL_CONTROL`]);
    // The owner's own rights need no grant and cannot be lost.
    await expectStatus(setAcl('xml', {}, policy('')), 200);
    expect(await aclOf('xml')).toEqual(['private', [`${owner} FULL_CONTROL`]]);
    const body = policy(group(ALL, 'READ'));
    await expectStatus(setAcl('xml', { 'Content-MD5': md5Base64(body) }, body), 200);
    expect(await anonymous('xml')).toBe(200);
  });

  it('lets everyone change the ACL where everyone was granted that', async () => {
    await put(send, 'writable-acp', 'x', { 'x-cos-grant-write-acp': `uri="${ALL}"` });
    expect(await anonymous('writable-acp')).toBe(403);
    const changed = await send({
      method: 'PUT',
      key: 'writable-acp',
      query: { acl: '' },
      headers: { 'x-cos-acl': 'public-read', 'Content-Length': '0' },
      signed: false,
    });
    expect(changed.status).toBe(200);
    expect(await anonymous('writable-acp')).toBe(200);
  });

  it('changes neither ETag nor modification time, nor tags', async () => {
    await put(send, 'still', 'x', { 'x-cos-tagging': 'a=1' });
    const before = (await send({ method: 'HEAD', key: 'still' })).headers;
    await setAcl('still', { 'x-cos-acl': 'public-read' });
    const after = (await send({ method: 'HEAD', key: 'still' })).headers;
    for (const name of ['etag', 'last-modified', 'x-cos-tagging-count'] as const)
      expect(after[name]).toBe(before[name]);
  });

  it('belongs to one version', async () => {
    const versioned = await makeBucket(server, 'acl-versions', { versioning: 'Enabled' });
    const first = (await put(versioned, 'v', '1')).headers['x-cos-version-id'] as string;
    const second = (await put(versioned, 'v', '2', { 'x-cos-acl': 'private' })).headers['x-cos-version-id'] as string;
    await expectStatus(setAcl('v', { 'x-cos-acl': 'public-read' }, undefined, versioned, { versionId: first }), 200);
    expect((await aclOf('v', versioned, { versionId: first }))[0]).toBe('public-read');
    expect((await aclOf('v', versioned))[0]).toBe('private');
    expect(await anonymous('v', versioned, 'GET', { versionId: first })).toBe(200);
    expect(await anonymous('v', versioned)).toBe(403);
    await setAcl('v', { 'x-cos-acl': 'public-read' }, undefined, versioned);
    expect((await aclOf('v', versioned, { versionId: second }))[0]).toBe('public-read');
    await versioned({ method: 'DELETE', key: 'v' });
    expect(failure(await setAcl('v', { 'x-cos-acl': 'private' }, undefined, versioned))).toEqual([404, 'NoSuchKey']);
    expect((await aclOf('v', versioned, { versionId: second }))[0]).toBe('public-read');
  });

  it('takes one hundred grants', async () => {
    await put(send, 'many', 'x');
    const grants = (length: number) =>
      Array.from({ length }, (_, i) => user(`qcs::cam::uin/${1000 + i}:uin/${1000 + i}`, 'READ')).join('');
    await expectStatus(setAcl('many', {}, policy(grants(100))), 200);
    expect((await aclOf('many'))[1]).toHaveLength(100);
    expect(failure(await setAcl('many', {}, policy(grants(101))))).toEqual([400, 'InvalidArgument']);
    expect((await aclOf('many'))[1]).toHaveLength(100);
  });

  it('refuses what is no ACL of an object, and leaves what was', async () => {
    await put(send, 'kept', 'x', { 'x-cos-acl': 'public-read' });
    const body = policy(group(ALL, 'READ'));
    const refused = await Promise.all([
      setAcl('kept', { 'x-cos-acl': 'public-read-write' }),
      setAcl('kept', { 'x-cos-acl': 'open' }),
      setAcl('kept', { 'x-cos-grant-read': 'id="qcs::camuin/1:uin/1"' }),
      setAcl('kept', { 'x-cos-grant-write': 'id="1"' }),
      setAcl('kept', {}, policy(user(OTHER, 'WRITE'))),
      setAcl('kept', { 'x-cos-acl': 'private' }, body),
      setAcl('kept', {}, policy(user(OTHER, 'EVERYTHING'))),
      setAcl('kept', {}, policy('', OTHER)),
      setAcl('kept', { 'Content-Length': '0' }),
    ]);
    expect(refused.map(({ error }) => error['Code'])).toEqual([
      ...Array(5).fill('InvalidArgument'),
      'InvalidRequest',
      'MalformedXML',
      'AccessDenied',
      'MissingRequestBodyError',
    ]);
    expect((await aclOf('kept'))[0]).toBe('public-read');
  });

  it.each(SDKS)('through the SDK %s', async (_, make) => {
    const cos = make(server);
    const at = { Bucket: `acl-${APPID}`, Region: REGION, Key: 'sdk' };
    await cos.putObject({ ...at, Body: 'x', ACL: 'public-read' });
    expect((await cos.getObjectAcl(at)).ACL).toBe('public-read');
    await cos.putObjectAcl({ ...at, GrantFullControl: `id="${OTHER}"` });
    expect((await cos.getObjectAcl(at)).Grants).toEqual([
      expect.objectContaining({ Grantee: expect.objectContaining({ ID: OTHER }), Permission: 'FULL_CONTROL' }),
    ]);
    const AccessControlPolicy = { Owner: { ID: owner }, Grants: [{ Grantee: { ID: OTHER }, Permission: 'READ' }] };
    await cos.putObjectAcl({ ...at, AccessControlPolicy });
    expect(textsOf((await send({ method: 'GET', key: 'sdk', query: { acl: '' } })).text, 'Permission')).toEqual([
      'READ',
    ]);
    await cos.putObjectAcl({ ...at, ACL: 'default' });
    expect((await aclOf('sdk'))[0]).toBe('default');
  });
});
