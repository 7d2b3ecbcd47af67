/** Hotlink protection of a bucket. Source: spec/buckets.md §16, spec/access.md §11.2. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, put } from '../../support/buckets.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import { clientOf, type Send, type Sent } from '../../support/http.ts';
import { authorization } from '../../support/raw.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without rules. */
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'referer', { acl: 'public-read' });
  bare = await makeBucket(server, 'referer-bare', { acl: 'public-read' });
  await put(send, 'k', 'hello');
});
afterAll(() => server.remove());

interface Rules {
  readonly status?: string;
  readonly type?: string;
  readonly domains?: readonly string[];
  /** Further elements. */
  readonly more?: string;
}
const configuration = ({ status = 'Enabled', type = 'White-List', domains = ['*.qq.com'], more = '' }: Rules = {}) =>
  `<RefererConfiguration><Status>${status}</Status><RefererType>${type}</RefererType>` +
  `<DomainList>${domains.map((domain) => `<Domain>${domain}</Domain>`).join('')}</DomainList>${more}</RefererConfiguration>`;
const EMPTY = (word: string) => `<EmptyReferConfiguration>${word}</EmptyReferConfiguration>`;
const VERIFY = (word: string) => `<VerifySignatureURL>${word}</VerifySignatureURL>`;
const NONE = '<RefererConfiguration/>';

const setReferer = (body: string, headers: Record<string, string> = {}, to = send) =>
  to({ method: 'PUT', query: { referer: '' }, headers, body });
const getReferer = (from = send) => from({ method: 'GET', query: { referer: '' } });
const deleteReferer = (from = send) => from({ method: 'DELETE', query: { referer: '' } });
const read = (referer: string | undefined, more: Partial<Sent> = {}) =>
  send({ method: 'GET', key: 'k', signed: false, headers: referer === undefined ? {} : { Referer: referer }, ...more });
const DENIED = 'You are denied by bucket referer rule';

describe('PutBucketReferer', () => {
  it('takes rules with and without Content-MD5, and gives them back', async () => {
    const domains = ['*.qq.com', 'www.Example.com:8080/a', '10.0.0.1'];
    const body = configuration({ domains, more: EMPTY('Allow') + VERIFY('Enabled') });
    expect((await expectStatus(setReferer(body, { 'Content-MD5': md5Base64(body) }), 200)).text).toBe('');
    expect((await getReferer()).text).toBe(body);
    await expectStatus(setReferer(configuration({ status: 'Disabled', type: 'Black-List' })), 200);
    const defaults = EMPTY('Deny') + VERIFY('Disabled');
    expect((await getReferer()).text).toBe(configuration({ status: 'Disabled', type: 'Black-List', more: defaults }));
  });

  it('without a body takes the rules away', async () => {
    await expectStatus(setReferer(configuration()), 200);
    expectError(await read('http://elsewhere.com/'), 403, 'AccessDenied', DENIED);
    await expectStatus(setReferer('', { 'Content-MD5': md5Base64('') }), 200);
    expect((await getReferer()).text).toBe(NONE);
    await expectStatus(read('http://elsewhere.com/'), 200);
    await expectStatus(setReferer(''), 200);
  });

  it.each([
    ['no element', NONE],
    ['no domain', configuration({ domains: [] })],
    ['an empty domain', configuration({ domains: ['a.com', ''] })],
    ['no status', configuration().replace(/<Status>.*<\/Status>/, '')],
    ['no type', configuration().replace(/<RefererType>.*<\/RefererType>/, '')],
    ['another root', '<Referer/>'],
    ['no XML', 'RefererConfiguration'],
  ])('refuses %s as malformed', async (_, body) => {
    expectError(await setReferer(body, {}, bare), 400, 'MalformedXML');
    expect((await getReferer(bare)).text).toBe(NONE);
  });

  it.each([
    ['a status', configuration({ status: 'enabled' })],
    ['a type', configuration({ type: 'Grey-List' })],
    ['what becomes of no referer', configuration({ more: EMPTY('Maybe') })],
    ['what becomes of signed URLs', configuration({ more: VERIFY('Maybe') })],
    ['a wildcard inside', configuration({ domains: ['a.*.com'] })],
    ['31 domains', configuration({ domains: Array.from({ length: 31 }, (_, i) => `d${i}.com`) })],
  ])('refuses %s as an invalid argument', async (_, body) => {
    expectError(await setReferer(body, {}, bare), 400, 'InvalidArgument');
    expect((await getReferer(bare)).text).toBe(NONE);
  });

  it('checks the body', async () => {
    expectError(await setReferer(configuration(), { 'Content-MD5': md5Base64('other') }, bare), 400, 'BadDigest');
    expectError(await setReferer('', { 'Content-MD5': md5Base64('other') }, bare), 400, 'BadDigest');
    expectError(await setReferer(configuration(), { 'Content-MD5': 'abc' }, bare), 400, 'InvalidDigest');
    expectError(await setReferer(configuration({ more: ' '.repeat(65_536) }), {}, bare), 400, 'XMLSizeLimit');
  });

  it('is for the owner alone', async () => {
    const open = await makeBucket(server, 'referer-open', { acl: 'public-read-write' });
    const unsigned: Send = (sent) => open({ ...sent, signed: false });
    expectError(await setReferer(configuration(), {}, unsigned), 403, 'AccessDenied');
    expectError(await getReferer(unsigned), 403, 'AccessDenied');
    expectError(await deleteReferer(unsigned), 403, 'AccessDenied');
  });
});

