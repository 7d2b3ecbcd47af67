/** The examples that AWS publishes, with their signatures. */
import { describe, expect, it } from 'vitest';
import {
  addressFor,
  BUCKET,
  check,
  type Headers,
  HOST,
  PUBLISHED,
  PUBLISHED_MS,
  PUBLISHED_STAMP,
  SHA256_OF_NOTHING,
  verdict,
  wireOf,
} from './fixture.ts';

const v4 = (signed: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=${PUBLISHED.secretId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`;

describe('Signature Version 4 in the header', () => {
  const examples: [name: string, method: string, target: string, headers: Headers, authorization: string][] = [
    [
      'GET Object',
      'GET',
      '/test.txt',
      [
        ['Range', 'bytes=0-9'],
        ['x-amz-content-sha256', SHA256_OF_NOTHING],
      ],
      v4(
        'host;range;x-amz-content-sha256;x-amz-date',
        'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      ),
    ],
    [
      // On the wire the path has its dollar as it is; the example signs it escaped.
      'PUT Object',
      'PUT',
      '/test$file.text',
      [
        ['Date', 'Fri, 24 May 2013 00:00:00 GMT'],
        ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
        ['x-amz-content-sha256', '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'],
      ],
      v4(
        'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
        '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      ),
    ],
    [
      'GET Bucket Lifecycle',
      'GET',
      '/?lifecycle',
      [['x-amz-content-sha256', SHA256_OF_NOTHING]],
      v4('host;x-amz-content-sha256;x-amz-date', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'),
    ],
    [
      'List Objects',
      'GET',
      '/?max-keys=2&prefix=J',
      [['x-amz-content-sha256', SHA256_OF_NOTHING]],
      v4('host;x-amz-content-sha256;x-amz-date', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'),
    ],
  ];

  it.each(examples)('%s', (_, method, target, headers, authorization) => {
    const all: Headers = [...headers, ['x-amz-date', PUBLISHED_STAMP], ['Authorization', authorization]];
    expect(verdict(wireOf({ method, target, headers: all }))).toBe(PUBLISHED.secretId);
    expect(verdict(wireOf({ method: 'HEAD', target, headers: all }))).toBe('SignatureDoesNotMatch');
    expect(verdict(wireOf({ method, target: `${target}x`, headers: all }))).toBe('SignatureDoesNotMatch');
    expect(verdict(wireOf({ method, target, host: `x${HOST}`, headers: all }))).toBe('SignatureDoesNotMatch');
  });
});

it('a URL that is presigned with Version 4', () => {
  const target =
    '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
    '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
    '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
  expect(check(wireOf({ target }))).toMatchObject({
    identity: { secretId: PUBLISHED.secretId },
    payload: { kind: 'unsigned' },
  });
  expect(verdict(wireOf({ target }), { nowMs: PUBLISHED_MS + 86_400_000 })).toBe(PUBLISHED.secretId);
  expect(verdict(wireOf({ target }), { nowMs: PUBLISHED_MS + 86_400_001 })).toBe('AccessDenied');
});

describe('Signature Version 2', () => {
  const examples: [name: string, method: string, target: string, headers: Headers, signature: string][] = [
    ['GET', 'GET', '/photos/puppy.jpg', [['Date', 'Tue, 27 Mar 2007 19:36:42 +0000']], 'bWq2s1WEIj+Ydj0vQ697zp+IXMU='],
    [
      'PUT',
      'PUT',
      '/photos/puppy.jpg',
      [
        ['Content-Type', 'image/jpeg'],
        ['Date', 'Tue, 27 Mar 2007 21:15:45 +0000'],
      ],
      'MyyxeRY7whkBe+bq8fHCL/2kKUg=',
    ],
    [
      'list',
      'GET',
      '/?prefix=photos&max-keys=50&marker=puppy',
      [['Date', 'Tue, 27 Mar 2007 19:42:41 +0000']],
      'htDYFYduRNen8P9ZfE/s9SuKy0U=',
    ],
    ['ACL', 'GET', '/?acl', [['Date', 'Tue, 27 Mar 2007 19:44:46 +0000']], 'c2WLPFtWHVgbEmeEG93a4cG37dM='],
  ];

  it.each(examples)('%s', (_, method, target, headers, signature) => {
    const all: Headers = [...headers, ['Authorization', `AWS ${PUBLISHED.secretId}:${signature}`]];
    const wire = wireOf({ method, target, host: 'johnsmith.s3.amazonaws.com', headers: all });
    const nowMs = Date.parse('2007-03-27T20:00:00Z') + (method === 'PUT' ? 4_500_000 : -600_000 - 300_000);
    expect(verdict(wire, { nowMs, address: addressFor(wire, 'johnsmith') })).toBe(PUBLISHED.secretId);
    expect(verdict(wire, { nowMs, address: addressFor(wire, BUCKET) })).toBe('SignatureDoesNotMatch');
  });

  it('a list of buckets', () => {
    const headers: Headers = [
      ['Date', 'Wed, 28 Mar 2007 01:29:59 +0000'],
      ['Authorization', `AWS ${PUBLISHED.secretId}:qGdzdERIC03wnaRNKh6OqZehG9s=`],
    ];
    const wire = wireOf({ target: '/', host: 's3.amazonaws.com', headers });
    const address = { level: 'service', bucket: undefined, region: undefined, key: '', decodedPath: '/' } as const;
    expect(verdict(wire, { nowMs: Date.parse('2007-03-28T01:30:00Z'), address })).toBe(PUBLISHED.secretId);
  });

  it('a key of escapes in lower case, with the bucket in the path', () => {
    const headers: Headers = [
      ['Date', 'Wed, 28 Mar 2007 01:49:49 +0000'],
      ['Authorization', `AWS ${PUBLISHED.secretId}:DNEZGsoieTZ92F3bUfSPQcbGmlM=`],
    ];
    const wire = wireOf({ target: '/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re', host: 's3.amazonaws.com', headers });
    const address = addressFor(wire, 'dictionary', 'path');
    expect(address.key).toBe('français/préfère');
    expect(verdict(wire, { nowMs: Date.parse('2007-03-28T01:50:00Z'), address })).toBe(PUBLISHED.secretId);
  });

  it('a URL', () => {
    const target =
      '/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620';
    const wire = wireOf({ target, host: 'johnsmith.s3.amazonaws.com' });
    const address = addressFor(wire, 'johnsmith');
    expect(verdict(wire, { nowMs: 1_175_139_620_000, address })).toBe(PUBLISHED.secretId);
    expect(verdict(wire, { nowMs: 1_175_139_620_001, address })).toBe('AccessDenied');
    const plain = wireOf({ target: target.replace('%2B', '+'), host: 'johnsmith.s3.amazonaws.com' });
    expect(verdict(plain, { nowMs: 1_175_139_620_000, address })).toBe(PUBLISHED.secretId);
  });
});
