/** Bucket ACLs: canned ones, grants, what they open to the anonymous. Source: spec/buckets.md §3, §10; spec/access.md §2, §3. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, put, textOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let owner = '';
const ALL = 'http://cam.qcloud.com/groups/global/AllUsers';
const AUTHENTICATED = 'http://cam.qcloud.com/groups/global/AuthenticatedUsers';
const OTHER = 'qcs::cam::uin/100000000099:uin/100000000099';
const SUB = 'qcs::cam::uin/100000000099:uin/100000000098';
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'acl');
  owner = textOf((await send({ method: 'GET', query: { acl: '' } })).text, 'ID')!;
});
afterAll(() => server.remove());

const setAcl = (headers: Record<string, string>, body = '', to = send) =>
  to({ method: 'PUT', query: { acl: '' }, headers, body });

/** Canned name of the header, and grants as `who permission`. */
async function aclOf(from = send): Promise<[string | undefined, string[]]> {
  const { text, headers } = await expectStatus(from({ method: 'GET', query: { acl: '' } }), 200);
  expect(text).toContain(`<Owner><ID>${owner}</ID><DisplayName>${owner}</DisplayName></Owner>`);
  const grants = [...text.matchAll(/<Grant>.*?<\/Grant>/gs)].map(([grant]) => {
    const uri = textOf(grant, 'URI');
    expect(grant).toContain(`xsi:type="${uri === undefined ? 'CanonicalUser' : 'Group'}"`);
    expect(grant.includes('<DisplayName>')).toBe(uri === undefined);
    return `${uri ?? textOf(grant, 'ID')} ${textOf(grant, 'Permission')}`;
  });
  return [headers['x-cos-acl'] as string | undefined, grants];
}

const document = (grants: string, id: string | undefined = owner) =>
  `<AccessControlPolicy>${id === undefined ? '' : `<Owner><ID>${id}</ID></Owner>`}` +
  `<AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`;
const grant = (grantee: string, permission: string, type?: string) => {
  const attributes =
    type === undefined ? '' : ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}"`;
  return `<Grant><Grantee${attributes}>${grantee}</Grantee><Permission>${permission}</Permission></Grant>`;
};
const id = (text: string) => `<ID>${text}</ID>`;

