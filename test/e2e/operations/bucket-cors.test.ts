/** CORS rules of a bucket, preflights, and what other answers carry. Source: spec/buckets.md §11, spec/objects.md §8.9. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, initiate, makeBucket, md5Base64, put, textsOf } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { type Answer, clientOf, type Send, type Sent } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without rules. */
let bare: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'cors');
  bare = await makeBucket(server, 'cors-bare');
});
afterAll(() => server.remove());

const ORIGIN = 'https://app.example.com';
const configuration = (...rules: string[]) =>
  `<CORSConfiguration>${rules.map((rule) => `<CORSRule>${rule}</CORSRule>`).join('')}</CORSConfiguration>`;
const origin = (...origins: string[]) => origins.map((text) => `<AllowedOrigin>${text}</AllowedOrigin>`).join('');
const method = (...methods: string[]) => methods.map((text) => `<AllowedMethod>${text}</AllowedMethod>`).join('');
const GET_FROM_ANYWHERE = origin('*') + method('GET');
/** What the documents advise for browsers. */
const BROWSER =
  origin('https://*.example.com') +
  method('PUT', 'GET', 'POST', 'DELETE', 'HEAD') +
  '<AllowedHeader>*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><ExposeHeader>Content-Length</ExposeHeader>' +
  '<MaxAgeSeconds>5</MaxAgeSeconds>';

const setCors = (to: Send, body: string, headers: Sent['headers'] = {}) =>
  to({ method: 'PUT', query: { cors: '' }, body, headers });
const getCors = (from: Send) => from({ method: 'GET', query: { cors: '' } });
const deleteCors = (from: Send) => from({ method: 'DELETE', query: { cors: '' } });

/** The CORS headers of an answer, without the prefix of their names. */
function allowed({ headers }: Answer): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('access-control-')) found[name.slice('access-control-'.length)] = String(value);
  }
  return found;
}
const ALLOWED = {
  'allow-origin': ORIGIN,
  'allow-credentials': 'true',
  'allow-methods': 'PUT,GET,POST,DELETE,HEAD',
  'expose-headers': 'ETag,Content-Length',
  'max-age': '5',
};

