/** Custom domains of buckets: binding, proof, and what their hosts answer. Source: spec/buckets.md §17. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, makeBucket, md5Base64, put } from '../../support/buckets.ts';
import { type DnsServer, startDnsServer } from '../../support/dns-server.ts';
import { expectError } from '../../support/expect-error.ts';
import { type Answer, clientOf, type Send, type Sent } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let dns: DnsServer;
let send: Send;
let other: Send;
beforeAll(async () => {
  dns = await startDnsServer();
  const flags = ['--domains-dns-servers', dns.address, '--domains-unlicensed', 'unlicensed.com'];
  server = await startServerProcess({ flags });
  send = await makeBucket(server, 'home', { acl: 'public-read' });
  other = await makeBucket(server, 'other');
  await put(send, 'k', 'hello');
  await put(send, 'index.html', 'the index');
});
afterAll(async () => {
  await server.remove();
  dns.close();
});

interface Rule {
  readonly name: string;
  readonly status?: string;
  readonly type?: string;
  readonly forced?: string;
}
const rule = ({ name, status = 'ENABLED', type = 'REST', forced }: Rule) =>
  `<DomainRule><Status>${status}</Status><Name>${name}</Name><Type>${type}</Type>${
    forced === undefined ? '' : `<ForcedReplacement>${forced}</ForcedReplacement>`
  }</DomainRule>`;
const configuration = (...given: Rule[]) => `<DomainConfiguration>${given.map(rule).join('')}</DomainConfiguration>`;
const setBody = (to: Send, body: string, headers: Sent['headers'] = {}) =>
  to({ method: 'PUT', query: { domain: '' }, body, headers });
const bind = (to: Send, ...given: Rule[]) => setBody(to, configuration(...given));
const getDomains = (from: Send) => from({ method: 'GET', query: { domain: '' } });
const unbind = (from: Send) => expectStatus(from({ method: 'DELETE', query: { domain: '' } }), 204);
const visit = (host: string, key = '', more: Partial<Sent> = {}): Promise<Answer> =>
  send({ method: 'GET', key, signed: false, ...more, headers: { Host: host } });
const cnameOf = (name: string) => `${name}-${APPID}.cos.${REGION}.myqcloud.com`;

describe('PutBucketDomain', () => {
  it('binds names, in any case, with and without Content-MD5', async () => {
    const body = configuration({ name: 'Files.Example.com' });
    await expectStatus(setBody(send, body, { 'Content-MD5': md5Base64(body) }), 200);
    for (const host of ['files.example.com', 'FILES.example.com:9000', 'files.example.com.']) {
      expect((await expectStatus(visit(host, 'k'), 200)).text).toBe('hello');
    }
    expect((await getDomains(send)).text).toBe(body);
    const signed = await expectStatus(visit('files.example.com', '', { signed: true }), 200);
    expect(signed.text).toContain(`<Name>home-${APPID}</Name>`);
    await expectStatus(bind(send, { name: 'www.example.com' }), 200);
    expectError(await visit('files.example.com', 'k'), 404, 'NoSuchBucket');
    expect((await visit('www.example.com', 'k')).text).toBe('hello');
    await unbind(send);
  });

  it('serves nothing at a name that is disabled', async () => {
    await expectStatus(bind(send, { name: 'off.example.com', status: 'DISABLED', type: 'WEBSITE' }), 200);
    expectError(await visit('off.example.com', 'k'), 400, 'UserCnameInvalid');
    await unbind(send);
  });

  it('makes a website of a name, once there is one', async () => {
    const site = { name: 'site.example.com', type: 'WEBSITE' };
    expectError(await bind(send, site), 400, 'InvalidArgument');
    const website =
      '<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>';
    await expectStatus(send({ method: 'PUT', query: { website: '' }, body: website }), 200);
    await expectStatus(bind(send, site), 200);
    expect((await expectStatus(visit('site.example.com'), 200)).text).toBe('the index');
    expect((await visit('site.example.com', 'none')).headers['content-type']).toContain('text/html');
    await send({ method: 'DELETE', query: { website: '' } });
    expect((await visit('site.example.com')).headers['x-cos-error-code']).toBe('NoSuchWebsiteConfiguration');
    await unbind(send);
  });

  it('accelerates by a name, while acceleration is on', async () => {
    const fast = { name: 'fast.example.com', type: 'ACCELERATE' };
    expectError(await bind(send, fast), 400, 'InvalidArgument');
    const accelerate = (status: string) =>
      send({
        method: 'PUT',
        query: { accelerate: '' },
        body: `<AccelerateConfiguration><Status>${status}</Status></AccelerateConfiguration>`,
      });
    await expectStatus(accelerate('Enabled'), 200);
    await expectStatus(bind(send, fast), 200);
    expect((await expectStatus(visit('fast.example.com', 'k'), 200)).text).toBe('hello');
    expectError(
      await visit('fast.example.com', '', { query: { cors: '' }, signed: true }),
      400,
      'ActionAccelerateNotSupported',
    );
    await accelerate('Suspended');
    expectError(await visit('fast.example.com', 'k'), 400, 'BucketAccelerateNotEnabled');
    await unbind(send);
  });

  it.each([
    '111',
    '1.2.3.4',
    'https://a.com',
    'a.com/b',
    'a.com:80',
    '-a.com',
    'a..com',
    'a_b.com',
    '',
    `${'a'.repeat(64)}.com`,
  ])('refuses the name %j', async (name) => {
    expectError(await bind(send, { name }), 400, 'WebsiteURLInvalid');
    expect((await getDomains(send)).status).toBe(404);
  });

  it.each([
    [`home-${APPID}.cos.${REGION}.myqcloud.com`],
    [`nobody-${APPID}.cos-website.${REGION}.localhost`],
    [`noappid.cos.${REGION}.localhost`],
    ['service.cos.myqcloud.com'],
    ['cos.ap-beijing.tencentcos.cn'],
  ])('refuses %s, which is a host of the server', async (name) => {
    expectError(await bind(send, { name }), 400, 'UserCnameInvalid');
  });

  it.each([
    ['another state', configuration({ name: 'a.com', status: 'enabled' })],
    ['another type', configuration({ name: 'a.com', type: 'CDN' })],
    ['another proof', configuration({ name: 'a.com', forced: 'MX' })],
    ['21 names', configuration(...Array.from({ length: 21 }, (_, at) => ({ name: `a${at}.com` })))],
  ])('refuses %s', async (_, body) => {
    expectError(await setBody(send, body), 400, 'InvalidArgument');
  });

  it.each([
    ['no rule', '<DomainConfiguration/>'],
    [
      'no name',
      '<DomainConfiguration><DomainRule><Status>ENABLED</Status><Type>REST</Type></DomainRule></DomainConfiguration>',
    ],
    [
      'no state',
      '<DomainConfiguration><DomainRule><Name>a.com</Name><Type>REST</Type></DomainRule></DomainConfiguration>',
    ],
    [
      'no type',
      '<DomainConfiguration><DomainRule><Status>ENABLED</Status><Name>a.com</Name></DomainRule></DomainConfiguration>',
    ],
    ['another root', '<Domain/>'],
  ])('refuses %s as malformed', async (_, body) => {
    expectError(await setBody(send, body), 400, 'MalformedXML');
  });

  it('refuses bodies that are too long, missing or damaged', async () => {
    expectError(await setBody(send, configuration({ name: 'a'.repeat(65_536) })), 400, 'XMLSizeLimit');
    expectError(await setBody(send, ''), 400, 'MissingRequestBodyError');
    const body = configuration({ name: 'a.com' });
    expectError(await setBody(send, body, { 'Content-MD5': md5Base64('x') }), 400, 'BadDigest');
    expectError(await setBody(send, body, { 'Content-MD5': 'x' }), 400, 'InvalidDigest');
    expectError(await send({ method: 'PUT', query: { domain: '' }, body, signed: false }), 403, 'AccessDenied');
  });

  it('refuses domains that the operator does not want', async () => {
    expectError(await bind(send, { name: 'www.Unlicensed.com' }), 451, 'DomainAuditFailed');
    await expectStatus(bind(send, { name: 'notunlicensed.com' }), 200);
    await unbind(send);
  });

  it('takes 20 names, and refuses one that comes twice', async () => {
    await expectStatus(bind(send, ...Array.from({ length: 20 }, (_, at) => ({ name: `n${at}.example.com` }))), 200);
    expect((await visit('n19.example.com', 'k')).text).toBe('hello');
    expectError(await bind(send, { name: 'a.com' }, { name: 'A.com' }), 409, 'DomainConfigConflict');
    await unbind(send);
    expectError(await visit('n19.example.com', 'k'), 404, 'NoSuchBucket');
  });

  it('leaves a domain where it is bound, unless the DNS says otherwise', async () => {
    await expectStatus(bind(send, { name: 'mine.example.com' }, { name: 'stays.example.com' }), 200);
    const wanted = { name: 'Mine.example.com' };
    expectError(await bind(other, wanted), 409, 'DomainConfigConflict');
    for (const forced of ['CNAME', 'TXT']) {
      expectError(await bind(other, { ...wanted, forced }), 400, 'DNSRecordVerifyFailed');
    }
    dns.cnames.set('mine.example.com', cnameOf('home'));
    expectError(await bind(other, { ...wanted, forced: 'CNAME' }), 400, 'DNSRecordVerifyFailed');
    expect((await visit('mine.example.com', 'k')).text).toBe('hello');
    dns.cnames.set('mine.example.com', cnameOf('other'));
    await expectStatus(bind(other, { ...wanted, forced: 'CNAME' }), 200);
    expect((await getDomains(other)).text).toBe(configuration(wanted));
    expect((await getDomains(send)).text).toBe(configuration({ name: 'stays.example.com' }));
    expectError(await visit('mine.example.com', 'k'), 403, 'AccessDenied');
    // And back, by the text that the bucket asks for.
    dns.cnames.delete('mine.example.com');
    const text = String((await getDomains(send)).headers['x-cos-domain-txt-verification']);
    dns.texts.set('mine.example.com', text);
    await expectStatus(bind(send, { ...wanted, forced: 'TXT' }), 200);
    expectError(await getDomains(other), 404, 'DomainConfigNotFoundError');
    expect((await visit('mine.example.com', 'k')).text).toBe('hello');
    await unbind(send);
  });

  it('wants proof of every name where the operator wants it', async () => {
    const strict = await startServerProcess({
      flags: ['--domains-dns-servers', dns.address, '--domains-verify', 'all', '--domains-dns-timeout-ms', '500'],
    });
    try {
      const bucket = await makeBucket(strict, 'strict');
      const name = 'proven.example.com';
      await expectStatus(bind(bucket, { name, status: 'DISABLED' }), 200);
      expectError(await bind(bucket, { name }), 400, 'DNSRecordVerifyFailed');
      dns.cnames.set(name, 'elsewhere.example.org');
      expectError(await bind(bucket, { name }), 409, 'RecordAlreadyExist');
      dns.cnames.set(name, cnameOf('strict'));
      await expectStatus(bind(bucket, { name }), 200);
      dns.cnames.delete(name);
      await expectStatus(bind(bucket, { name }), 200);
    } finally {
      await strict.remove();
    }
  });

  it('frees the names of a bucket that is deleted, and keeps all others over a restart', async () => {
    const brief = await makeBucket(server, 'brief');
    await expectStatus(bind(brief, { name: 'brief.example.com' }), 200);
    expectError(await bind(send, { name: 'brief.example.com' }), 409, 'DomainConfigConflict');
    await expectStatus(brief({ method: 'DELETE' }), 204);
    expectError(await visit('brief.example.com', 'k'), 404, 'NoSuchBucket');
    await makeBucket(server, 'brief');
    expectError(await visit('brief.example.com', 'k'), 404, 'NoSuchBucket');
    await expectStatus(bind(send, { name: 'brief.example.com' }), 200);
    await server.stop();
    server = await startServerProcess({ folder: server.folder });
    send = clientOf(server, 'home');
    other = clientOf(server, 'other');
    expect((await visit('brief.example.com', 'k')).text).toBe('hello');
    await unbind(send);
  });
});

describe('GetBucketDomain', () => {
  it.each(SDKS)('gives SDK %s what it put', async (_, make) => {
    const cos = make(server);
    const at = { Bucket: `home-${APPID}`, Region: REGION };
    const DomainRule = [
      { Status: 'DISABLED', Name: 'www.testDomain1.com', Type: 'REST' },
      { Status: 'DISABLED', Name: 'www.testDomain2.com', Type: 'WEBSITE' },
    ];
    await cos.putBucketDomain({ ...at, DomainRule });
    expect((await cos.getBucketDomain(at)).DomainRule).toEqual(DomainRule);
    await cos.deleteBucketDomain(at);
    await expect(cos.getBucketDomain(at)).rejects.toMatchObject({ code: 'DomainConfigNotFoundError', statusCode: 404 });
  });

  it('names a text for the DNS that is fixed for a bucket and another one for the next', async () => {
    expectError(await getDomains(send), 404, 'DomainConfigNotFoundError');
    const header = async (from: Send) => (await getDomains(from)).headers['x-cos-domain-txt-verification'];
    await bind(send, { name: 'a.example.com', status: 'DISABLED' });
    await bind(other, { name: 'b.example.com', status: 'DISABLED' });
    const first = await header(send);
    expect(first).toMatch(/^tencent-cloud-cos-verification=[0-9a-f]{32}$/);
    await bind(send, { name: 'c.example.com', status: 'DISABLED' });
    expect(await header(send)).toBe(first);
    expect(await header(other)).not.toBe(first);
    await unbind(send);
    await unbind(other);
  });
});

describe('DeleteBucketDomain', () => {
  it('frees the names, and does so again', async () => {
    await bind(send, { name: 'free.example.com' });
    await unbind(send);
    await unbind(send);
    expectError(await getDomains(send), 404, 'DomainConfigNotFoundError');
    await expectStatus(bind(other, { name: 'free.example.com' }), 200);
    await unbind(other);
  });
});
