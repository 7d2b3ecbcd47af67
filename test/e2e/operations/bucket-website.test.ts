/** A bucket as a website: its configuration, and what website hosts answer. Source: spec/buckets.md §15. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, makeBucket, md5Base64, put } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { type Answer, clientOf, type Send, type Sent } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
/** Public, with objects. */
let send: Send;
/** Without a configuration. */
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--tls-port', '0'] });
  send = await makeBucket(server, 'site', { acl: 'public-read' });
  bare = await makeBucket(server, 'site-bare');
  const html = { 'Content-Type': 'text/html' };
  for (const [key, body] of Object.entries(PAGES)) await put(send, key, body, html);
  await put(send, 'secret.html', 'secret', { ...html, 'x-cos-acl': 'private' });
  await put(send, 'moved', '', { 'x-cos-website-redirect-location': '/docs/?from=moved' });
  await put(send, 'gone-away', 'x', { 'x-cos-website-redirect-location': 'https://example.com/x' });
});
afterAll(() => server.remove());

const PAGES: Readonly<Record<string, string>> = {
  'index.html': 'the index',
  'docs/index.html': 'the documents',
  'about.html': 'about us',
  'error.html': 'our error page',
  '404.html': 'not here',
  'documents/a b.html': 'a and b',
};
const INDEX = '<IndexDocument><Suffix>index.html</Suffix></IndexDocument>';
const configuration = (...parts: string[]) => `<WebsiteConfiguration>${parts.join('')}</WebsiteConfiguration>`;
const rule = (condition: string, redirect: string) =>
  `<RoutingRule><Condition>${condition}</Condition><Redirect>${redirect}</Redirect></RoutingRule>`;
const rules = (...parts: string[]) => `<RoutingRules>${parts.join('')}</RoutingRules>`;
const status = (code: number | string) => `<HttpErrorCodeReturnedEquals>${code}</HttpErrorCodeReturnedEquals>`;
const prefix = (text: string) => `<KeyPrefixEquals>${text}</KeyPrefixEquals>`;
const replaceKey = (text: string) => `<ReplaceKeyWith>${text}</ReplaceKeyWith>`;
const replacePrefix = (text: string) => `<ReplaceKeyPrefixWith>${text}</ReplaceKeyPrefixWith>`;
const url = (text: string) => `<URLRedirect>${text}</URLRedirect>`;
const errorDocument = (key: string, more = '') => `<ErrorDocument><Key>${key}</Key>${more}</ErrorDocument>`;

const setSite = (to: Send, body: string, headers: Sent['headers'] = {}) =>
  to({ method: 'PUT', query: { website: '' }, body, headers });
const getSite = (from: Send) => from({ method: 'GET', query: { website: '' } });
const deleteSite = (from: Send) => from({ method: 'DELETE', query: { website: '' } });
const HOST = `site-${APPID}.cos-website.${REGION}.myqcloud.com`;

/** As a browser asks. */
function visit(key: string, { headers = {}, ...more }: Partial<Sent> = {}): Promise<Answer> {
  return send({ method: 'GET', key, signed: false, ...more, headers: { Host: HOST, ...headers } });
}

/** An error page of ours. */
function expectPage(answer: Answer, expected: number, code: string): void {
  expect([answer.status, answer.headers['x-cos-error-code']]).toEqual([expected, code]);
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(answer.headers['x-cos-error-message']).toMatch(/./);
  expect(answer.text).toContain(`<li>Code: ${code}</li>`);
  expect(answer.text).toContain(`<li>RequestId: ${String(answer.headers['x-cos-request-id'])}</li>`);
  expect(answer.text).toContain(`<li>TraceId: ${String(answer.headers['x-cos-trace-id'])}</li>`);
}