describe('PutBucketCors', () => {
  it('takes rules with and without Content-MD5, and replaces them whole', async () => {
    const body = configuration(BROWSER, GET_FROM_ANYWHERE);
    const answer = await expectStatus(setCors(send, body, { 'Content-MD5': md5Base64(body) }), 200);
    expect(answer.text).toBe('');
    expect(textsOf((await getCors(send)).text, 'MaxAgeSeconds')).toEqual(['5']);
    await expectStatus(setCors(send, `<?xml version="1.0"?>\n${configuration(GET_FROM_ANYWHERE)}`), 200);
    expect((await getCors(send)).text).toBe(configuration(GET_FROM_ANYWHERE));
  });

  it.each([
    ['no rule', configuration()],
    ['no origin', configuration(method('GET'))],
    ['an empty origin', configuration(origin('') + method('GET'))],
    ['no method', configuration(origin('*'))],
    ['another root', '<Cors/>'],
    ['no XML', 'CORSConfiguration'],
  ])('refuses %s as malformed', async (_, body) => {
    expectError(await setCors(bare, body), 400, 'MalformedXML');
    expect((await getCors(bare)).status).toBe(404);
  });

  it.each([
    ['an unknown method', origin('*') + method('GET', 'OPTIONS')],
    ['two wildcards', origin('https://*.*.com') + method('GET')],
    ['an exposed wildcard', `${GET_FROM_ANYWHERE}<ExposeHeader>*</ExposeHeader>`],
    ['a header that is none', `${GET_FROM_ANYWHERE}<ExposeHeader>a&#13;&#10;b: c</ExposeHeader>`],
    ['an age that is none', `${GET_FROM_ANYWHERE}<MaxAgeSeconds>-1</MaxAgeSeconds>`],
  ])('refuses %s as an invalid argument', async (_, rule) => {
    expectError(await setCors(bare, configuration(GET_FROM_ANYWHERE, rule)), 400, 'InvalidArgument');
    expect((await getCors(bare)).status).toBe(404);
  });

  it('takes 100 rules and no more', async () => {
    const rules = (count: number) => configuration(...Array.from({ length: count }, () => GET_FROM_ANYWHERE));
    await expectStatus(setCors(send, rules(100)), 200);
    expectError(await setCors(send, rules(101)), 400, 'InvalidArgument');
    expect(textsOf((await getCors(send)).text, 'AllowedOrigin')).toHaveLength(100);
  });

  it('takes a document of 64 KiB and no longer', async () => {
    const head = configuration(GET_FROM_ANYWHERE).replace('<CORSConfiguration>', '');
    const padded = (size: number) => {
      const id = 'i'.repeat(size - head.length - '<CORSConfiguration><X></X>'.length);
      return `<CORSConfiguration><X>${id}</X>${head}`;
    };
    await expectStatus(setCors(send, padded(65_536)), 200);
    expectError(await setCors(send, padded(65_537)), 400, 'XMLSizeLimit');
    const largest = '<AllowedOrigin>*</AllowedOrigin>'.repeat(2_040) + method('GET');
    await expectStatus(setCors(send, configuration(largest)), 200);
    expect(textsOf((await getCors(send)).text, 'AllowedOrigin')).toHaveLength(2_040);
  });

  it('checks the body', async () => {
    const body = configuration(GET_FROM_ANYWHERE);
    expectError(await setCors(bare, ''), 400, 'MissingRequestBodyError');
    expectError(await setCors(bare, body, { 'Content-MD5': md5Base64('other') }), 400, 'BadDigest');
    expectError(await setCors(bare, body, { 'Content-MD5': 'abc' }), 400, 'InvalidDigest');
    const vary = body.replace('</CORSC', '<ResponseVary>yes</ResponseVary></CORSC');
    expectError(await setCors(bare, vary), 400, 'InvalidArgument');
  });

  it('is for the owner alone', async () => {
    const open = await makeBucket(server, 'cors-open', { acl: 'public-read-write' });
    const unsigned: Send = (sent) => open({ ...sent, signed: false });
    expectError(await setCors(unsigned, configuration(GET_FROM_ANYWHERE)), 403, 'AccessDenied');
    expectError(await getCors(unsigned), 403, 'AccessDenied');
    expectError(await deleteCors(unsigned), 403, 'AccessDenied');
  });
});

describe('GetBucketCors', () => {
  it('gives back what was put: order, case, duplicates', async () => {
    const first =
      '<ID>a &amp; b</ID>' +
      origin('https://B.example.com', '*', 'https://B.example.com') +
      method('PUT', 'GET', 'PUT') +
      '<AllowedHeader>X-Cos-*</AllowedHeader><AllowedHeader>content-md5</AllowedHeader>' +
      '<ExposeHeader>x-cos-acl</ExposeHeader><ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-cos-acl</ExposeHeader>' +
      '<MaxAgeSeconds>0</MaxAgeSeconds>';
    for (const vary of ['', '<ResponseVary>true</ResponseVary>', '<ResponseVary>false</ResponseVary>']) {
      const body = configuration(first, GET_FROM_ANYWHERE).replace('</CORSC', `${vary}</CORSC`);
      await expectStatus(setCors(send, body), 200);
      const answer = await expectStatus(getCors(send), 200);
      expect([answer.text, answer.headers['content-type']]).toEqual([body, 'application/xml']);
    }
  });

  it('has its own error where there is none', async () => {
    expectError(await getCors(bare), 404, 'NoSuchCORSConfiguration', 'The CORS configuration does not exist');
  });

  it('survives a restart', async () => {
    const first = await startServerProcess();
    await expectStatus(setCors(await makeBucket(first, 'kept'), configuration(BROWSER)), 200);
    await first.stop();
    const second = await startServerProcess({ folder: first.folder });
    try {
      const kept = clientOf(second, 'kept');
      expect((await getCors(kept)).text).toBe(configuration(BROWSER));
      expect(allowed(await kept({ method: 'GET', headers: { Origin: ORIGIN } }))).toEqual(ALLOWED);
    } finally {
      await second.remove();
    }
  });
});

