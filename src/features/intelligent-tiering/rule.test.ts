import { describe, expect, it } from 'vitest';
import type { BucketRecord } from '../../model/records/bucket.ts';
import { checkTransition, daysOf, type TieringRule, type TieringStep, withTiering } from './rule.ts';

const code = (code: string) => expect.objectContaining({ code });
const step = (accessTier: string, days: number, requestFrequent?: number): TieringStep => ({
  accessTier,
  days,
  requestFrequent,
});
const rule = (id: string, ...steps: TieringStep[]): TieringRule => ({ id, status: 'Enabled', hasFilter: false, steps });
const BUCKET = { name: 'demo-1250000000' } as BucketRecord;

describe('checkTransition', () => {
  it('knows 30, 60 and 90 days, and one read', () => {
    for (const days of [30, 60, 90]) {
      expect(() => checkTransition(days, undefined)).not.toThrow();
      expect(() => checkTransition(days, 1)).not.toThrow();
      for (const reads of [0, 2]) expect(() => checkTransition(days, reads)).toThrow(code('InvalidArgument'));
    }
    for (const days of [0, 29, 31, 91]) expect(() => checkTransition(days, 1)).toThrow(code('InvalidArgument'));
  });
});

describe('daysOf', () => {
  it('takes the default rule alone', () => {
    expect(daysOf(rule('default', step('INFREQUENT', 60, 1)))).toBe(60);
  });

  it.each([
    ['an archive tier in the default rule', rule('default', step('ARCHIVE_ACCESS', 91))],
    ['two tiers in it', rule('default', step('INFREQUENT', 30), step('ARCHIVE_ACCESS', 91))],
    ['a filter of it', { ...rule('default', step('INFREQUENT', 30)), hasFilter: true }],
    ['other days', rule('default', step('INFREQUENT', 45))],
    ['another rule with the tier of the default one', rule('mine', step('INFREQUENT', 30))],
    ['an unknown tier', rule('mine', step('ARCHIVE_ACCESS', 91), step('COLD', 180))],
  ])('refuses %s', (_, given) => {
    expect(() => daysOf(given)).toThrow(code('InvalidArgument'));
  });

  it('does not do archive tiers', () => {
    const given = rule('mine', step('ARCHIVE_ACCESS', 91), step('DEEP_ARCHIVE_ACCESS', 180));
    expect(() => daysOf(given)).toThrow(code('NotImplemented'));
  });
});

describe('withTiering', () => {
  it('switches it on once and for all', () => {
    const on = withTiering(BUCKET, 'Enabled', 30, 'no');
    expect(on.tiering).toEqual({ days: 30 });
    expect(withTiering(on, 'Enabled', 30, 'no')).toBe(on);
    expect(() => withTiering(on, 'Enabled', 60, 'no')).toThrow(code('InvalidRequest'));
    expect(() => withTiering(on, 'Disabled', 30, 'no')).toThrow(code('InvalidRequest'));
    expect(() => withTiering(BUCKET, 'Disabled', 30, 'no')).toThrow(code('InvalidArgument'));
  });

  it('is refused where objects are locked', () => {
    const locked = { ...BUCKET, objectLock: { days: undefined } };
    expect(() => withTiering(locked, 'Enabled', 30, 'no')).toThrow(code('BucketLocked'));
  });
});