describe('PutBucketWebsite', () => {
  it('takes a whole configuration, which comes back as it was', async () => {
    const redirect = '<RedirectAllRequestsTo><Protocol>HTTPS</Protocol></RedirectAllRequestsTo>';
    const auto = '<AutoAddressing><Status>Enabled</Status></AutoAddressing>';
    const more = '<OriginalHttpStatus>Disabled</OriginalHttpStatus><Charity404>Disabled</Charity404>';
    const body = configuration(
      INDEX,
      redirect,
      auto,
      errorDocument('p/e&amp;.html', more),
      rules(
        rule(status(404), `<Protocol>https</Protocol>${replaceKey(' 404 .html')}${url('Disabled')}`),
        rule(prefix('docs/'), replacePrefix('documents/') + url('Enabled')),
        rule(prefix('old/'), replacePrefix('') + url('Enabled')),
      ),
    );
    await expectStatus(setSite(bare, body, { 'Content-MD5': md5Base64(body) }), 200);
    expect((await getSite(bare)).text).toBe(body);
    await expectStatus(setSite(bare, configuration(INDEX)), 200);
    expect((await getSite(bare)).text).toBe(configuration(INDEX));
    await deleteSite(bare);
  });

  it.each([
    ['no index', configuration(errorDocument('e'))],
    ['an empty index', configuration('<IndexDocument><Suffix/></IndexDocument>')],
    ['an error document without key', configuration(INDEX, '<ErrorDocument/>')],
    ['no condition', configuration(INDEX, rules(rule('', replaceKey('a'))))],
    ['two conditions', configuration(INDEX, rules(rule(status(404) + prefix('a'), replaceKey('a'))))],
    ['no replacement', configuration(INDEX, rules(rule(status(404), url('Enabled'))))],
    ['two replacements', configuration(INDEX, rules(rule(prefix('a'), replaceKey('a') + replacePrefix('b'))))],
    ['a prefix in place of an error', configuration(INDEX, rules(rule(status(404), replacePrefix('b'))))],
    ['no redirect', configuration(INDEX, rules(`<RoutingRule><Condition>${status(404)}</Condition></RoutingRule>`))],
    ['another root', '<Website/>'],
    ['no XML', 'WebsiteConfiguration'],
  ])('refuses %s as malformed', async (_, body) => {
    expectError(await setSite(bare, body), 400, 'MalformedXML');
    expect((await getSite(bare)).status).toBe(404);
  });

  const many = (count: number) => Array.from({ length: count }, (_, at) => rule(prefix(`${at}/`), replaceKey('a')));
  it.each([
    ['a status below 400', configuration(INDEX, rules(rule(status(399), replaceKey('a'))))],
    ['a status above 499', configuration(INDEX, rules(rule(status(500), replaceKey('a'))))],
    ['a status that is none', configuration(INDEX, rules(rule(status('4xx'), replaceKey('a'))))],
    ['101 rules', configuration(INDEX, rules(...many(101)))],
    ['another protocol', configuration(INDEX, rules(rule(prefix('a'), `<Protocol>http</Protocol>${replaceKey('a')}`)))],
    [
      'another protocol for all',
      configuration(INDEX, '<RedirectAllRequestsTo><Protocol>ftp</Protocol></RedirectAllRequestsTo>'),
    ],
    ['a slash in the index', configuration('<IndexDocument><Suffix>a/index.html</Suffix></IndexDocument>')],
    ['an unknown switch', configuration(INDEX, '<AutoAddressing><Status>on</Status></AutoAddressing>')],
  ])('refuses %s', async (_, body) => {
    expectError(await setSite(bare, body), 400, 'InvalidArgument');
  });

  it('takes 100 rules', async () => {
    await expectStatus(setSite(bare, configuration(INDEX, rules(...many(100)))), 200);
    expect((await getSite(bare)).text.match(/<RoutingRule>/g)).toHaveLength(100);
    await deleteSite(bare);
  });

  it('refuses redirects to other hosts, what it does not do, and what is too long or not what was meant', async () => {
    const elsewhere = '<RedirectAllRequestsTo><HostName>example.com</HostName></RedirectAllRequestsTo>';
    expectError(await setSite(bare, configuration(INDEX, elsewhere)), 400, 'WebsiteURLInvalid');
    const code = rules(rule(prefix('a'), `<HttpRedirectCode>307</HttpRedirectCode>${replaceKey('b')}`));
    expectError(await setSite(bare, configuration(INDEX, code)), 501, 'NotImplemented');
    const charity = errorDocument('e', '<Charity404>Enabled</Charity404>');
    expectError(await setSite(bare, configuration(INDEX, charity)), 501, 'NotImplemented');
    expectError(await setSite(bare, configuration(INDEX, ' '.repeat(65_536))), 400, 'XMLSizeLimit');
    expectError(await setSite(bare, ''), 400, 'MissingRequestBodyError');
    expectError(await setSite(bare, configuration(INDEX), { 'Content-MD5': md5Base64('x') }), 400, 'BadDigest');
    expectError(await setSite(bare, configuration(INDEX), { 'Content-MD5': 'x' }), 400, 'InvalidDigest');
  });

  it('is for the owner alone', async () => {
    const sent = { method: 'PUT', query: { website: '' }, body: configuration(INDEX), signed: false };
    expectError(await send(sent), 403, 'AccessDenied');
    expectError(await clientOf(server, 'site-none')({ ...sent, signed: true }), 404, 'NoSuchBucket');
  });
});

