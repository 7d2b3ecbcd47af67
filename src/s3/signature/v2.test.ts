/** Requests with Signature Version 2, right and wrong. */
import { describe, expect, it } from 'vitest';
import { addressFor, type Headers, PUBLISHED, PUBLISHED_MS, v2Signature, verdict, wireOf } from './fixture.ts';

const DATE = 'Fri, 24 May 2013 00:00:00 GMT';

interface Signed {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Headers;
  /** What is signed. */
  readonly text: string;
}

const authorization = (text: string): string => `AWS ${PUBLISHED.secretId}:${v2Signature(PUBLISHED.secretKey, text)}`;
const signed = ({ method = 'GET', target, headers = [['Date', DATE]], text }: Signed) =>
  wireOf({ method, target, headers: [...headers, ['Authorization', authorization(text)]] });

describe('in the header', () => {
  it('covers headers of S3 in order, repeated ones joined, and no blanks around', () => {
    const headers: Headers = [
      ['Content-MD5', 'abc'],
      ['Content-Type', 'text/plain'],
      ['X-Amz-Meta-B', '  2  '],
      ['x-amz-meta-a', '1'],
      ['x-amz-meta-b', '3'],
      ['x-amz-meta-c', ''],
      ['x-amz-date', DATE],
      ['Date', 'whenever'],
    ];
    const text = `PUT\nabc\ntext/plain\n\nx-amz-date:${DATE}\nx-amz-meta-a:1\nx-amz-meta-b:2,3\nx-amz-meta-c:\n/examplebucket/a%20b`;
    const put = { method: 'PUT', target: '/a%20b', headers, text };
    expect(verdict(signed(put))).toBe(PUBLISHED.secretId);
    expect(verdict(signed({ ...put, method: 'POST' }))).toBe('SignatureDoesNotMatch');
    expect(verdict(signed({ ...put, target: '/a' }))).toBe('SignatureDoesNotMatch');
    for (let i = 0; i < 7; i++) {
      const fewer = headers.filter((_, at) => at !== i);
      expect(verdict(signed({ ...put, headers: fewer }))).toBe(i === 6 ? 'AccessDenied' : 'SignatureDoesNotMatch');
    }
  });

  it('covers sub-resources by name, decoded, and no other parameter', () => {
    const text = `GET\n\n\n${DATE}\n/examplebucket/a?response-content-type=text/plain&versionId=x=`;
    const target = '/a?versionId=x%3D&prefix=p&response-content-type=text%2Fplain';
    expect(verdict(signed({ target, text }))).toBe(PUBLISHED.secretId);
    expect(verdict(signed({ target: target.replace('prefix=p', 'prefix=q'), text }))).toBe(PUBLISHED.secretId);
    expect(verdict(signed({ target: target.replace('%3D', ''), text }))).toBe('SignatureDoesNotMatch');
  });

  it('takes a parameter without a value in both spellings', () => {
    for (const target of ['/?acl', '/?acl=']) {
      for (const resource of ['/examplebucket/?acl', '/examplebucket/?acl=']) {
        const taken = verdict(signed({ target, text: `GET\n\n\n${DATE}\n${resource}` }));
        expect(taken).toBe(target === '/?acl' && resource.endsWith('=') ? 'SignatureDoesNotMatch' : PUBLISHED.secretId);
      }
    }
  });

  it.each(['ACL', 'append', 'VersionID', 'ci-process'])('refuses %s, that it does not cover', (name) => {
    const text = `GET\n\n\n${DATE}\n/examplebucket/a`;
    expect(verdict(signed({ target: '/a', text }))).toBe(PUBLISHED.secretId);
    expect(verdict(signed({ target: `/a?${name}`, text }))).toBe('AccessDenied');
  });

  it('knows the bucket by the name that the client gave it', () => {
    const wire = (bucket: string) => signed({ target: '/', text: `GET\n\n\n${DATE}\n/${bucket}/` });
    const address = addressFor(wire(''), 'demo-1250000000', 'host', 'demo');
    expect(verdict(wire('demo'), { address })).toBe(PUBLISHED.secretId);
    expect(verdict(wire('demo-1250000000'), { address })).toBe(PUBLISHED.secretId);
    expect(verdict(wire('other'), { address })).toBe('SignatureDoesNotMatch');
    for (const target of ['/demo', '/demo/']) {
      for (const resource of ['/demo', '/demo/']) {
        const inPath = signed({ target, text: `GET\n\n\n${DATE}\n${resource}` });
        expect(verdict(inPath, { address: addressFor(inPath, 'demo', 'path') })).toBe(PUBLISHED.secretId);
      }
    }
  });

  // As ceph/s3-tests has them, test_headers.py.
  it.each([
    ['AWS HAHAHA', DATE, 'InvalidArgument'],
    ['AWS AKIAIGR7ZNNBHC5BKSUB:FWeDfwojDSdS2Ztmpfeubhd9isU=', DATE, 'InvalidAccessKeyId'],
    ['', 'Bad Date', 'AccessDenied'],
    ['', '', 'AccessDenied'],
    ['', 'Tue, 07 Jul 2010 21:53:04 GMT', 'RequestTimeTooSkewed'],
    ['', 'Tue, 07 Jul 2030 21:53:04 GMT', 'RequestTimeTooSkewed'],
    ['', 'Tue, 07 Jul 9999 21:53:04 GMT', 'RequestTimeTooSkewed'],
    ['', 'Tue, 07 Jul 1950 21:53:04 GMT', 'AccessDenied'],
  ])('answers %s with x-amz-date %s', (text, date, code) => {
    const headers: Headers = [
      ['Date', DATE],
      ['x-amz-date', date],
      ['Authorization', text === '' ? authorization('x') : text],
    ];
    expect(verdict(wireOf({ method: 'PUT', target: '/a', headers }))).toBe(code);
  });

  it('takes no headers of COS, and no headers in the query', () => {
    const text = `GET\n\n\n${DATE}\n/examplebucket/a`;
    const cos: Headers = [
      ['Date', DATE],
      ['X-Cos-Copy-Source', 'x'],
    ];
    expect(verdict(signed({ target: '/a', headers: cos, text }))).toBe('AccessDenied');
    expect(verdict(signed({ target: '/a?x-amz-acl=public-read', text }))).toBe('AccessDenied');
  });

  it('wants a date', () => {
    expect(verdict(signed({ target: '/a', headers: [], text: '' }))).toBe('AccessDenied');
  });
});

