import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasAppid, parseBucketName, splitPathStyle } from './bucket-name.ts';

const thrown = (code: string) => expect.objectContaining({ code });

describe('parseBucketName', () => {
  it('splits at the last hyphen', () => {
    expect(parseBucketName('a-1-b-1250000000')).toEqual({
      full: 'a-1-b-1250000000',
      name: 'a-1-b',
      appid: '1250000000',
    });
  });

  it.each(['examplebucket', 'examplebucket-', 'bucket-12a', '1250000000', '', 'a-1_', 'a-１'])(
    '%s lacks an APPID',
    (label) => {
      expect(() => parseBucketName(label)).toThrow(thrown('MissingAppid'));
    },
  );

  it.each(['bad_name-1', 'Upper-1', '-1', '-a-1', 'a--1', 'a.b-1', 'é-1', `${'a'.repeat(60)}-1`])(
    '%s is no bucket name',
    (label) => {
      expect(() => parseBucketName(label)).toThrow(thrown('InvalidBucketName'));
    },
  );

  it('accepts exactly the documented alphabet', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'z', '0', '9', '-', 'A', '_', '.'), maxLength: 6 }),
        (name) => {
          const legal = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name);
          const run = () => parseBucketName(`${name}-125`);
          if (legal) expect(run().name).toBe(name);
          else expect(run).toThrow(thrown('InvalidBucketName'));
        },
      ),
    );
  });

  it('measures the name and the label', () => {
    expect(parseBucketName(`${'b'.repeat(50)}-1250000000`).name).toHaveLength(50);
    expect(() => parseBucketName(`${'b'.repeat(51)}-1250000000`)).toThrow(thrown('InvalidBucketName'));
    expect(parseBucketName(`${'b'.repeat(50)}-${'1'.repeat(12)}`).full).toHaveLength(63);
    expect(() => parseBucketName(`${'b'.repeat(50)}-${'1'.repeat(13)}`)).toThrow(thrown('InvalidBucketName'));
  });
});

describe('hasAppid', () => {
  it.each([
    ['a-12345', true],
    ['a-1-123456789012345', true],
    ['a', false],
    ['a-1', false],
    ['a-1234', false],
    ['a-1234567890123456', false],
    ['a12345', false],
    ['a-12345-', false],
    ['a-12345x', false],
  ])('%s: %s', (label, has) => expect(hasAppid(label)).toBe(has));
});

describe('splitPathStyle', () => {
  it.each([
    ['/', '', '/'],
    ['/b-1', 'b-1', '/'],
    ['/b-1/', 'b-1', '/'],
    ['/b-1//k', 'b-1', '//k'],
    ['/b-1/a/../%2Fk', 'b-1', '/a/../%2Fk'],
    ['//k', '', '/k'],
  ])('%s', (raw, bucket, rawPath) => expect(splitPathStyle(raw)).toEqual({ bucket, rawPath }));
});
