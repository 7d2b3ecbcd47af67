import { describe, expect, it } from 'vitest';
import { ANY_SIZE, decodePolicy, judgePolicy, parsePolicy } from './policy.ts';

const MANDATORY = [{ 'q-sign-algorithm': 'sha1' }, { 'q-ak': 'AKID' }, { 'q-sign-time': '1;2' }];
const SENT: Readonly<Record<string, string>> = {
  'q-sign-algorithm': 'sha1',
  'q-ak': 'AKID',
  'q-key-time': '1;2',
  key: 'up/a.jpg',
  acl: 'default',
  'content-type': 'image/png',
  success_action_status: '200',
  'x-cos-meta-a': '',
  'x-cos-storage-class': 'STANDARD',
};
const NOW = Date.UTC(2026, 0, 1);
const EXPIRATION = '2026-01-01T00:00:00.000Z';

const text = (policy: unknown) => Buffer.from(JSON.stringify(policy));
const parse = (...conditions: unknown[]) =>
  parsePolicy(text({ expiration: EXPIRATION, conditions: [...MANDATORY, ...conditions] }));
const judge = (condition: unknown, sent = SENT, nowMs = NOW) =>
  judgePolicy(parse(condition), { get: (name) => sent[name] }, 'demo-1250000000', nowMs);
const invalid = expect.objectContaining({ code: 'InvalidPolicyDocument' });
const denied = (message: string) => expect.objectContaining({ code: 'AccessDenied', message });

describe('decodePolicy', () => {
  it('reads Base64, in one line or in many', () => {
    expect(decodePolicy('eyJh\r\nIjox\nfQ==').toString()).toBe('{"a":1}');
    for (const field of ['', '{"a":1}', 'eyJh!', '====', 'A'.repeat(70_000)]) {
      expect(() => decodePolicy(field)).toThrow(invalid);
    }
  });
});

describe('parsePolicy', () => {
  it('reads times of ISO 8601', () => {
    for (const [expiration, iso] of [
      ['2019-08-30T09:38:12.414Z', '2019-08-30T09:38:12.414Z'],
      ['2021-12-31T12:00:00Z', '2021-12-31T12:00:00.000Z'],
      ['2021-12-31T12:00:00+08:00', '2021-12-31T04:00:00.000Z'],
      ['2021-12-31T12:00:00.123456', '2021-12-31T12:00:00.123Z'],
      ['2021-12-31T12:00', '2021-12-31T12:00:00.000Z'],
    ]) {
      const { expirationMs } = parsePolicy(text({ expiration, conditions: MANDATORY }));
      expect(new Date(expirationMs).toISOString()).toBe(iso);
    }
    for (const expiration of [undefined, null, 1_700_000_000, '', 'tomorrow', '2021-12-31', '2021-13-31T12:00:00Z']) {
      expect(() => parsePolicy(text({ expiration, conditions: MANDATORY }))).toThrow(invalid);
    }
  });

  it('refuses what is no policy', () => {
    for (const document of [
      '',
      'x',
      '1',
      'null',
      '[]',
      '"a"',
      '{"expiration":',
      '['.repeat(40_000),
      Buffer.from([0xff]),
    ]) {
      expect(() => parsePolicy(Buffer.from(document))).toThrow(invalid);
    }
    for (const conditions of [undefined, [], {}, 'a', MANDATORY.slice(1), MANDATORY.slice(0, 2)]) {
      expect(() => parsePolicy(text({ expiration: EXPIRATION, conditions }))).toThrow(invalid);
    }
    // The table's message is the one that clients know.
    expect(() => parsePolicy(text({ expiration: EXPIRATION }))).toThrow(/^InvalidPolicyDocument$/);
  });

  it('refuses conditions that it cannot judge', () => {
    for (const condition of [
      'a',
      null,
      1,
      {},
      [],
      { acl: null },
      { acl: ['private'] },
      { acl: { a: 'b' } },
      ['eq', '$acl'],
      ['eq', 'acl', 'private'],
      ['eq', '$acl', 'private', 'more'],
      ['ends-with', '$acl', 'private'],
      ['starts-with', '$acl', {}],
      ['content-length-range', 1],
      ['content-length-range', 2, 1],
      ['content-length-range', -1, 1],
      ['content-length-range', 0, 1.5],
      ['content-length-range', null, 1],
      ['starts-with', '$bucket', ''],
      ['starts-with', '$success_action_status', ''],
      ['starts-with', '$X-Cos-Storage-Class', ''],
      ['starts-with', '$q-ak', ''],
    ]) {
      expect(() => parse(condition)).toThrow(invalid);
    }
  });
});

describe('judgePolicy', () => {
  it('passes what meets the conditions', () => {
    for (const condition of [
      { acl: 'default' },
      { bucket: 'demo-1250000000' },
      { ACL: 'default', Key: 'up/a.jpg' },
      { success_action_status: 200 },
      ['eq', '$x-cos-storage-class', 'STANDARD'],
      ['eq', '$x-cos-meta-a', ''],
      ['starts-with', '$key', 'up/'],
      ['starts-with', '$key', ''],
      ['starts-with', '$Content-Type', 'image/'],
      ['starts-with', '$x-cos-meta-a', ''],
    ]) {
      expect(judge(condition)).toBe(ANY_SIZE);
    }
  });

  it('names the condition that is not met', () => {
    for (const [condition, message] of [
      [{ acl: 'private' }, "Condition key acl doesn't match the value private"],
      [{ bucket: 'other-1' }, "Condition key bucket doesn't match the value [other-1]"],
      [['starts-with', '$key', 'other/'], "Condition key key doesn't match the value other/"],
      [['starts-with', '$Content-Encoding', ''], "Condition key Content-Encoding doesn't match the value "],
      [{ 'x-cos-forbid-overwrite': 'true' }, "Condition key x-cos-forbid-overwrite doesn't match the value true"],
      [{ ['__proto__']: 'a' }, "Condition key __proto__ doesn't match the value a"],
    ] as const) {
      expect(() => judge(condition)).toThrow(denied(message));
    }
    expect(() => judge({ acl: 'default' }, { ...SENT, 'q-ak': 'other' })).toThrow(
      denied("Condition key q-ak doesn't match the value AKID"),
    );
    expect(() => judge({ acl: 'default' }, { ...SENT, 'q-key-time': '1;3' })).toThrow(
      denied("Condition key q-sign-time doesn't match the value 1;2"),
    );
  });

  it('holds until its expiration', () => {
    expect(judge({ acl: 'default' }, SENT, NOW)).toBe(ANY_SIZE);
    expect(() => judge({ acl: 'default' }, SENT, NOW + 1_500)).toThrow(
      denied('You post object request has been expired, expiration time: 1767225600 but the time now : 1767225601'),
    );
  });

  it('gives the range of sizes', () => {
    expect(judge(['content-length-range', 1, 10])).toEqual({ min: 1, max: 10 });
    expect(judge(['content-length-range', '0', '0'])).toEqual({ min: 0, max: 0 });
    const two = parse(['content-length-range', 1, 10], ['content-length-range', 5, 20]);
    expect(two.size).toEqual({ min: 5, max: 10 });
  });
});
