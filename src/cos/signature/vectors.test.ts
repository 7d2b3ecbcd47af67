/** The published examples and our own values of spec/protocol.md §13; the forms (V4, G) stand in form.test.ts. */
import { describe, expect, it } from 'vitest';
import {
  GO,
  HOST,
  NOW_S,
  OURS,
  PUBLISHED,
  requestView,
  type Sent,
  verdict,
} from '../../../test/support/signed-request.ts';
import { headerString, httpString, paramString } from './canonical.ts';
import { parseAuthorization } from './fields.ts';
import { sha1, signKey } from './hash.ts';

interface Vector {
  readonly title: string;
  readonly pair: { readonly secretId: string; readonly secretKey: string };
  readonly keyTime: string;
  readonly signTime?: string;
  readonly headerList: string;
  readonly paramList?: string;
  readonly sent: Sent;
  /** Unix seconds at which it is sent. */
  readonly nowS: number;
  readonly signKey: string;
  /** SHA-1 of HttpString. */
  readonly hash: string;
  readonly signature: string;
}

const OBJECT = '/exampleobject%28%E8%85%BE%E8%AE%AF%E4%BA%91%29';
const EXAMPLE_HOST = 'examplebucket-1250000000.cos.ap-beijing.myqcloud.com';
const KEY_TIME = `${NOW_S};${NOW_S + 3_600}`;
const SIGN_KEY = 'd21064ebbfa4f12decbd19d5ac1c59eb6d2f2fea';

const VECTORS: readonly Vector[] = [
  {
    title: 'V1: PUT with signed headers',
    pair: PUBLISHED,
    keyTime: '1557989151;1557996351',
    headerList: 'content-length;content-md5;content-type;date;host;x-cos-acl;x-cos-grant-read',
    sent: {
      method: 'PUT',
      target: OBJECT,
      host: EXAMPLE_HOST,
      headers: {
        'Content-Length': '13',
        'Content-MD5': 'mQ/fVh815F3k6TAUm8m0eg==',
        'Content-Type': 'text/plain',
        Date: 'Thu, 16 May 2019 06:45:51 GMT',
        'x-cos-acl': 'private',
        'x-cos-grant-read': 'uin="100000000011"',
      },
    },
    nowS: 1_557_989_151,
    signKey: 'eb2519b498b02ac213cb1f3d1a3d27a3b3c9bc5f',
    hash: '8b2751e77f43a0995d6e9eb9477f4b685cca4172',
    signature: '3b8851a11a569213c17ba8fa7dcf2abec6935172',
  },
  {
    title: 'V2: GET with signed parameters',
    pair: PUBLISHED,
    keyTime: '1557989753;1557996953',
    headerList: 'date;host',
    paramList: 'response-cache-control;response-content-type',
    sent: {
      target: `${OBJECT}?response-content-type=application%2Foctet-stream&response-cache-control=max-age%3D600`,
      host: EXAMPLE_HOST,
      headers: { Date: 'Thu, 16 May 2019 06:55:53 GMT' },
    },
    nowS: 1_557_989_753,
    signKey: '937914bf490e9e8c189836aad2052e4feeb35eaf',
    hash: '54ecfe22f59d3514fdc764b87a32d8133ea611e6',
    signature: '01681b8c9d798a678e43b685a9f1bba0f6c0e012',
  },
  {
    title: 'V3: the unit test of the Go SDK',
    pair: GO,
    keyTime: '1480932292;1481012292',
    headerList: 'host;x-cos-content-sha1;x-cos-stroage-class',
    sent: {
      method: 'PUT',
      target: '/testfile2',
      host: 'testbucket-125000000.cos.ap-guangzhou.myqcloud.com',
      headers: {
        'x-cos-content-sha1': 'db8ac1c259eb89d4a131b253bacfca5f319d54f2',
        'x-cos-stroage-class': 'nearline',
      },
    },
    nowS: 1_480_932_292,
    signKey: '95d110a8ead64cac52083100db75b7e3f369e72f',
    hash: '113b22e92b74237531fafbfc8bb9e67be55645c7',
    signature: 'ce4ac0ecbcdb30538b3fee0a97cc6389694ce53a',
  },
  {
    title: 'A: header signing, odd characters',
    pair: OURS,
    keyTime: KEY_TIME,
    headerList: 'content-length;content-md5;host;x-cos-meta-note',
    sent: {
      method: 'PUT',
      target: '/docs/a%20b%2Bc~%281%29.txt',
      headers: {
        'Content-Length': '9',
        'Content-MD5': 'UfRZzlI9V4cclKIy1UsodQ==',
        'Content-Type': 'text/plain',
        'x-cos-meta-note': 'x y/z',
      },
    },
    nowS: NOW_S,
    signKey: SIGN_KEY,
    hash: '254bca7f54a9902a044746fe439ece5b5df46385',
    signature: '9a357a48a4ee7a2311ca86ebd2c93ee623e3d544',
  },
  {
    title: 'B: parameters without a value, mixed case, CJK',
    pair: OURS,
    keyTime: KEY_TIME,
    headerList: 'host',
    paramList: 'encoding-type;key-marker;max-uploads;prefix;uploads',
    sent: { target: "/?uploads&prefix=%E5%9B%BE%2F2024&max-uploads=10&encoding-type=url&Key-Marker=it's*" },
    nowS: NOW_S,
    signKey: SIGN_KEY,
    hash: 'd5b7109b7a68dc5d7a51728b599fe4a6d495c275',
    signature: '9a1fabbbd802bcb850914ec25c394144d27db433',
  },
  {
    title: 'C: a signed token',
    pair: OURS,
    keyTime: KEY_TIME,
    headerList: 'host',
    paramList: 'response-content-disposition;x-cos-security-token',
    sent: {
      target:
        '/%E5%9B%BE%E7%89%87/1.png?response-content-disposition=attachment%3B%20filename%3D%22a.png%22&x-cos-security-token=tok%2Ben%2F%3D',
    },
    nowS: NOW_S,
    signKey: SIGN_KEY,
    hash: '7f2e47799fa8d99ab05f29be0f0e80b0dbfb09c4',
    signature: '18e74cadcf995e12cc67d4d6feaef65cf00cd7ef',
  },
  {
    title: 'D: sign time and key time differ',
    pair: OURS,
    keyTime: '1700000000;1700086400',
    signTime: '1700000100;1700000400',
    headerList: 'host',
    sent: { method: 'HEAD', target: '/k' },
    nowS: NOW_S + 100,
    signKey: 'b61f23f0c2ec78c3e4ef1ec02dea9b777894952a',
    hash: 'bc106f2e152dac76bda4326b4153be890278d3d2',
    signature: '0ea5b8acaceece20aa52d0d244a5df4ef8e83eda',
  },
  {
    title: 'E: a repeated parameter and a port',
    pair: OURS,
    keyTime: KEY_TIME,
    headerList: 'host',
    paramList: 'a;a',
    sent: { target: '/?a=2&a=1', host: 'demo-1250000000.cos.local.test:9000' },
    nowS: NOW_S,
    signKey: SIGN_KEY,
    hash: '5f85eef0bb198be24d359550f83dfc458e8c4f00',
    signature: 'daa2302ec780b3003082c8dc4417f76801db206e',
  },
  {
    title: 'F: nothing listed',
    pair: OURS,
    keyTime: KEY_TIME,
    headerList: '',
    sent: { target: '/k?any=thing', host: 'other.example' },
    nowS: NOW_S,
    signKey: SIGN_KEY,
    hash: '2df2eca3ca720c4f0cf6d51fe6ad3851d97020ad',
    signature: '736b3a0c7fb10b5ab4cae79593e2547b75e7786d',
  },
];

