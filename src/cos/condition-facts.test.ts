import { describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../access/identity.ts';
import { parseQuery } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import { RequestFacts } from './condition-facts.ts';

const wire = (more: object): WireRequest =>
  ({
    header: () => undefined,
    remoteAddress: '::ffff:10.0.0.1',
    secure: false,
    tlsVersion: undefined,
    receivedAtMs: Date.UTC(2026, 10, 26),
    body: { length: 0, unannounced: true },
    ...more,
  }) as unknown as WireRequest;
const facts = (more: object = {}, query = '') => new RequestFacts(wire(more), parseQuery(query), ANONYMOUS);

it('tells where a request comes from, and when', () => {
  expect(facts().get('qcs:ip')).toEqual(['10.0.0.1']);
  expect(facts({ remoteAddress: '2001:db8::1' }).get('qcs:ip')).toEqual(['2001:db8::1']);
  expect(facts().get('qcs:current_time')).toEqual(['2026-11-26T00:00:00.000Z']);
  expect(facts().get('cos:secure-transport')).toEqual(['false']);
  expect(facts({ secure: true, tlsVersion: '1.3' }).get('cos:tls-version')).toEqual(['1.3']);
});

it('tells a version only where one is named, in any case', () => {
  expect(facts({}, 'versionId=').get('cos:versionid')).toBeUndefined();
  expect(facts({}, 'VERSIONID=7').get('cos:versionid')).toEqual(['7']);
});

it('takes a body in chunks for too long, since nobody knows how long it is', () => {
  const length = (body: object) => facts({ body }).get('cos:content-length');
  expect(length({ length: 10, unannounced: false })).toEqual(['10']);
  expect(length({ length: 0, unannounced: true })).toBeUndefined();
  expect(Number(length({ length: undefined, unannounced: false })![0])).toBeGreaterThan(2 ** 50);
});

describe('what policies of AWS ask about', () => {
  const sent = (headers: Readonly<Record<string, string>>, query = '') =>
    facts({ header: (name: string) => headers[name] }, query);

  it('is said in the words of S3', () => {
    const asked = sent({
      'x-cos-server-side-encryption': 'cos/kms',
      'x-cos-server-side-encryption-cos-kms-key-id': 'key',
      'x-cos-metadata-directive': 'Copy',
      'x-cos-grant-read': 'uri="http://cam.qcloud.com/groups/global/AllUsers"',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-cos-object-lock-mode': 'GOVERNANCE',
    });
    expect(asked.get('s3:x-amz-server-side-encryption')).toEqual(['aws:kms']);
    expect(asked.get('s3:x-amz-server-side-encryption-aws-kms-key-id')).toEqual(['key']);
    expect(asked.get('s3:x-amz-metadata-directive')).toEqual(['COPY']);
    expect(asked.get('s3:x-amz-grant-read')).toEqual(['uri="http://acs.amazonaws.com/groups/global/AllUsers"']);
    expect(asked.get('s3:x-amz-content-sha256')).toEqual(['UNSIGNED-PAYLOAD']);
    expect(asked.get('s3:object-lock-mode')).toEqual(['GOVERNANCE']);
    expect(asked.get('s3:x-amz-acl')).toBeUndefined();
  });

  it.each([
    ['demo-125/a%20b', ['demo-125/a b', 'demo/a b']],
    ['/demo-125/a?versionId=7', ['demo-125/a', 'demo/a']],
    ['demo-125.cos.r.myqcloud.com/a%2Fb', ['demo-125/a/b', 'demo/a/b']],
    ['nothing', ['nothing']],
  ])('a copy source %s by both names of its bucket', (header, expected) => {
    expect(sent({ 'x-cos-copy-source': header }).get('s3:x-amz-copy-source')).toEqual(expected);
  });

  it('a class by both its words', () => {
    const classOf = (word: string) => sent({ 'x-cos-storage-class': word }).get('s3:x-amz-storage-class');
    expect([classOf('ARCHIVE'), classOf('STANDARD_IA')]).toEqual([['ARCHIVE', 'GLACIER'], ['STANDARD_IA']]);
    expect(sent({}).get('s3:x-amz-storage-class')).toBeUndefined();
  });

  it('tags by their keys, in their case', () => {
    const asked = sent({ 'x-cos-tagging': 'Colour=red&size=5' });
    expect(asked.get('s3:requestobjecttagkeys')).toEqual(['Colour', 'size']);
    expect(asked.get('s3:requestobjecttag/Colour')).toEqual(['red']);
    expect(asked.get('s3:requestobjecttag/colour')).toBeUndefined();
    expect(sent({}).get('s3:requestobjecttagkeys')).toBeUndefined();
  });

  it.each([
    [{ authorization: 'AWS4-HMAC-SHA256 Credential=…' }, '', 'AWS4-HMAC-SHA256'],
    [{ authorization: 'AWS AKID:abc' }, '', 'AWS'],
    [{}, 'X-Amz-Algorithm=AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256'],
    [{}, 'AWSAccessKeyId=AKID', 'AWS'],
    [{ authorization: 'q-sign-algorithm=sha1' }, '', undefined],
  ])('the signature of %j and %j: %s', (headers, query, version) => {
    expect(sent(headers as Record<string, string>, query).get('s3:signatureversion')?.[0]).toBe(version);
  });
});
