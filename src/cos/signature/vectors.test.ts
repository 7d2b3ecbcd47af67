/** The published examples and our own values of spec/protocol.md §13. */
import { describe, expect, it } from 'vitest';
import type { KeyRing } from '../../access/identity.ts';
import type { CosError } from '../../errors/cos-error.ts';
import { parseQuery } from '../../http/query.ts';
import { decodePath } from '../../http/target.ts';
import { httpString, joinPairs, signatureOf, signKey, stringToSign } from './canonical.ts';
import { type SignInput, signFields } from './sign.ts';
import { type SignedRequestView, verifyRequest } from './verify.ts';

const PUBLISHED = { secretId: 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q', secretKey: 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz' };
const OURS = { secretId: 'AKIDEXAMPLEexampleEXAMPLEexample0001', secretKey: 'exampleSecretKeyForCosSpec000001' };
const HOST = 'demo-1250000000.cos.ap-guangzhou.myqcloud.com';
const FROM = 1_700_000_000;
const TO = 1_700_003_600;

const keyRing: KeyRing = {
  find: (id) =>
    [PUBLISHED, OURS]
      .filter(({ secretId }) => secretId === id)
      .map((pair) => ({
        ...pair,
        enabled: true,
        identity: { kind: 'root' as const, appid: '1250000000', uin: '1', secretId: id },
      }))[0],
};

function field(input: SignInput, name: string): string {
  return signFields(input).find(([found]) => found === name)![1];
}

/** A request as the wire would show it. */
function view(method: string, target: string, headers: Record<string, string> = {}, host = HOST): SignedRequestView {
  const [rawPath = '/', rawQuery = ''] = target.split('?');
  const all: Record<string, string> = { host, ...headers };
  return {
    method,
    rawPath,
    decodedPath: decodePath(rawPath),
    query: parseQuery(rawQuery),
    host,
    secure: false,
    header: (name) => all[name],
  };
}

function outcome(request: SignedRequestView, nowS = FROM): string {
  try {
    const identity = verifyRequest(request, keyRing, nowS * 1000);
    return identity.kind === 'root' ? identity.secretId : 'anonymous';
  } catch (error) {
    return (error as CosError).code;
  }
}

describe('published examples (§13.1)', () => {
  const path = '/exampleobject(腾讯云)';
  const host = 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com';

  it('V1: PUT with signed headers', () => {
    const input: SignInput = {
      ...PUBLISHED,
      method: 'PUT',
      path,
      headers: [
        ['Content-Length', '13'],
        ['Content-MD5', 'mQ/fVh815F3k6TAUm8m0eg=='],
        ['Content-Type', 'text/plain'],
        ['Date', 'Thu, 16 May 2019 06:45:51 GMT'],
        ['Host', host],
        ['x-cos-acl', 'private'],
        ['x-cos-grant-read', 'uin="100000000011"'],
      ],
      from: 1_557_989_151,
      to: 1_557_996_351,
    };
    expect(signKey(PUBLISHED.secretKey, '1557989151;1557996351')).toBe('eb2519b498b02ac213cb1f3d1a3d27a3b3c9bc5f');
    expect(field(input, 'q-signature')).toBe('3b8851a11a569213c17ba8fa7dcf2abec6935172');
  });

  it('V2: GET with signed parameters', () => {
    const input: SignInput = {
      ...PUBLISHED,
      method: 'GET',
      path,
      params: [
        ['response-content-type', 'application/octet-stream'],
        ['response-cache-control', 'max-age=600'],
      ],
      headers: [
        ['Date', 'Thu, 16 May 2019 06:55:53 GMT'],
        ['Host', host],
      ],
      from: 1_557_989_753,
      to: 1_557_996_953,
    };
    expect(field(input, 'q-signature')).toBe('01681b8c9d798a678e43b685a9f1bba0f6c0e012');
  });
});