function fieldsOf({ pair, keyTime, signTime, headerList, paramList, signature }: Vector): readonly [string, string][] {
  return [
    ['q-sign-algorithm', 'sha1'],
    ['q-ak', pair.secretId],
    ['q-sign-time', signTime ?? keyTime],
    ['q-key-time', keyTime],
    ['q-header-list', headerList],
    ['q-url-param-list', paramList ?? ''],
    ['q-signature', signature],
  ];
}

function textOf(vector: Vector): string {
  return fieldsOf(vector)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function withQuery({ target }: Sent, query: string): string {
  return `${target}${target.includes('?') ? '&' : '?'}${query}`;
}

describe.each(VECTORS)('$title', (vector) => {
  const { sent, pair, nowS } = vector;

  it('gives every value on the way', () => {
    const request = requestView(sent);
    const { fields } = parseAuthorization(textOf(vector));
    const params = paramString(request.query, fields.params);
    const headers = headerString(request, fields.headers, request.host);
    expect(signKey(pair.secretKey, vector.keyTime)).toBe(vector.signKey);
    expect(sha1(httpString(request.method, request.decodedPath, params, headers))).toBe(vector.hash);
  });

  it('is accepted in the header', () => {
    const headers = { ...sent.headers, Authorization: textOf(vector) };
    expect(verdict(requestView({ ...sent, headers }), nowS)).toBe(pair.secretId);
    expect(verdict(requestView({ ...sent, headers, method: 'PATCH' }), nowS)).toBe('SignatureDoesNotMatch');
  });

  it('is accepted as a presigned URL, semicolons raw or encoded', () => {
    const query = fieldsOf(vector)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
    for (const text of [query, query.replaceAll('%3B', ';')]) {
      expect(verdict(requestView({ ...sent, target: withQuery(sent, text) }), nowS)).toBe(pair.secretId);
    }
  });

  it('is accepted as one merged parameter', () => {
    const target = withQuery(sent, `sign=${encodeURIComponent(textOf(vector))}`);
    expect(verdict(requestView({ ...sent, target }), nowS)).toBe(pair.secretId);
  });
});

describe('the presigned URL of C, as printed', () => {
  const target =
    '/%E5%9B%BE%E7%89%87/1.png?response-content-disposition=attachment%3B%20filename%3D%22a.png%22' +
    '&q-sign-algorithm=sha1&q-ak=AKIDEXAMPLEexampleEXAMPLEexample0001&q-sign-time=1700000000%3B1700003600' +
    '&q-key-time=1700000000%3B1700003600&q-header-list=host' +
    '&q-url-param-list=response-content-disposition%3Bx-cos-security-token' +
    '&q-signature=18e74cadcf995e12cc67d4d6feaef65cf00cd7ef&x-cos-security-token=tok%2Ben%2F%3D';

  it('is accepted, its token raw too (§12.4)', () => {
    expect(verdict(requestView({ target, host: HOST }))).toBe(OURS.secretId);
    expect(verdict(requestView({ target: target.replace('tok%2Ben%2F%3D', 'tok+en/=') }))).toBe(OURS.secretId);
    expect(verdict(requestView({ target: target.replace('tok%2Ben', 'tok%20en') }))).toBe('SignatureDoesNotMatch');
  });
});