describe('DeleteBucketCors', () => {
  it('takes all rules away, and need not find any', async () => {
    const gone = await makeBucket(server, 'cors-gone');
    expect((await expectStatus(deleteCors(gone), 204)).text).toBe('');
    await expectStatus(setCors(gone, configuration(GET_FROM_ANYWHERE)), 200);
    const list = () => gone({ method: 'GET', headers: { Origin: ORIGIN } });
    expect(allowed(await list())['allow-origin']).toBe('*');
    await expectStatus(deleteCors(gone), 204);
    expect(failure(await getCors(gone))).toEqual([404, 'NoSuchCORSConfiguration']);
    expect(allowed(await list())).toEqual({});
  });

  it('is not needed before the bucket is deleted, and a new one of that name has no rules', async () => {
    const again = await makeBucket(server, 'cors-again');
    await expectStatus(setCors(again, configuration(GET_FROM_ANYWHERE)), 200);
    await expectStatus(again({ method: 'DELETE' }), 204);
    await expectStatus(again({ method: 'PUT' }), 200);
    expect(failure(await getCors(again))).toEqual([404, 'NoSuchCORSConfiguration']);
  });
});

describe('OptionsObject', () => {
  const preflight = (headers: Sent['headers'], sent: Partial<Sent> = {}, to = send) =>
    to({ method: 'OPTIONS', key: 'absent', headers: { Origin: ORIGIN, ...headers }, signed: false, ...sent });
  const ask = (name: string, headers?: string) => ({
    'Access-Control-Request-Method': name,
    ...(headers === undefined ? {} : { 'Access-Control-Request-Headers': headers }),
  });

  it('answers with what the rule allows, for objects and buckets, whatever the query', async () => {
    await expectStatus(setCors(send, configuration(BROWSER)), 200);
    const headers = ask('PUT', 'Authorization,x-cos-security-token');
    const places: Partial<Sent>[] = [
      {},
      { key: 'a/b' },
      { key: '' },
      { query: { uploads: '' } },
      { key: '', query: { cors: '' } },
      { query: { 'ci-process': 'x' } },
    ];
    for (const place of places) {
      const answer = await expectStatus(preflight(headers, place), 200);
      expect(allowed(answer)).toEqual({ ...ALLOWED, 'allow-headers': 'authorization,x-cos-security-token' });
      expect([answer.text, answer.headers['content-length'], answer.headers['vary']]).toEqual(['', '0', undefined]);
    }
  });

  it('names no origin where all are allowed', async () => {
    await expectStatus(setCors(send, configuration(GET_FROM_ANYWHERE)), 200);
    expect(allowed(await preflight(ask('GET')))).toEqual({ 'allow-origin': '*', 'allow-methods': 'GET' });
  });

  it('lists the headers of a rule without wildcard in lower case', async () => {
    const rule = `${GET_FROM_ANYWHERE}<AllowedHeader>Content-MD5</AllowedHeader><AllowedHeader>Range</AllowedHeader>`;
    await expectStatus(setCors(send, configuration(rule)), 200);
    expect(allowed(await preflight(ask('GET', ' RANGE ,content-md5')))['allow-headers']).toBe('content-md5,range');
    expectError(await preflight(ask('GET', 'range,x-other')), 403, 'AccessForbidden');
  });

  it('is refused where nothing matches', async () => {
    await expectStatus(setCors(send, configuration(BROWSER)), 200);
    const refused = [
      preflight(ask('PATCH')),
      preflight({ ...ask('PUT'), Origin: 'https://example.com' }),
      preflight({ ...ask('PUT'), Origin: 'https://APP.EXAMPLE.COM' }),
      preflight({}),
      send({ method: 'OPTIONS', key: 'k', headers: ask('PUT'), signed: false }),
      preflight(ask('PUT'), {}, bare),
    ];
    for (const answer of await Promise.all(refused)) {
      expectError(answer, 403, 'AccessForbidden', 'This CORS request is not allowed.');
      expect(allowed(answer)).toEqual({});
    }
  });

  it.each(SDKS)('and the rules it goes by, through the SDK %s', async (version, make) => {
    const cos = make(server);
    const bucket = `cors-sdk-${version.replace('.', '-')}`;
    await makeBucket(server, bucket);
    const at = { Bucket: `${bucket}-${APPID}`, Region: REGION };
    expect((await cos.getBucketCors(at)).CORSRules).toEqual([]);
    const CORSRules = [
      {
        AllowedOrigins: ['*'],
        AllowedMethods: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'],
        AllowedHeaders: ['*'],
        ExposeHeaders: ['ETag', 'Content-Length', 'x-cos-acl', 'x-cos-version-id', 'x-cos-acl'],
        MaxAgeSeconds: '5',
      },
    ];
    await cos.putBucketCors({ ...at, CORSRules, ResponseVary: 'true' });
    expect(await cos.getBucketCors(at)).toMatchObject({ CORSRules, ResponseVary: 'true' });
    const asked = {
      ...at,
      Key: '1.jpg',
      Origin: 'https://qq.com',
      AccessControlRequestMethod: 'PUT',
      AccessControlRequestHeaders: 'Authorization,x-cos-security-token',
    };
    expect(await cos.optionsObject(asked)).toMatchObject({
      statusCode: 200,
      AccessControlAllowOrigin: '*',
      AccessControlAllowMethods: 'GET,POST,PUT,DELETE,HEAD',
      AccessControlAllowHeaders: 'authorization,x-cos-security-token',
      AccessControlExposeHeaders: 'ETag,Content-Length,x-cos-acl,x-cos-version-id,x-cos-acl',
      AccessControlMaxAge: '5',
    });
    expect((await cos.deleteBucketCors(at)).statusCode).toBe(204);
    expect((await cos.optionsObject(asked)).OptionsForbidden).toBe(true);
    expect((await cos.getBucketCors(at)).CORSRules).toEqual([]);
  });
});

