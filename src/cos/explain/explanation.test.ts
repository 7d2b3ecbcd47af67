import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encode } from '../signature/encode.ts';
import { sha1 } from '../signature/hash.ts';
import { authorization, presignedQuery, type SignInput } from '../signature/sign.ts';
import type { Explanation } from './explanation.ts';
import { explained, HOST, keyOf, keysOf, NOW_S, OTHER, PAIR, type Received } from './fixture.ts';

const TIMES = { from: NOW_S, to: NOW_S + 600 };
const META: [string, string][] = [
  ['host', HOST],
  ['x-cos-meta-a', 'b (c)/d~e'],
];

/** @param client what it signed @param received what arrived; the signature is added */
function outcome(client: Partial<SignInput>, received: Received, pair = PAIR): Explanation {
  const signed = {
    method: 'GET',
    path: '/k',
    headers: [['host', HOST]] as [string, string][],
    ...TIMES,
    ...pair,
    ...client,
  };
  return explained({ ...received, headers: { ...received.headers, authorization: authorization(signed) } });
}
const first = (explanation: Explanation) => explanation.findings[0]!;

interface Case {
  readonly name: string;
  readonly client: Partial<SignInput>;
  readonly received: Received;
  readonly what: RegExp;
}

const get = (target: string, more: Partial<Received> = {}): Received => ({ target, ...more });
const header = (name: string, signed: string, sent?: string): Pick<Case, 'client' | 'received'> => ({
  client: {
    headers: [
      ['host', HOST],
      [name, signed],
    ].sort(([a], [b]) => (a! < b! ? -1 : 1)) as [string, string][],
  },
  received: get('/k', { headers: sent === undefined ? {} : { [name]: sent } }),
});

const CASES: readonly Case[] = [
  {
    name: 'a port in the signed host',
    client: { headers: [['host', `${HOST}:8080`]] },
    received: get('/k'),
    what: /signed the host .*:8080; the request arrived for/,
  },
  {
    name: 'another port',
    client: { headers: [['host', `${HOST}:80`]] },
    received: get('/k', { host: `${HOST}:9000` }),
    what: /signed the host .*:80;/,
  },
  {
    name: 'a host that a proxy changed',
    client: { headers: [['host', 'files.example.com']] },
    received: get('/k', { headers: { 'x-forwarded-host': 'files.example.com' } }),
    what: /signed the host files\.example\.com/,
  },
  {
    name: 'a host without its bucket',
    client: { headers: [['host', 'cos.ap-guangzhou.myqcloud.com']] },
    received: get('/k'),
    what: /signed the host cos\.ap-guangzhou/,
  },
  {
    name: 'another domain',
    client: { headers: [['host', HOST.replace('myqcloud.com', 'tencentcos.cn')]] },
    received: get('/k'),
    what: /tencentcos\.cn/,
  },
  {
    name: 'virtual host signed, path style sent',
    client: { path: '/k' },
    received: get('/demo-1250000000/k', { host: '127.0.0.1:9000' }),
    what: /the path "\/k"/,
  },
  {
    name: 'another method',
    client: { method: 'PUT' },
    received: get('/k'),
    what: /signed PUT; the request arrived as GET/,
  },
  {
    name: 'a HEAD signed as GET',
    client: {},
    received: get('/k', { method: 'HEAD' }),
    what: /signed GET; the request arrived as HEAD/,
  },
  {
    name: 'an encoded path',
    client: { path: '/a%20b' },
    received: get('/a%20b'),
    what: /percent-encoded, as it stands in the URL/,
  },
  {
    name: 'a path with lower-case digits',
    client: { path: '/%e5%9b%be' },
    received: get('/%E5%9B%BE'),
    what: /lower-case digits/,
  },
  { name: 'a path that was encoded twice', client: { path: '/a b' }, received: get('/a%2520b'), what: /encoded twice/ },
  {
    name: 'a plus that was meant as a blank',
    client: { path: '/a+b' },
    received: get('/a%20b'),
    what: /plus where a blank/,
  },
  { name: 'a path without slash', client: { path: 'k' }, received: get('/k'), what: /without the slash in front/ },
  { name: 'joined slashes', client: { path: '/a/b' }, received: get('/a//b'), what: /single slashes/ },
  { name: 'a slash at the end', client: { path: '/a' }, received: get('/a/'), what: /slash at the end/ },
  { name: 'another Unicode form', client: { path: '/\u00e9' }, received: get('/e%CC%81'), what: /normal form C/ },
  {
    name: 'a header that was added',
    client: { headers: [['host', HOST] as const, ['x-cos-meta-a', ''] as const] },
    received: get('/k', { headers: { 'x-cos-meta-a': 'late' } }),
    what: /The header x-cos-meta-a was empty or absent when it was signed/,
  },
  {
    name: 'a charset that was added',
    ...header('content-type', 'text/plain', 'text/plain; charset=utf-8'),
    what: /content-type was "text\/plain"/,
  },
  {
    name: 'a charset that was removed',
    ...header('content-type', 'text/plain;charset=UTF-8', 'text/plain'),
    what: /content-type was "text\/plain;charset=UTF-8"/,
  },
  {
    name: 'a default type that was sent',
    ...header('content-type', '', 'application/octet-stream'),
    what: /content-type was empty/,
  },
  {
    name: 'a type the library replaced',
    ...header('content-type', 'application/xml', 'text/x'),
    what: /content-type was "application\/xml"/,
  },
  { name: 'a header in capitals', ...header('x-cos-acl', 'PRIVATE', 'private'), what: /x-cos-acl was "PRIVATE"/ },
  { name: 'blanks around a value', ...header('x-cos-meta-a', ' b', 'b'), what: /x-cos-meta-a was " b"/ },
  {
    name: 'connection set by a proxy',
    ...header('connection', 'keep-alive', 'close'),
    what: /connection was "keep-alive"/,
  },
  {
    name: 'an encoding set by a proxy',
    ...header('accept-encoding', 'gzip, deflate', 'br'),
    what: /accept-encoding was "gzip, deflate"/,
  },
  {
    name: 'content-md5 in hex',
    ...header('content-md5', '51f459ce523d57871c94a232d54b2875', 'UfRZzlI9V4cclKIy1UsodQ=='),
    what: /content-md5 was "51f4/,
  },
];