describe('PutBucketAcl', () => {
  it.each([
    ['private', ['owner FULL_CONTROL']],
    ['public-read', ['owner FULL_CONTROL', `${ALL} READ`]],
    ['public-read-write', ['owner FULL_CONTROL', `${ALL} READ`, `${ALL} WRITE`]],
    ['authenticated-read', ['owner FULL_CONTROL', `${AUTHENTICATED} READ`]],
  ])('takes the canned ACL %s, of PUT Bucket too', async (canned, grants) => {
    const wanted = [canned, grants.map((each) => each.replace('owner', owner))];
    expect((await expectStatus(setAcl({ 'x-cos-acl': canned }), 200)).text).toBe('');
    expect(await aclOf()).toEqual(wanted);
    expect(await aclOf(await makeBucket(server, `made-${canned}`, { acl: canned }))).toEqual(wanted);
  });

  it('takes grants of headers in every spelling, each once, in order', async () => {
    const headers = {
      'x-cos-grant-read': `id="100000000099", id="100000000099/100000000098",uin="1001"`,
      'x-cos-grant-write': `uri="${AUTHENTICATED}"`,
      'x-cos-grant-read-acp': `id="${OTHER}",id="${OTHER}"`,
      'x-cos-grant-write-acp': 'id="1002"',
      'x-cos-grant-full-control': `id="${SUB}"`,
    };
    await expectStatus(setAcl(headers), 200);
    const grants = [
      `${OTHER} READ`,
      `${SUB} READ`,
      'qcs::cam::uin/1001:uin/1001 READ',
      `${AUTHENTICATED} WRITE`,
      `${OTHER} READ_ACP`,
      'qcs::cam::uin/1002:uin/1002 WRITE_ACP',
      `${SUB} FULL_CONTROL`,
    ];
    expect(await aclOf()).toEqual([undefined, grants]);
    const made = clientOf(server, 'made-grants');
    await expectStatus(made({ method: 'PUT', headers }), 200);
    expect(await aclOf(made)).toEqual([undefined, grants]);
  });

  it('adds grants to a canned ACL, and replaces all of it the next time', async () => {
    await expectStatus(setAcl({ 'x-cos-acl': 'public-read', 'x-cos-grant-full-control': 'id="1",id="2"' }), 200);
    const full = ['qcs::cam::uin/1:uin/1 FULL_CONTROL', 'qcs::cam::uin/2:uin/2 FULL_CONTROL'];
    expect(await aclOf()).toEqual([undefined, [`${ALL} READ`, ...full]]);
    await expectStatus(setAcl({ 'x-cos-acl': 'private', 'x-cos-grant-read': `id="${OTHER}"` }), 200);
    expect(await aclOf()).toEqual([undefined, [`${OTHER} READ`]]);
    await expectStatus(setAcl({ 'x-cos-acl': 'private' }), 200);
    expect(await aclOf()).toEqual(['private', [`${owner} FULL_CONTROL`]]);
  });

  it('takes a document as it stands: no owner is added, no type is needed', async () => {
    const body = document(grant(id(OTHER), 'READ'));
    await expectStatus(setAcl({ 'Content-MD5': md5Base64(body) }, body), 200);
    expect(await aclOf()).toEqual([undefined, [`${OTHER} READ`]]);
    await expectStatus(setAcl({}, document(grant(`<URI>${ALL}</URI>`, 'READ'))), 200);
    expect(await aclOf()).toEqual([undefined, [`${ALL} READ`]]);
    await expectStatus(setAcl({}, document('', undefined)), 200);
    expect(await aclOf()).toEqual(['private', [`${owner} FULL_CONTROL`]]);
  });

  it('takes the types that clients write', async () => {
    const grants =
      grant(`<URI>${AUTHENTICATED}</URI>`, 'WRITE', 'Group') +
      grant(id(OTHER), 'READ', 'CanonicalUser') +
      grant(id('1001'), 'READ_ACP', 'RootAccount') +
      grant(id(SUB), 'WRITE_ACP', 'SubAccount') +
      grant(`<Subaccount>${SUB}</Subaccount>`, 'FULL_CONTROL', 'Subaccount') +
      grant(id('qcs::cam::anyone:anyone'), 'READ', 'RootAccount') +
      grant(id(OTHER), 'READ');
    await expectStatus(setAcl({}, document(grants)), 200);
    expect((await aclOf())[1]).toEqual([
      `${AUTHENTICATED} WRITE`,
      `${OTHER} READ`,
      'qcs::cam::uin/1001:uin/1001 READ_ACP',
      `${SUB} WRITE_ACP`,
      `${SUB} FULL_CONTROL`,
      `${ALL} READ`,
    ]);
  });

  it.each([
    ['a canned ACL that is none', { 'x-cos-acl': 'public-read-writ' }],
    ['a canned ACL of objects', { 'x-cos-acl': 'default' }],
    ['a grantee that is none', { 'x-cos-grant-read': 'id="qcs::camuin/1:uin/1"' }],
    ['no grantee', { 'x-cos-grant-full-control': '1001' }],
  ])('refuses %s, in PUT Bucket too', async (_, headers) => {
    await expectStatus(setAcl({ 'x-cos-acl': 'private' }), 200);
    expectError(await setAcl(headers), 400, 'InvalidArgument');
    expect((await aclOf())[0]).toBe('private');
    const none = clientOf(server, 'acl-refused');
    expectError(await none({ method: 'PUT', headers }), 400, 'InvalidArgument');
    expect((await none({ method: 'HEAD' })).status).toBe(404);
  });

  it('refuses documents that are none', async () => {
    await expectStatus(setAcl({ 'x-cos-acl': 'private' }), 200);
    const malformed = [
      '<Acl/>',
      'text',
      '<AccessControlPolicy/>',
      document('<Grant/>'),
      document(grant('', 'READ')),
      document(grant(id(OTHER), 'LIST')),
      document(grant(id(OTHER), 'READ', 'Martian')),
    ];
    for (const body of malformed) expectError(await setAcl({}, body), 400, 'MalformedXML');
    for (const who of [id('abc'), '<URI>http://cam.qcloud.com/groups/global/Nobody</URI>']) {
      expectError(await setAcl({}, document(grant(who, 'READ'))), 400, 'InvalidArgument');
    }
    const body = document(grant(id(OTHER), 'READ'));
    expectError(await setAcl({ 'Content-MD5': md5Base64('other') }, body), 400, 'BadDigest');
    expectError(await setAcl({ 'Content-MD5': 'abc' }, body), 400, 'InvalidDigest');
    expectError(await setAcl({ 'x-cos-acl': 'private' }, body), 400, 'InvalidRequest');
    expectError(await setAcl({}), 400, 'MissingRequestBodyError');
    expectError(await setAcl({}, document(' '.repeat(65_536))), 400, 'XMLSizeLimit');
    expectError(await setAcl({}, document('', OTHER)), 403, 'AccessDenied');
    expect(await aclOf()).toEqual(['private', [`${owner} FULL_CONTROL`]]);
  });

  it('takes a hundred grants and no more', async () => {
    const many = (length: number) =>
      document(Array.from({ length }, (_, i) => grant(id(String(1000 + i)), 'READ')).join(''));
    await expectStatus(setAcl({}, many(100)), 200);
    expect((await aclOf())[1]).toHaveLength(100);
    expectError(await setAcl({}, many(101)), 400, 'AttachmentFull');
    const header = Array.from({ length: 101 }, (_, i) => `id="${i}"`).join(',');
    expectError(await setAcl({ 'x-cos-grant-read': header }), 400, 'AttachmentFull');
    expect((await aclOf())[1]).toHaveLength(100);
  });

  it('gives the anonymous what AllUsers have', async () => {
    const open = await makeBucket(server, 'acl-opened');
    await put(open, 'k', 'x');
    const statuses = async () => {
      const asked = [
        open({ method: 'GET', signed: false }),
        open({ method: 'GET', key: 'k', signed: false }),
        open({ method: 'PUT', key: 'new', body: 'x', signed: false }),
        open({ method: 'GET', query: { acl: '' }, signed: false }),
        open({ method: 'PUT', query: { acl: '' }, headers: { 'x-cos-acl': 'wrong' }, body: '', signed: false }),
      ];
      return (await Promise.all(asked)).map(({ status }) => status);
    };
    const grantAll = (header: string) => expectStatus(setAcl({ [header]: `uri="${ALL}"` }, '', open), 200);
    expect(await statuses()).toEqual([403, 403, 403, 403, 403]);
    await grantAll('x-cos-grant-read');
    expect(await statuses()).toEqual([200, 200, 403, 403, 403]);
    await grantAll('x-cos-grant-write');
    expect(await statuses()).toEqual([403, 403, 200, 403, 403]);
    await grantAll('x-cos-grant-read-acp');
    expect(await statuses()).toEqual([403, 403, 403, 200, 403]);
    await grantAll('x-cos-grant-write-acp');
    expect(await statuses()).toEqual([403, 403, 403, 403, 400]);
    await grantAll('x-cos-grant-full-control');
    expect(await statuses()).toEqual([200, 200, 200, 200, 400]);
    await expectStatus(setAcl({ 'x-cos-acl': 'private' }, '', open), 200);
    expect(await statuses()).toEqual([403, 403, 403, 403, 403]);
  });

  it('is for a bucket that exists', async () => {
    const absent = clientOf(server, 'acl-absent');
    expect(failure(await setAcl({ 'x-cos-acl': 'private' }, '', absent))).toEqual([404, 'NoSuchBucket']);
  });
});