describe("the Go SDK's own example (§13.1 V3)", () => {
  it('PUT with two signed headers', () => {
    const input: SignInput = {
      secretId: 'QmFzZTY0IGlzIGEgZ2VuZXJp',
      secretKey: 'AKIDZfbOA78asKUYBcXFrJD0a1ICvR98JM',
      method: 'PUT',
      path: '/testfile2',
      headers: [
        ['Host', 'testbucket-125000000.cos.ap-guangzhou.myqcloud.com'],
        ['x-cos-content-sha1', 'db8ac1c259eb89d4a131b253bacfca5f319d54f2'],
        ['x-cos-stroage-class', 'nearline'],
      ],
      from: 1_480_932_292,
      to: 1_481_012_292,
    };
    expect(field(input, 'q-signature')).toBe('ce4ac0ecbcdb30538b3fee0a97cc6389694ce53a');
  });
});

describe('our values (§13.2)', () => {
  const base = { ...OURS, from: FROM, to: TO };

  it('the SignKey', () => {
    expect(signKey(OURS.secretKey, `${FROM};${TO}`)).toBe('d21064ebbfa4f12decbd19d5ac1c59eb6d2f2fea');
  });

  it('A: a path that needs decoding', () => {
    const text =
      'q-sign-algorithm=sha1&q-ak=AKIDEXAMPLEexampleEXAMPLEexample0001&q-sign-time=1700000000;1700003600' +
      '&q-key-time=1700000000;1700003600&q-header-list=content-length;content-md5;host;x-cos-meta-note' +
      '&q-url-param-list=&q-signature=9a357a48a4ee7a2311ca86ebd2c93ee623e3d544';
    const headers = {
      authorization: text,
      'content-length': '9',
      'content-md5': 'UfRZzlI9V4cclKIy1UsodQ==',
      'x-cos-meta-note': 'x y/z',
      'content-type': 'text/plain',
    };
    expect(outcome(view('PUT', '/docs/a%20b%2Bc~%281%29.txt', headers))).toBe(OURS.secretId);
    expect(outcome(view('PUT', '/docs/a%20b%2Bc~%281%29.txt', { ...headers, 'x-cos-meta-note': 'x y/Z' }))).toBe(
      'SignatureDoesNotMatch',
    );
  });

  it('B: parameters without a value, mixed case, CJK', () => {
    const input: SignInput = {
      ...base,
      method: 'GET',
      path: '/',
      params: [
        ['uploads', ''],
        ['prefix', '图/2024'],
        ['max-uploads', '10'],
        ['encoding-type', 'url'],
        ['Key-Marker', "it's*"],
      ],
      headers: [['host', HOST]],
    };
    expect(field(input, 'q-signature')).toBe('9a1fabbbd802bcb850914ec25c394144d27db433');
    const list = 'encoding-type;key-marker;max-uploads;prefix;uploads';
    const text = `q-sign-algorithm=sha1&q-ak=${OURS.secretId}&q-sign-time=${FROM};${TO}&q-key-time=${FROM};${TO}&q-header-list=host&q-url-param-list=${list}&q-signature=9a1fabbbd802bcb850914ec25c394144d27db433`;
    const target = "/?uploads&prefix=%E5%9B%BE%2F2024&max-uploads=10&encoding-type=url&Key-Marker=it's*";
    expect(outcome(view('GET', target, { authorization: text }))).toBe(OURS.secretId);
  });

  const presigned =
    '/%E5%9B%BE%E7%89%87/1.png?response-content-disposition=attachment%3B%20filename%3D%22a.png%22' +
    '&q-sign-algorithm=sha1&q-ak=AKIDEXAMPLEexampleEXAMPLEexample0001&q-sign-time=1700000000%3B1700003600' +
    '&q-key-time=1700000000%3B1700003600&q-header-list=host' +
    '&q-url-param-list=response-content-disposition%3Bx-cos-security-token' +
    '&q-signature=18e74cadcf995e12cc67d4d6feaef65cf00cd7ef&x-cos-security-token=tok%2Ben%2F%3D';

  it('C: a presigned URL with a signed token, encoded or raw', () => {
    expect(outcome(view('GET', presigned))).toBe(OURS.secretId);
    expect(outcome(view('GET', presigned.replaceAll('%3B', ';')))).toBe(OURS.secretId);
    expect(outcome(view('GET', presigned.replace('tok%2Ben%2F%3D', 'tok+en/=')))).toBe(OURS.secretId);
    expect(outcome(view('GET', presigned.replace('a.png', 'b.png')))).toBe('SignatureDoesNotMatch');
  });

  it('C as one merged parameter', () => {
    const input: SignInput = { ...base, method: 'GET', path: '/k', headers: [['host', HOST]] };
    const text = signFields(input)
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    expect(outcome(view('GET', `/k?sign=${encodeURIComponent(text)}`))).toBe(OURS.secretId);
    expect(outcome(view('GET', `/l?sign=${encodeURIComponent(text)}`))).toBe('SignatureDoesNotMatch');
  });

  it('D: sign time and key time differ', () => {
    expect(signKey(OURS.secretKey, '1700000000;1700086400')).toBe('b61f23f0c2ec78c3e4ef1ec02dea9b777894952a');
    const input: SignInput = {
      ...OURS,
      method: 'HEAD',
      path: '/k',
      headers: [['host', HOST]],
      from: FROM + 100,
      to: FROM + 400,
      keyFrom: FROM,
      keyTo: FROM + 86_400,
    };
    expect(field(input, 'q-signature')).toBe('0ea5b8acaceece20aa52d0d244a5df4ef8e83eda');
  });

  it('E: a repeated parameter, and a port that the client signed or not', () => {
    const host = 'demo-1250000000.cos.local.test:9000';
    const text = (signature: string): string =>
      `q-sign-algorithm=sha1&q-ak=${OURS.secretId}&q-sign-time=${FROM};${TO}&q-key-time=${FROM};${TO}&q-header-list=host&q-url-param-list=a;a&q-signature=${signature}`;
    const authorization = text('daa2302ec780b3003082c8dc4417f76801db206e');
    expect(outcome(view('GET', '/?a=2&a=1', { authorization }, host))).toBe(OURS.secretId);
    const bare: SignInput = {
      ...base,
      method: 'GET',
      path: '/',
      params: [
        ['a', '1'],
        ['a', '2'],
      ],
      headers: [['host', 'demo-1250000000.cos.local.test']],
    };
    const other = { authorization: text(field(bare, 'q-signature')) };
    expect(outcome(view('GET', '/?a=2&a=1', other, 'Demo-1250000000.cos.local.test:9000'))).toBe(OURS.secretId);
    expect(outcome(view('GET', '/?a=2&a=1', other, 'elsewhere-1250000000.cos.local.test:9000'))).toBe(
      'SignatureDoesNotMatch',
    );
  });

  it('F: nothing listed is valid for any host and query', () => {
    const http = 'get\n/k\n\n\n';
    expect(httpString('GET', '/k', '', joinPairs([]))).toBe(http);
    expect(stringToSign('1;2', http)).toBe('sha1\n1;2\n2df2eca3ca720c4f0cf6d51fe6ad3851d97020ad\n');
    const authorization = `q-sign-algorithm=sha1&q-ak=${OURS.secretId}&q-sign-time=${FROM};${TO}&q-key-time=${FROM};${TO}&q-header-list=&q-url-param-list=&q-signature=736b3a0c7fb10b5ab4cae79593e2547b75e7786d`;
    expect(outcome(view('GET', '/k?any=thing', { authorization }, 'other.example'))).toBe(OURS.secretId);
    expect(signatureOf('key', 'text')).toHaveLength(40);
  });

  it('the old v4 token reads its object until it expires', () => {
    const token =
      'fKkPwmE3EEnDVW65Q/xLzufhjtphPTEyNTAwMDAwMDAmYj1kZW1vJms9QUtJREVYQU1QTEVleGFtcGxlRVhBTVBMRWV4YW1wbGUwMDAxJnQ9MTcwMDAwMDAwMCZlPTE3MDAwMDA5MDAmcj0xMjM0NTYmZj0vMTI1MDAwMDAwMC9kZW1vLzEudHh0';
    const query = `sign=${encodeURIComponent(token)}`;
    expect(outcome(view('GET', `/1.txt?${query}`))).toBe(OURS.secretId);
    expect(outcome(view('GET', `/2.txt?${query}`))).toBe('AccessDenied');
    expect(outcome(view('PUT', `/1.txt?${query}`))).toBe('AccessDenied');
    expect(outcome(view('GET', `/1.txt?${query}`), 1_700_000_901)).toBe('AccessDenied');
    expect(outcome(view('GET', `/1.txt?sign=${encodeURIComponent(`A${token.slice(1)}`)}`))).toBe(
      'SignatureDoesNotMatch',
    );
  });
});
