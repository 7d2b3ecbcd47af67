import { describe, expect, it } from 'vitest';
import { headersWithPrefix } from '../http/headers.ts';
import { wireOf } from './signature/fixture.ts';
import { S3Request } from './wire.ts';

const open = (headers: readonly (readonly [string, string])[], target = '/k'): S3Request =>
  new S3Request(wireOf({ target, headers }));

describe('a request in the words of COS', () => {
  it('has the names and values of COS, and is left as it came where those are no different', () => {
    const request = open([
      ['X-Amz-Storage-Class', 'GLACIER'],
      ['x-amz-meta-Colour', 'blue'],
      ['Content-Encoding', 'aws-chunked, gzip'],
      ['If-Match', 'abc'],
    ]);
    expect(request.header('x-cos-storage-class')).toBe('ARCHIVE');
    expect(headersWithPrefix(request.rawHeaders, 'x-cos-meta-')).toEqual([['colour', 'blue']]);
    expect(request.header('content-encoding')).toBe('gzip');
    expect(request.header('if-match')).toBe('"abc"');
    expect(request.sent.header('x-amz-storage-class')).toBe('GLACIER');
    const plain = open([
      ['x-amz-date', '20261127T000000Z'],
      ['Range', 'bytes=0-1'],
    ]);
    expect(plain.rawHeaders).toBe(plain.sent.rawHeaders);
  });

  it.each([
    ['x-amz-storage-class', 'GLACIER', 'x-cos-storage-class', 'ARCHIVE', 'STANDARD'],
    ['x-amz-meta-a', '1', 'x-cos-meta-a', '1', '2'],
  ])('%s counts once beside its name in COS, and not with another value', (name, value, cosName, same, other) => {
    const request = open([
      [name, value],
      [cosName, same],
    ]);
    expect(request.header(cosName)).toBe(same);
    expect(() => request.requireOneMeaning()).not.toThrow();
    const mixed = open([
      [cosName, other],
      [name, value],
    ]);
    expect(() => mixed.requireOneMeaning()).toThrow(`${name} and its name in COS have different values`);
  });
});