describe('GetBucketWebsite', () => {
  it.each(SDKS)('gives SDK %s what it put, with URLRedirect added', async (_, make) => {
    const cos = make(server);
    const at = { Bucket: `site-bare-${APPID}`, Region: REGION };
    const RoutingRules = [
      {
        Condition: { HttpErrorCodeReturnedEquals: '404' },
        Redirect: { Protocol: 'https', ReplaceKeyWith: '404.html' },
      },
      { Condition: { KeyPrefixEquals: 'docs/' }, Redirect: { Protocol: 'https', ReplaceKeyPrefixWith: 'documents/' } },
    ];
    const WebsiteConfiguration = {
      IndexDocument: { Suffix: 'index.html' },
      RedirectAllRequestsTo: { Protocol: 'https' },
      ErrorDocument: { Key: 'error.html' },
    };
    await cos.putBucketWebsite({ ...at, WebsiteConfiguration: { ...WebsiteConfiguration, RoutingRules } });
    const got = await cos.getBucketWebsite(at);
    expect(got.WebsiteConfiguration).toEqual({
      ...WebsiteConfiguration,
      RoutingRules: RoutingRules.map(({ Condition, Redirect }) => ({
        Condition,
        Redirect: { ...Redirect, URLRedirect: 'Enabled' },
      })),
    });
    await cos.deleteBucketWebsite(at);
  });

  it('is NoSuchWebsiteConfiguration where there is none', async () => {
    expectError(await getSite(bare), 404, 'NoSuchWebsiteConfiguration');
    expectError(await bare({ method: 'GET', query: { website: '' }, signed: false }), 403, 'AccessDenied');
  });
});

describe('DeleteBucketWebsite', () => {
  it('takes the configuration away, and does so again', async () => {
    await setSite(bare, configuration(INDEX));
    await expectStatus(deleteSite(bare), 204);
    expectError(await getSite(bare), 404, 'NoSuchWebsiteConfiguration');
    await expectStatus(deleteSite(bare), 204);
  });
});

