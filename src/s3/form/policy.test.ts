import { describe, expect, it } from 'vitest';
import { judgeS3Policy, parseS3Policy } from './policy.ts';

const AT = Date.parse('2026-01-01T00:00:00Z');
const text = (document: unknown) => Buffer.from(JSON.stringify(document));
const policyOf = (...conditions: unknown[]) => text({ expiration: '2026-01-02T00:00:00Z', conditions });

function judge(conditions: unknown[], fields: Record<string, string>, nowMs = AT) {
  const policy = parseS3Policy(policyOf(...conditions));
  return judgeS3Policy(
    policy,
    { get: (name) => fields[name] },
    Object.keys(fields),
    ['demo-1250000000', 'demo'],
    nowMs,
  );
}

describe('parseS3Policy', () => {
  it.each([
    ['no JSON', Buffer.from('{')],
    ['no expiration', text({ conditions: [{ bucket: 'b' }] })],
    ['a date that is none', text({ expiration: '2026-01-02 00:00:00', conditions: [{ bucket: 'b' }] })],
    ['names in another case', text({ EXPIRATION: '2026-01-02T00:00:00Z', conditions: [{ bucket: 'b' }] })],
    ['no conditions', text({ expiration: '2026-01-02T00:00:00Z', CONDITIONS: [{ bucket: 'b' }] })],
    ['an empty condition', policyOf({})],
    ['a field without $', policyOf(['eq', 'key', 'a'])],
    ['an unknown match', policyOf(['ends-with', '$key', 'a'])],
    ['half a range', policyOf(['content-length-range', 0])],
    ['a negative range', policyOf(['content-length-range', -1, 0])],
    ['a range upside down', policyOf(['content-length-range', 2, 1])],
  ])('refuses %s', (_, document) => {
    expect(() => parseS3Policy(document)).toThrow(expect.objectContaining({ code: 'InvalidPolicyDocument' }));
  });

  it('keeps the narrowest of several ranges', () => {
    const { size } = parseS3Policy(policyOf(['content-length-range', 0, 10], ['content-length-range', '2', '20']));
    expect(size).toEqual({ min: 2, max: 10 });
  });
});

describe('judgeS3Policy', () => {
  const denied = expect.objectContaining({ code: 'AccessDenied' });

  it('takes the bucket by its bare and by its full name, and compares names of fields without case', () => {
    for (const bucket of ['demo', 'demo-1250000000']) {
      const conditions = [{ bUcKeT: bucket }, ['StArTs-WiTh', '$KeY', 'foo'], { AcL: 'private' }];
      expect(judge(conditions, { key: 'foo.txt', acl: 'private' })).toEqual({ min: 0, max: Number.MAX_SAFE_INTEGER });
    }
    expect(() => judge([{ bucket: 'other' }], {})).toThrow(denied);
  });

  it('must cover every field but those that sign, check or are to be ignored', () => {
    const free = {
      awsaccesskeyid: 'a',
      policy: 'p',
      signature: 's',
      'x-amz-signature': 's',
      'x-ignore-me': '1',
      'x-amz-checksum-crc32': 'AAAAAA==',
    };
    expect(() => judge([{ bucket: 'demo' }], free)).not.toThrow();
    expect(() => judge([{ bucket: 'demo' }], { ...free, 'x-amz-meta-a': '1' })).toThrow(denied);
    expect(() => judge([{ key: 'k' }], { key: 'k' })).toThrow(denied);
  });

  it.each([
    ['a value that differs', ['eq', '$x-amz-meta-a', 'b'], { 'x-amz-meta-a': 'a' }],
    ['a prefix that differs', ['starts-with', '$key', 'b'], { key: 'a' }],
    ['a field that is not there', ['eq', '$x-amz-meta-a', 'b'], {}],
    ['one of several types', ['starts-with', '$Content-Type', 'image/'], { 'content-type': 'image/png,text/html' }],
  ])('refuses %s', (_, condition, fields) => {
    expect(() => judge([{ bucket: 'demo' }, condition], fields as unknown as Record<string, string>)).toThrow(denied);
  });

  it('ends with its expiration', () => {
    expect(() => judge([{ bucket: 'demo' }], {}, AT + 86_400_000)).not.toThrow();
    expect(() => judge([{ bucket: 'demo' }], {}, AT + 86_400_001)).toThrow(denied);
  });
});