describe('answers to requests with an origin', () => {
  const from = (sent: Sent, given = ORIGIN) => send({ ...sent, headers: { ...sent.headers, Origin: given } });
  beforeAll(async () => {
    await expectStatus(setCors(send, configuration(BROWSER)), 200);
    await put(send, 'k', 'hello');
  });

  it('carry what the rule allows: successes of every kind', async () => {
    const { etag } = (await send({ method: 'HEAD', key: 'k' })).headers;
    const uploadId = await initiate(send, 'parts');
    const csv = '<InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/></OutputSerialization>';
    const select = `<SelectRequest><Expression>select * from COSObject</Expression><ExpressionType>SQL</ExpressionType>${csv}</SelectRequest>`;
    const requests: (readonly [status: number, sent: Sent])[] = [
      [200, { method: 'PUT', key: 'new', body: 'x' }],
      [200, { method: 'GET', key: 'k' }],
      [206, { method: 'GET', key: 'k', headers: { Range: 'bytes=1-2' } }],
      [304, { method: 'GET', key: 'k', headers: { 'If-None-Match': etag! } }],
      [200, { method: 'HEAD', key: 'k' }],
      [200, { method: 'GET' }],
      [200, { method: 'HEAD' }],
      [200, { method: 'PUT', key: 'parts', query: { partNumber: '1', uploadId }, body: 'x' }],
      [200, { method: 'POST', key: 'k', query: { select: '', 'select-type': '2' }, body: select }],
      [204, { method: 'DELETE', key: 'new' }],
      [204, { method: 'DELETE', key: 'parts', query: { uploadId } }],
    ];
    for (const [status, sent] of requests) {
      const answer = await expectStatus(from(sent), status);
      expect(allowed(answer), sent.method).toEqual(ALLOWED);
      expect(answer.headers['vary']).toBeUndefined();
    }
  });

  it('carry it for large bodies that are streamed', async () => {
    await put(send, 'large', Buffer.alloc(3_000_000, 'x'));
    const answer = await expectStatus(from({ method: 'GET', key: 'large' }), 200);
    expect([answer.body.length, allowed(answer)]).toEqual([3_000_000, ALLOWED]);
  });

  it('carry it for errors too, so that a script can read them', async () => {
    const requests: (readonly [status: number, sent: Sent])[] = [
      [404, { method: 'GET', key: 'absent' }],
      [404, { method: 'HEAD', key: 'absent' }],
      [403, { method: 'GET', key: 'k', signed: false }],
      [403, { method: 'GET', key: 'k', signed: false, headers: { Authorization: 'q-sign-algorithm=sha1&q-ak=x' } }],
      [400, { method: 'PUT', key: 'k', body: 'x', headers: { 'Content-MD5': 'no' } }],
      [412, { method: 'GET', key: 'k', headers: { 'If-Match': '"0"' } }],
      [416, { method: 'GET', key: 'k', headers: { Range: 'bytes=100-' } }],
      [501, { method: 'GET', query: { requestPayment: '' } }],
      [405, { method: 'POST', key: 'k', query: { acl: '' } }],
      [409, { method: 'PUT', body: '' }],
    ];
    for (const [status, sent] of requests) {
      const answer = await from(sent);
      expect([answer.status, allowed(answer)], JSON.stringify(sent)).toEqual([status, ALLOWED]);
    }
  });

  it('carry it for forms, taken and refused', async () => {
    const form = (file: string) => ({
      method: 'POST',
      signed: false,
      headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
      body: `--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nform\r\n${file}--b--\r\n`,
    });
    const file = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n';
    expect([(await from(form(file))).status, allowed(await from(form(file)))]).toEqual([403, ALLOWED]);
    expect([(await from(form(''))).status, allowed(await from(form('')))]).toEqual([400, ALLOWED]);
    const open = await makeBucket(server, 'cors-forms', { acl: 'public-read-write' });
    await expectStatus(setCors(open, configuration(BROWSER)), 200);
    const sent = form(file);
    const taken = await expectStatus(open({ ...sent, headers: { ...sent.headers, Origin: ORIGIN } }), 204);
    expect(allowed(taken)).toEqual(ALLOWED);
  });

  it('carry nothing where no rule matches, no origin is named, or no rule exists, and are the same otherwise', async () => {
    const others = [
      from({ method: 'GET', key: 'k' }, 'https://elsewhere.com'),
      send({ method: 'GET', key: 'k' }),
      from({ method: 'GET', key: 'k' }, 'null'),
    ];
    for (const answer of await Promise.all(others)) {
      expect([answer.status, answer.text, allowed(answer), answer.headers['vary']]).toEqual([
        200,
        'hello',
        {},
        undefined,
      ]);
    }
    const absent = await bare({ method: 'GET', key: 'k', headers: { Origin: ORIGIN } });
    expect([absent.status, allowed(absent)]).toEqual([404, {}]);
    const nowhere = await from({ method: 'GET', key: 'k', bucket: `cors-nowhere-${APPID}` });
    expect([nowhere.status, allowed(nowhere)]).toEqual([404, {}]);
  });

  it('say that they vary where the rules say so, with or without an origin', async () => {
    const vary = await makeBucket(server, 'cors-vary');
    const body = configuration(BROWSER).replace('</CORSC', '<ResponseVary>true</ResponseVary></CORSC');
    await expectStatus(setCors(vary, body), 200);
    await put(vary, 'k', 'hello');
    for (const sent of [
      { method: 'GET', key: 'k' },
      { method: 'GET', key: 'absent' },
      { method: 'GET', key: 'k', signed: false },
      { method: 'GET', key: 'k', headers: { Origin: ORIGIN } },
      { method: 'OPTIONS', key: 'k', headers: { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' } },
    ]) {
      expect((await vary(sent)).headers['vary'], JSON.stringify(sent)).toBe('Origin');
    }
  });
});