describe('a website host', () => {
  it('serves documents, with the index of a folder', async () => {
    await setSite(send, configuration(INDEX));
    for (const [key, text] of [
      ['', 'the index'],
      ['index.html', 'the index'],
      ['docs/', 'the documents'],
      ['about.html', 'about us'],
    ] as const) {
      const answer = await expectStatus(visit(key), 200);
      expect([answer.text, answer.headers['content-type']]).toEqual([text, 'text/html']);
    }
    const head = await expectStatus(visit('docs/', { method: 'HEAD' }), 200);
    expect([head.text, head.headers['content-length']]).toEqual(['', String('the documents'.length)]);
  });

  it('takes the query for nothing, and signatures as everywhere', async () => {
    for (const query of [{ acl: '' }, { v: '3' }, { uploads: '' }, { versionId: 'x' }] as const) {
      expect((await expectStatus(visit('', { query }), 200)).text).toBe('the index');
    }
    expect((await expectStatus(visit('secret.html', { signed: true }), 200)).text).toBe('secret');
    expectPage(await visit('', { headers: { Authorization: 'q-sign-algorithm=sha1' } }), 403, 'AccessDenied');
  });

  it('answers conditions and ranges', async () => {
    const { headers } = await visit('docs/');
    const unchanged = { 'If-None-Match': String(headers.etag) };
    expect((await visit('docs/', { headers: unchanged })).status).toBe(304);
    const part = await expectStatus(visit('docs/', { headers: { Range: 'bytes=4-7' } }), 206);
    expect([part.text, part.headers['content-range']]).toEqual(['docu', 'bytes 4-7/13']);
    expectPage(await visit('docs/', { headers: { Range: 'bytes=99-' } }), 416, 'InvalidRange');
    expectPage(await visit('docs/', { headers: { 'If-Match': '"x"' } }), 412, 'PreconditionFailed');
  });

  it('says errors in HTML, without a body to HEAD', async () => {
    const absent = await visit('no<where>');
    expectPage(absent, 404, 'NoSuchKey');
    expect(absent.text).toContain('<li>Key: no&lt;where&gt;</li>');
    expectPage(await visit('secret.html'), 403, 'AccessDenied');
    for (const method of ['PUT', 'POST', 'DELETE']) {
      expectPage(await visit('a', { method, body: '', signed: true }), 405, 'MethodNotAllowed');
    }
    const head = await visit('nowhere', { method: 'HEAD' });
    expect([head.status, head.text, head.headers['x-cos-error-code']]).toEqual([404, '', 'NoSuchKey']);
    const none = { Host: HOST.replace('site-', 'site-none-') };
    expectPage(await visit('', { headers: none }), 404, 'NoSuchBucket');
    expectPage(
      await visit('', { headers: { Host: HOST.replace('site-', 'site-bare-') } }),
      404,
      'NoSuchWebsiteConfiguration',
    );
    expectPage(await visit('', { headers: { Host: HOST.replace(REGION, 'ap-beijing') } }), 404, 'NoSuchBucket');
  });

  it('leaves the ordinary host as it is', async () => {
    expectError(await send({ method: 'GET', key: 'docs/', signed: false }), 404, 'NoSuchKey');
    expect((await send({ method: 'GET', key: 'moved' })).headers['x-cos-website-redirect-location']).toMatch(/./);
  });

  it('sends on where an object says so, and from a folder without its slash', async () => {
    const moved = await expectStatus(visit('moved'), 301);
    expect(moved.headers.location).toBe('/docs/?from=moved');
    expect((await visit('gone-away', { method: 'HEAD' })).headers.location).toBe('https://example.com/x');
    const folder = await expectStatus(visit('docs', { query: { a: '1' } }), 302);
    expect([folder.headers.location, folder.headers['x-cos-error-code']]).toEqual(['/docs/?a=1', 'Found']);
  });

  it('refuses redirects of objects that lead nowhere', async () => {
    const headers = { 'x-cos-website-redirect-location': 'example.com' };
    expectError(await send({ method: 'PUT', key: 'bad', body: 'x', headers }), 400, 'WebsiteURLInvalid');
  });

  it('sends everybody to https, whose port it knows', async () => {
    await setSite(
      send,
      configuration(INDEX, '<RedirectAllRequestsTo><Protocol>https</Protocol></RedirectAllRequestsTo>'),
    );
    const answer = await expectStatus(visit('a b', { query: { x: '1' }, headers: { Host: `${HOST}:9000` } }), 301);
    expect(answer.headers.location).toMatch(new RegExp(`^https://${HOST}:\\d+/a%20b\\?x=1$`));
  });

  it('looks for keys with .html behind them where it should', async () => {
    await setSite(send, configuration(INDEX, '<AutoAddressing><Status>Enabled</Status></AutoAddressing>'));
    expect((await expectStatus(visit('about'), 200)).text).toBe('about us');
    expectPage(await visit('nothing'), 404, 'NoSuchKey');
    await setSite(send, configuration(INDEX, '<AutoAddressing><Status>Disabled</Status></AutoAddressing>'));
    expectPage(await visit('about'), 404, 'NoSuchKey');
  });

  it('sends its error document, with the status of the error or with 200', async () => {
    await setSite(send, configuration(INDEX, errorDocument('error.html')));
    const absent = await expectStatus(visit('nothing', { headers: { Range: 'bytes=0-1', 'If-None-Match': '*' } }), 404);
    expect([absent.text, absent.headers['x-cos-error-code']]).toEqual(['our error page', 'NoSuchKey']);
    expect([(await visit('secret.html')).status, (await visit('secret.html')).text]).toEqual([403, 'our error page']);
    const single = errorDocument('index.html', '<OriginalHttpStatus>Disabled</OriginalHttpStatus>');
    await setSite(send, configuration(INDEX, single));
    const page = await expectStatus(visit('app/route'), 200);
    expect([page.text, page.headers['x-cos-error-code']]).toEqual(['the index', undefined]);
    expect((await visit('app/route', { method: 'HEAD' })).headers['content-length']).toBe(String('the index'.length));
    for (const key of ['none.html', 'secret.html']) {
      await setSite(send, configuration(INDEX, errorDocument(key)));
      expectPage(await visit('nothing'), 404, 'NoSuchKey');
    }
  });

  it('follows the first rule for a prefix, before anything is looked up', async () => {
    await setSite(
      send,
      configuration(
        INDEX,
        rules(
          rule(prefix('docs/'), replacePrefix('documents/')),
          rule(prefix('docs/index'), replaceKey('never')),
          rule(prefix('ab'), `<Protocol>https</Protocol>${replaceKey('about.html')}`),
          rule(prefix('in-place/'), replacePrefix('documents/') + url('Disabled')),
          rule(prefix('root/'), replacePrefix('') + url('Disabled')),
        ),
      ),
    );
    const first = await expectStatus(visit('docs/a b.html'), 302);
    expect(first.headers.location).toBe(`http://${HOST}/documents/a%20b.html`);
    expect((await visit('docs/index.html')).headers.location).toBe(`http://${HOST}/documents/index.html`);
    expect((await visit('about.html')).headers.location).toMatch(new RegExp(`^https://${HOST}:\\d+/about.html$`));
    expect((await expectStatus(visit('in-place/a b.html'), 200)).text).toBe('a and b');
    expect((await expectStatus(visit('root/'), 200)).text).toBe('the index');
    expectPage(await visit('in-place/c'), 404, 'NoSuchKey');
  });

  it('follows the first rule for an error, and then its error document', async () => {
    const inPlace = rule(status(404), replaceKey('404.html') + url('Disabled'));
    await setSite(send, configuration(INDEX, rules(rule(status(403), replaceKey('about.html')), inPlace)));
    expect((await expectStatus(visit('secret.html'), 302)).headers.location).toBe(`http://${HOST}/about.html`);
    expect([(await visit('nothing')).status, (await visit('nothing')).text]).toEqual([404, 'not here']);
    const broken = rules(rule(status(404), replaceKey('none') + url('Disabled')));
    await setSite(send, configuration(INDEX, errorDocument('error.html'), broken));
    expect([(await visit('nothing')).status, (await visit('nothing')).text]).toEqual([404, 'our error page']);
  });

  it('carries the headers of CORS on answers, pages and preflights', async () => {
    await setSite(send, configuration(INDEX));
    const cors =
      '<CORSConfiguration><CORSRule><AllowedOrigin>https://a.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>';
    await expectStatus(send({ method: 'PUT', query: { cors: '' }, body: cors }), 200);
    for (const key of ['', 'nothing']) {
      const { headers } = await visit(key, { headers: { Origin: 'https://a.com' } });
      expect(headers['access-control-allow-origin']).toBe('https://a.com');
    }
    const preflight = { Origin: 'https://a.com', 'Access-Control-Request-Method': 'GET' };
    const answer = await expectStatus(visit('x', { method: 'OPTIONS', headers: preflight }), 200);
    expect(answer.headers['access-control-allow-origin']).toBe('https://a.com');
    await send({ method: 'DELETE', query: { cors: '' } });
  });

  it('asks who refers to it', async () => {
    const referer =
      '<RefererConfiguration><Status>Enabled</Status><RefererType>White-List</RefererType><DomainList><Domain>a.com</Domain></DomainList><EmptyReferConfiguration>Deny</EmptyReferConfiguration></RefererConfiguration>';
    await expectStatus(send({ method: 'PUT', query: { referer: '' }, body: referer }), 200);
    await setSite(send, configuration(INDEX, errorDocument('error.html')));
    expectPage(await visit(''), 403, 'AccessDenied');
    expect((await visit('', { headers: { Referer: 'https://a.com/' } })).status).toBe(200);
    await expectStatus(send({ method: 'PUT', query: { referer: '' }, body: '' }), 200);
  });
});