describe('in the query', () => {
  const END = PUBLISHED_MS / 1_000 + 60;
  const url = (target: string, text: string, more = ''): string =>
    `${target}${target.includes('?') ? '&' : '?'}AWSAccessKeyId=${PUBLISHED.secretId}&Expires=${END}${more}&Signature=${encodeURIComponent(v2Signature(PUBLISHED.secretKey, text))}`;
  const plain = `PUT\n\n\n${END}\n/examplebucket/a`;

  it('ends', () => {
    const wire = wireOf({ method: 'PUT', target: url('/a', plain) });
    expect(verdict(wire)).toBe(PUBLISHED.secretId);
    expect(verdict(wire, { nowMs: END * 1_000 + 1 })).toBe('AccessDenied');
  });

  it('takes headers that were moved into it', () => {
    const text = `PUT\nabc\ntext/plain\n${END}\nx-amz-acl:private\n/examplebucket/a`;
    const moved = '&x-amz-acl=private&content-md5=abc&content-type=text%2Fplain';
    expect(verdict(wireOf({ method: 'PUT', target: url('/a', text, moved) }))).toBe(PUBLISHED.secretId);
    const another = moved.replace('private', 'public-read');
    expect(verdict(wireOf({ method: 'PUT', target: url('/a', text, another) }))).toBe('SignatureDoesNotMatch');
  });

  it('holds its bearer to what was signed', () => {
    const target = url('/a', plain);
    expect(verdict(wireOf({ method: 'GET', target }))).toBe('SignatureDoesNotMatch');
    expect(verdict(wireOf({ method: 'PUT', target: `${target}&acl` }))).toBe('SignatureDoesNotMatch');
    expect(verdict(wireOf({ method: 'PUT', target: `${target}&append&position=0` }))).toBe('AccessDenied');
    for (const [name, code] of [
      ['x-amz-acl', 'SignatureDoesNotMatch'],
      ['x-cos-copy-source', 'AccessDenied'],
    ] as const) {
      expect(verdict(wireOf({ method: 'PUT', target, headers: [[name, 'x']] }))).toBe(code);
    }
  });

  it.each([
    ['no end', (target: string) => target.replace(/&Expires=\d+/, '')],
    ['an end that is no number', (target: string) => target.replace(/&Expires=\d+/, '&Expires=soon')],
    ['no signature', (target: string) => target.replace(/&Signature=.*/, '')],
    ['a key twice', (target: string) => `${target}&awsaccesskeyid=x`],
  ])('refuses %s', (_, change) => {
    expect(verdict(wireOf({ method: 'PUT', target: change(url('/a', plain)) }))).toBe('AccessDenied');
  });
});