describe('a signature that does not match', () => {
  it.each(CASES)('tells of $name', ({ client, received, what }) => {
    const { server, findings } = outcome(client, received);
    expect(findings[0]).toMatchObject({ certainty: 'proven', what: expect.stringMatching(what) });
    expect(findings[0]!.clientFormatString).not.toBe(server!.formatString);
  });

  it('tells of a wrong pair, and of blanks and quotes around the key', () => {
    const signedWith = (secretKey: string) => first(outcome({}, get('/k'), { ...PAIR, secretKey })).what;
    expect(signedWith(OTHER.secretKey)).toContain(`belongs to ${OTHER.secretId}, and names ${PAIR.secretId}`);
    expect(signedWith(`${PAIR.secretKey}\n`)).toContain('blank or newline');
    expect(signedWith(` ${PAIR.secretKey}`)).toContain('blank or newline');
    expect(signedWith(`"${PAIR.secretKey}"`)).toContain('quotes');
    expect(signedWith(PAIR.secretId)).toContain('SecretId in place of the SecretKey');
    expect(signedWith('')).toContain('is empty');
  });

  /** A signature made step by step, as somebody writes it who has read the documentation too fast. */
  function byHand(steps: {
    http?: string;
    time?: string;
    text?: (hash: string) => string;
    key?: string | Buffer;
    sign?: (key: string | Buffer, text: string) => string;
  }) {
    const time = `${NOW_S};${NOW_S + 600}`;
    const http = steps.http ?? `get\n/k\n\nhost=${HOST}\n`;
    const text = steps.text?.(sha1(http)) ?? `sha1\n${steps.time ?? time}\n${sha1(http)}\n`;
    const hex = (key: string | Buffer, of: string) => createHmac('sha1', key).update(of).digest('hex');
    const signature = (steps.sign ?? hex)(steps.key ?? hex(PAIR.secretKey, time), text);
    const value = `q-sign-algorithm=sha1&q-ak=${PAIR.secretId}&q-sign-time=${time}&q-key-time=${time}&q-header-list=host&q-url-param-list=&q-signature=${signature}`;
    return first(explained(get('/k', { headers: { authorization: value } }))).what;
  }

  it('tells which step went wrong', () => {
    const time = `${NOW_S};${NOW_S + 600}`;
    const hmac = (algorithm: string, key: string | Buffer, text: string) => createHmac(algorithm, key).update(text);
    expect(byHand({ http: `get\n/k\n\nhost=${HOST}` })).toContain('HttpString of the client lacks the newline');
    expect(byHand({ text: (hash) => `sha1\n${time}\n${hash}` })).toContain(
      'StringToSign of the client lacks the newline',
    );
    expect(byHand({ text: (hash) => `sha1\n${time}\n${hash.toUpperCase()}\n` })).toContain(
      'hash of the HttpString in capitals',
    );
    expect(byHand({ http: `GET\n/k\n\nhost=${HOST}\n` })).toContain('method as GET');
    expect(byHand({ http: `get\n/k\nhost=${HOST}\n\n` })).toContain('headers before the parameters');
    expect(byHand({ key: hmac('sha1', PAIR.secretKey, time).digest() })).toContain('20 bytes');
    expect(byHand({ key: PAIR.secretKey })).toContain('SecretKey itself');
    expect(byHand({ sign: (key, text) => hmac('sha1', key, text).digest('hex').toUpperCase() })).toContain(
      'signature in capitals',
    );
    expect(byHand({ sign: (key, text) => hmac('sha1', key, text).digest('base64') })).toContain('Base64');
    expect(byHand({ sign: (key, text) => hmac('sha256', key, text).digest('hex') })).toContain('SHA256');
    expect(byHand({ http: `get\n/k\n\n\n` })).toContain('no headers');
    expect(byHand({ http: `get\n/k\n\nhost=${HOST}&x-cos-meta-a=b\n` })).toContain('No single known mistake');
  });

  it('tells of times that were exchanged', () => {
    const signTime = `${NOW_S - 5};${NOW_S + 60}`;
    const keyTime = `${NOW_S - 60};${NOW_S + 600}`;
    const signed = { ...PAIR, method: 'GET', path: '/k', headers: [['host', HOST]] as const };
    const [from, to] = signTime.split(';').map(Number) as [number, number];
    const [keyFrom, keyTo] = keyTime.split(';').map(Number) as [number, number];
    const exchange = (text: string) =>
      text
        .replace(`q-sign-time=${keyTime}`, `q-sign-time=${signTime}`)
        .replace(/q-key-time=[\d;]+/, `q-key-time=${keyTime}`);
    const ask = (input: SignInput) =>
      first(explained(get('/k', { headers: { authorization: exchange(authorization(input)) } }))).what;
    expect(ask({ ...signed, from: keyFrom, to: keyTo, keyFrom: from, keyTo: to })).toContain(
      'exchanged q-sign-time and q-key-time',
    );
    expect(ask({ ...signed, from: keyFrom, to: keyTo, keyFrom, keyTo })).toContain('q-key-time into the StringToSign');
  });

  it('tells of values in a wrong encoding', () => {
    const text = (value: string) => `get\n/k\n\nhost=${HOST}&x-cos-meta-a=${value}\n`;
    const ask = (value: string) => {
      const time = `${NOW_S};${NOW_S + 600}`;
      const hex = (key: string, of: string) => createHmac('sha1', key).update(of).digest('hex');
      const signature = hex(hex(PAIR.secretKey, time), `sha1\n${time}\n${sha1(text(value))}\n`);
      const authorization = `q-sign-algorithm=sha1&q-ak=${PAIR.secretId}&q-sign-time=${time}&q-key-time=${time}&q-header-list=host;x-cos-meta-a&q-url-param-list=&q-signature=${signature}`;
      return first(explained(get('/k', { headers: { 'x-cos-meta-a': META[1]![1], authorization } }))).what;
    };
    const right = encode(META[1]![1]);
    expect(() => ask(right)).toThrow('accepted');
    expect(ask(META[1]![1])).toContain('not encoded');
    expect(ask(encodeURIComponent(META[1]![1]))).toContain("with !'()* not encoded");
    expect(ask(right.replaceAll('%20', '+'))).toContain('a plus for each blank');
    expect(ask(right.replace(/%../g, (hex) => hex.toLowerCase()))).toContain('lower-case digits');
    expect(ask(right.replaceAll('%', '%25'))).toContain('encoded twice');
  });

  it('tells of parameters that were added, removed or not listed', () => {
    const params: [string, string][] = [
      ['prefix', 'a/b'],
      ['max-keys', '5'],
    ];
    const url = (query: string, signed = params) => {
      const input = { ...PAIR, method: 'GET', path: '/', params: signed, headers: [['host', HOST]] as const, ...TIMES };
      return explained(get(`/?${query}&${presignedQuery(input)}`));
    };
    expect(first(url('prefix=a/b')).what).toBe('The parameter max-keys is signed and did not arrive.');
    expect(
      first(
        url('prefix=A/B&max-keys=5', [
          ['prefix', 'a/b'],
          ['max-keys', '5'],
        ]),
      ).what,
    ).toContain('The parameter prefix was "a/b" when it was signed');
    const input = { ...PAIR, method: 'GET', path: '/', params, headers: [['host', HOST]] as const, ...TIMES };
    const unlisted = presignedQuery(input).replace(/q-url-param-list=[^&]*/, 'q-url-param-list=prefix');
    expect(first(explained(get(`/?prefix=a/b&max-keys=5&${unlisted}`))).what).toContain(
      'all parameters, also those that q-url-param-list does not name',
    );
  });

  it('names what stands out where nothing is proven, and never guesses for long', () => {
    const headers = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x-cos-meta-${index}`, `v ${index}`]));
    const list = ['content-length', 'host', ...Object.keys(headers), 'x-cos-meta-gone'].sort().join(';');
    const value = `q-sign-algorithm=sha1&q-ak=${PAIR.secretId}&q-sign-time=${NOW_S};${NOW_S + 9}&q-key-time=${NOW_S};${NOW_S + 9}&q-header-list=${list}&q-url-param-list=&q-signature=${'0'.repeat(40)}`;
    const startMs = performance.now();
    const { findings, server } = explained(
      get('/a%2520b', { headers: { ...headers, via: '1.1 p', authorization: value } }),
    );
    expect(performance.now() - startMs).toBeLessThan(5_000);
    const whats = findings.map(({ what }) => what).join('\n');
    for (const part of [
      'x-cos-meta-gone is signed and did not arrive',
      'content-length is signed',
      'came through a proxy',
      'encoded twice',
      'No single known',
    ]) {
      expect(whats).toContain(part);
    }
    expect(findings.some(({ certainty }) => certainty === 'proven')).toBe(false);
    expect(server!.stringToSign).toBe(`sha1\n${NOW_S};${NOW_S + 9}\n${sha1(server!.formatString)}\n`);
  });
});

describe('keys and clocks', () => {
  const at = (from: number, to: number, headers: Record<string, string> = {}) =>
    outcome({ from, to }, get('/k', { headers }))
      .findings.map(({ what }) => what)
      .join('\n');

  it('says by how much a clock is wrong', () => {
    expect(at(NOW_S + 3_600, NOW_S + 7_200)).toContain(
      "begins 3600 s after the server's time: the client's clock is 3600 s ahead",
    );
    expect(at(NOW_S - 7_200, NOW_S - 3_600)).toContain("ended 3600 s before the server's time; it was good for 3600 s");
    expect(at(NOW_S - 7_200, NOW_S - 3_600, { date: new Date((NOW_S - 7_200) * 1_000).toUTCString() })).toContain(
      "By its Date header the client's clock is 7200 s behind.",
    );
  });

  it.each([
    ['AKIDexampleEXAMPLEexampleexample0001', /differs from .* in capitals|No key/],
    [PAIR.secretId.toLowerCase(), /differs from AKIDEXAMPLE.* in capitals/],
    [PAIR.secretId.slice(0, -1), /in one character, or was cut/],
    [PAIR.secretId.slice(0, 20), /in one character, or was cut/],
    [`${PAIR.secretId.slice(0, 10)}Z${PAIR.secretId.slice(11)}`, /in one character, or was cut/],
    ['AKIDdisabledDisabledDisabledDisab03', /is disabled, or its user is/],
    ['AKIDnobodyNobodyNobodyNobodyNobody99', /No key of this server has this SecretId/],
  ])('says what is wrong with the SecretId %s', (secretId, what) => {
    expect(first(outcome({}, get('/k'), { ...PAIR, secretId })).what).toMatch(what);
  });

  it('says when a temporary key expired, and what is wrong with a token', () => {
    const session = { name: 's', policy: undefined, expiresMs: (NOW_S - 30) * 1_000 };
    const base = keyOf('tmpKeyTmpKey', 'secret');
    const expired = { ...base, identity: { ...base.identity, session } };
    const keys = { ...keysOf(), find: (_: string, token?: string) => (token === 'good' ? expired : undefined) };
    const input = {
      secretId: 'tmpKeyTmpKey',
      secretKey: 'secret',
      method: 'GET',
      path: '/k',
      headers: [['host', HOST]] as const,
      ...TIMES,
    };
    const ask = (token: string) =>
      first(
        explained(get('/k', { headers: { 'x-cos-security-token': token, authorization: authorization(input) } }), keys),
      ).what;
    expect(ask('good')).toContain('expired 30 s before');
    expect(ask('bad')).toContain('The security token that came with the key is not of this server');
  });

  it('says what cannot be read', () => {
    expect(first(explained(get('/k', { headers: { authorization: 'q-ak=a' } }))).what).toContain(
      'The signature lacks q-sign-algorithm',
    );
  });
});
