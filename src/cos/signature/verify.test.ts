import COS from 'cos-nodejs-sdk-v5';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyRing } from '../../access/identity.ts';
import type { CosError } from '../../errors/cos-error.ts';
import { parseQuery } from '../../http/query.ts';
import { decodePath } from '../../http/target.ts';
import { encode } from './encode.ts';
import { authorization, presignedQuery } from './sign.ts';
import { type SignedRequestView, verifyRequest } from './verify.ts';

const pair = { secretId: 'AKIDEXAMPLEexampleEXAMPLEexample0001', secretKey: 'exampleSecretKeyForCosSpec000001' };
const NOW = 1_700_000_000;
const keyRing: KeyRing = {
  find: (id) => {
    const identity = { kind: 'root' as const, appid: '1250000000', uin: '1', secretId: id };
    if (id === pair.secretId) return { ...pair, enabled: true, identity };
    if (id === 'AKIDdisabled') return { ...pair, secretId: id, enabled: false, identity };
    return undefined;
  },
};

interface Sent {
  method: string;
  path: string;
  params: (readonly [string, string])[];
  headers: (readonly [string, string])[];
}

function view(sent: Sent, extraQuery = ''): SignedRequestView {
  const query = sent.params.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const raw = [query, extraQuery].filter((part) => part !== '').join('&');
  const rawPath = sent.path.split('/').map(encode).join('/');
  const headers = new Map(sent.headers.map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method: sent.method,
    rawPath,
    decodedPath: decodePath(rawPath),
    query: parseQuery(raw),
    host: headers.get('host') ?? '',
    secure: false,
    header: (name) => headers.get(name)?.trim() || undefined,
  };
}

function codeOf(request: SignedRequestView, nowS = NOW): string {
  try {
    return verifyRequest(request, keyRing, nowS * 1000).kind;
  } catch (error) {
    return (error as CosError).code;
  }
}

const word = fc.string({
  unit: fc.constantFrom('a', 'B', '1', '图', '+', '%', ';', '=', '&', '!', "'", '(', ')', '*', '~', ' ', '/', '-'),
  maxLength: 8,
});
const names = fc.string({ unit: fc.constantFrom('a', 'B', '1', '-', '图', '_'), minLength: 1, maxLength: 6 });
const headerName = fc.constantFrom('x-cos-meta-a', 'Content-Type', 'Range', 'If-Match', 'x-cos-acl');
const headerText = fc
  .string({ unit: fc.constantFrom('a', ' ', '"', '=', '/', ';', '\u00e5', '%'), maxLength: 8 })
  .map((text) => text.trim())
  .filter((text) => text !== '');

const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'HEAD'),
  path: word.map((text) => `/${text}`),
  params: fc.uniqueArray(fc.tuple(names, word), { maxLength: 4, selector: ([name]) => name.toLowerCase() }),
  headers: fc
    .uniqueArray(fc.tuple(headerName, headerText), { maxLength: 3, selector: ([name]) => name.toLowerCase() })
    .map((list) => [['Host', 'demo-1250000000.cos.ap-guangzhou.myqcloud.com:9000'] as const, ...list]),
});

function signed(request: Sent, over: Partial<Sent> = {}) {
  return { ...pair, ...request, ...over, from: NOW - 1, to: NOW + 900 };
}