describe('reads of objects', () => {
  it('by a white list', async () => {
    await expectStatus(setReferer(configuration({ domains: ['*.qq.com', 'example.com/a'] })), 200);
    for (const referer of ['http://qq.com/', 'https://x.qq.com:81/y?z', 'http://example.com/ab']) {
      expect((await expectStatus(read(referer), 200)).text).toBe('hello');
      await expectStatus(read(referer, { method: 'HEAD' }), 200);
    }
    for (const referer of ['http://aqq.com/', 'http://example.com/', '', undefined]) {
      expectError(await read(referer), 403, 'AccessDenied', DENIED);
      expectHeadError(await read(referer, { method: 'HEAD' }), 403);
    }
    expectError(await read('http://elsewhere.com/', { key: 'absent' }), 403, 'AccessDenied', DENIED);
  });

  it('by a black list', async () => {
    await expectStatus(setReferer(configuration({ type: 'Black-List', more: EMPTY('Allow') })), 200);
    await expectStatus(read('http://example.com/'), 200);
    await expectStatus(read(undefined), 200);
    expectError(await read('http://a.qq.com/'), 403, 'AccessDenied', DENIED);
    await expectStatus(setReferer(configuration({ type: 'Black-List', more: EMPTY('Deny') })), 200);
    expectError(await read(undefined), 403, 'AccessDenied', DENIED);
  });

  it('alone are looked at, and only where nobody signed', async () => {
    await expectStatus(setReferer(configuration()), 200);
    const foreign = { Referer: 'http://elsewhere.com/' };
    const presigned = Object.fromEntries(new URLSearchParams(authorization('GET', '/k')));
    expectError(await read(foreign.Referer), 403, 'AccessDenied', DENIED);
    await expectStatus(send({ method: 'GET', key: 'k', headers: foreign }), 200);
    await expectStatus(read(foreign.Referer, { query: presigned }), 200);
    await expectStatus(read(foreign.Referer, { query: { sign: authorization('GET', '/k') } }), 200);
    await expectStatus(send({ method: 'GET', headers: foreign, signed: false }), 200);
    await expectStatus(send({ method: 'HEAD', headers: foreign, signed: false }), 200);
    expect(failure(await read(foreign.Referer, { query: { acl: '' } }))).toEqual([403, 'AccessDenied']);
    await expectStatus(setReferer(configuration({ more: VERIFY('Enabled') })), 200);
    expectError(await read(foreign.Referer, { query: presigned }), 403, 'AccessDenied', DENIED);
    await expectStatus(read('http://qq.com/', { query: presigned }), 200);
    await expectStatus(send({ method: 'GET', key: 'k', headers: foreign }), 200);
  });

  it('are free where the rules are switched off', async () => {
    await expectStatus(setReferer(configuration({ status: 'Disabled' })), 200);
    await expectStatus(read('http://elsewhere.com/'), 200);
    await expectStatus(read(undefined), 200);
  });

  it('stay so after a restart', async () => {
    const first = await startServerProcess();
    const bucket = await makeBucket(first, 'kept', { acl: 'public-read' });
    await put(bucket, 'k', 'x');
    await expectStatus(setReferer(configuration(), {}, bucket), 200);
    await first.stop();
    const second = await startServerProcess({ folder: first.folder });
    try {
      const kept = clientOf(second, 'kept');
      const answer = await kept({ method: 'GET', key: 'k', signed: false });
      expectError(answer, 403, 'AccessDenied', DENIED);
    } finally {
      await second.remove();
    }
  });
});

describe('GetBucketReferer', () => {
  it('has an empty answer where there are none', async () => {
    const answer = await expectStatus(getReferer(bare), 200);
    expect([answer.text, answer.headers['content-type']]).toEqual([NONE, 'application/xml']);
    expect(failure(await getReferer(clientOf(server, 'referer-absent')))).toEqual([404, 'NoSuchBucket']);
  });
});

describe('DeleteBucketReferer', () => {
  it('takes the rules away, and need not find any', async () => {
    const gone = await makeBucket(server, 'referer-gone');
    await expectStatus(deleteReferer(gone), 204);
    await expectStatus(setReferer(configuration(), {}, gone), 200);
    expect((await expectStatus(deleteReferer(gone), 204)).text).toBe('');
    expect((await getReferer(gone)).text).toBe(NONE);
  });

  it.each(SDKS)('and the others, through the SDK %s', async (version, make) => {
    const cos = make(server);
    const at = { Bucket: `referer-sdk-${version.replace('.', '-')}-${APPID}`, Region: REGION };
    await cos.putBucket(at);
    const RefererConfiguration = {
      Status: 'Enabled',
      RefererType: 'White-List',
      DomainList: { Domains: ['x.qq.com', '*.qcloud.com'] },
      EmptyReferConfiguration: 'Allow',
    };
    await cos.getBucketReferer(at);
    await cos.putBucketReferer({ ...at, RefererConfiguration });
    const read = (await cos.getBucketReferer(at)).RefererConfiguration;
    expect(read).toEqual({ ...RefererConfiguration, VerifySignatureURL: 'Disabled' });
  });
});