describe('GetBucketAcl', () => {
  it('gives what can be put again', async () => {
    await expectStatus(setAcl({ 'x-cos-acl': 'public-read', 'x-cos-grant-write': 'id="1001"' }), 200);
    const { text } = await send({ method: 'GET', query: { acl: '' } });
    await expectStatus(setAcl({ 'x-cos-acl': 'private' }), 200);
    await expectStatus(setAcl({}, text), 200);
    expect((await send({ method: 'GET', query: { acl: '' } })).text).toBe(text);
  });

  it('shows the owner alone for a fresh bucket, and after a restart what was put', async () => {
    const first = await startServerProcess();
    const bucket = await makeBucket(first, 'kept');
    expect(await aclOf(bucket)).toEqual(['private', [`${owner} FULL_CONTROL`]]);
    await expectStatus(setAcl({ 'x-cos-grant-read': `uri="${ALL}"` }, '', bucket), 200);
    await put(bucket, 'k', 'x');
    await first.stop();
    const second = await startServerProcess({ folder: first.folder });
    try {
      const kept = clientOf(second, 'kept');
      expect(await aclOf(kept)).toEqual([undefined, [`${ALL} READ`]]);
      expect((await kept({ method: 'GET', key: 'k', signed: false })).text).toBe('x');
    } finally {
      await second.remove();
    }
  });

  it('takes no body', async () => {
    expectError(await send({ method: 'GET', query: { acl: '' }, body: 'x' }), 400, 'UnexpectedContent');
  });

  it.each(SDKS)('reads what the SDK %s wrote', async (version, make) => {
    const cos = make(server);
    const Bucket = `acl-sdk-${version.replace('.', '-')}-${APPID}`;
    const at = { Bucket, Region: REGION };
    await cos.putBucket({ ...at, ACL: 'public-read', GrantWrite: 'id="1001"' });
    expect(await cos.getBucketAcl(at)).toMatchObject({ ACL: 'public-read', Owner: { ID: owner } });
    for (const ACL of ['public-read', 'public-read-write', 'private']) {
      await cos.putBucketAcl({ ...at, ACL });
      expect((await cos.getBucketAcl(at)).ACL).toBe(ACL);
    }
    const who = `id="${OTHER}", id="qcs::cam::uin/1002:uin/1002"`;
    await cos.putBucketAcl({ ...at, GrantWrite: who });
    expect((await cos.getBucketAcl(at)).GrantWrite.replace(',', ', ')).toBe(who);
    const Grants = [{ Grantee: { ID: OTHER }, Permission: 'READ' }];
    await cos.putBucketAcl({ ...at, AccessControlPolicy: { Owner: { ID: owner }, Grants } });
    const read = await cos.getBucketAcl(at);
    expect(read.Grants).toMatchObject(Grants);
    expect(read.Grants).toHaveLength(1);
    await expect(cos.putBucketAcl({ ...at, ACL: 'public-read-writ' })).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('ACLs and policies of an account', () => {
  it('have a limit, and so have the grants to one identity', async () => {
    const flags = ['--limits-acl-entries', '2', '--limits-grant-attachments', '1'];
    const limited = await startServerProcess({ flags });
    try {
      const a = await makeBucket(limited, 'a', { acl: 'public-read' });
      const b = await makeBucket(limited, 'b');
      const policy = JSON.stringify({
        version: '2.0',
        statement: [{ principal: { qcs: [OTHER] }, effect: 'allow', action: '*', resource: '*' }],
      });
      await expectStatus(b({ method: 'PUT', query: { policy: '' }, body: policy }), 204);
      expectError(await setAcl({ 'x-cos-acl': 'public-read' }, '', b), 400, 'PolicyFull');
      expectError(await a({ method: 'PUT', query: { policy: '' }, body: policy }), 400, 'PolicyFull');
      expectError(
        await b({ method: 'PUT', key: 'k', headers: { 'x-cos-acl': 'private' }, body: '' }),
        400,
        'PolicyFull',
      );
      expectError(await setAcl({ 'x-cos-grant-read': `id="${OTHER}"` }, '', a), 400, 'AttachmentFull');
      const made = clientOf(limited, 'c');
      expectError(await made({ method: 'PUT', headers: { 'x-cos-acl': 'public-read' } }), 400, 'PolicyFull');
      await expectStatus(b({ method: 'DELETE', query: { policy: '' } }), 204);
      await expectStatus(setAcl({ 'x-cos-grant-read': `id="${OTHER}"` }, '', a), 200);
      await expectStatus(made({ method: 'PUT', headers: { 'x-cos-acl': 'public-read' } }), 200);
    } finally {
      await limited.remove();
    }
  });
});