describe('verifyRequest', () => {
  it('accepts what was signed, in the header and in the query', () => {
    fc.assert(
      fc.property(sent, (request) => {
        const text = authorization(signed(request));
        const withHeader = { ...request, headers: [...request.headers, ['authorization', text] as const] };
        expect(codeOf(view(withHeader))).toBe('root');
        expect(codeOf(view(request, presignedQuery(signed(request))))).toBe('root');
      }),
      { numRuns: 300 },
    );
  });

  it('refuses any change of a signed part', () => {
    fc.assert(
      fc.property(sent, word, fc.nat(3), (request, other, what) => {
        const changed: Sent = { ...request };
        if (what === 0) changed.method = request.method === 'GET' ? 'PUT' : 'GET';
        else if (what === 1) changed.path = `${request.path}${other}x`;
        else if (what === 2 && request.params.length > 0) {
          const [[name, value], ...rest] = request.params as [
            readonly [string, string],
            ...(readonly [string, string])[],
          ];
          changed.params = [[name, `${value}x`], ...rest];
        } else {
          changed.headers = [['Host', 'other-1250000000.cos.ap-guangzhou.myqcloud.com'], ...request.headers.slice(1)];
        }
        const text = authorization(signed(request));
        const withHeader = { ...changed, headers: [...changed.headers, ['authorization', text] as const] };
        expect(codeOf(view(withHeader))).toBe('SignatureDoesNotMatch');
      }),
      { numRuns: 300 },
    );
  });

  it('leaves unlisted headers and parameters free', () => {
    const request: Sent = { method: 'PUT', path: '/k', params: [], headers: [['Host', 'h']] };
    const text = authorization(signed(request));
    const more = view({ ...request, headers: [...request.headers, ['authorization', text], ['x-other', '1']] }, 'a=b');
    expect(codeOf(more)).toBe('root');
  });

  it('verifies what the official Node SDK signs', () => {
    const make = COS.getAuthorization as unknown as (options: object) => string;
    const now = Math.floor(Date.now() / 1000);
    for (const key of ['a b+c', '图/1', "x!'()*~"]) {
      const text = make({
        SecretId: pair.secretId,
        SecretKey: pair.secretKey,
        Method: 'PUT',
        Pathname: `/${key}`,
        Query: { uploadId: 'x', partNumber: 1 },
        Headers: { Host: 'h:9000', 'x-cos-acl': 'private' },
      });
      const request = view({
        method: 'PUT',
        path: `/${key}`,
        params: [
          ['uploadId', 'x'],
          ['partNumber', '1'],
        ],
        headers: [
          ['Host', 'h:9000'],
          ['x-cos-acl', 'private'],
          ['authorization', text],
        ],
      });
      expect(codeOf(request, now)).toBe('root');
    }
  });
});

describe('failures (§14)', () => {
  const request: Sent = { method: 'GET', path: '/k', params: [], headers: [['Host', 'h']] };
  const withText = (text: string): SignedRequestView =>
    view({ ...request, headers: [...request.headers, ['authorization', text]] });
  const failure = (text: string, nowS = NOW): CosError => {
    try {
      verifyRequest(withText(text), keyRing, nowS * 1000);
    } catch (error) {
      return error as CosError;
    }
    throw new Error('accepted');
  };
  const good = authorization(signed(request));

  it('nothing signed is anonymous, an empty header too', () => {
    expect(codeOf(view(request))).toBe('anonymous');
    expect(codeOf(withText(''))).toBe('anonymous');
  });

  it('tells of keys, times, algorithms and forms', () => {
    expect(failure(good.replace(pair.secretId, 'AKIDunknown')).code).toBe('InvalidAccessKeyId');
    expect(failure(good.replace(pair.secretId, 'AKIDdisabled')).code).toBe('InvalidAccessKeyId');
    const late = failure(good, NOW + 901);
    expect([late.code, late.message]).toEqual(['AccessDenied', 'Request has expired']);
    expect(codeOf(withText(good), NOW - 901)).toBe('root');
    expect(failure(good, NOW - 902).code).toBe('RequestTimeTooSkewed');
    expect(failure(good.replace('=sha1', '=sha256')).code).toBe('VerifyAlgorithmNotSupported');
    expect(failure(good.replace(/&q-key-time=[^&]*/, '')).code).toBe('AccessDenied');
    expect(failure(good.replace(/q-sign-time=\d+;\d+/, 'q-sign-time=2;1')).code).toBe('AccessDenied');
    expect(failure('nonsense').code).toBe('AccessDenied');
    expect(failure('AWS4-HMAC-SHA256 Credential=x').code).toBe('NotImplemented');
  });

  it('shows the strings it compared', () => {
    const error = failure(good.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    expect(error.code).toBe('SignatureDoesNotMatch');
    const elements = Object.fromEntries(error.details.elements!);
    expect(elements['FormatString']).toBe('get\n/k\n\nhost=h\n');
    expect(elements['StringToSign']).toMatch(/^sha1\n\d+;\d+\n[0-9a-f]{40}\n$/);
  });
});
