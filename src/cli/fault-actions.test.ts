import { describe, expect, it } from 'vitest';
import { type FaultFlags, faultsText, ruleOf } from './fault-actions.ts';

describe('flags', () => {
  it.each<[FaultFlags, object]>([
    [
      { error: 'SlowDown', first: '2' },
      { effect: { error: 'SlowDown' }, when: { first: 2 } },
    ],
    [
      { reset: 'after', id: 'r' },
      { id: 'r', effect: { reset: 'after' } },
    ],
    [
      { wrongCrc: true, percent: '12.5', seed: '7' },
      { effect: { wrongCrc: true }, when: { percent: 12.5, seed: 7 } },
    ],
    [
      {
        staleList: '5s',
        operation: ['GetBucket'],
        bucket: 'b-*',
        key: 'k*',
        signer: 's',
        header: 'a: b:c',
      },
      {
        effect: { staleList: 5_000 },
        match: {
          operations: ['GetBucket'],
          bucket: 'b-*',
          keyPattern: 'k*',
          secretId: 's',
          header: { name: 'a', value: 'b:c' },
        },
      },
    ],
    [
      { truncate: '1KiB', header: 'x-test' },
      { effect: { truncateAfter: 1_024 }, match: { header: { name: 'x-test' } } },
    ],
    [
      { set: 'name-profile', bucket: 'b-1250000000' },
      { set: 'name-profile', match: { bucket: 'b-1250000000' } },
    ],
  ])('%j make a rule', (flags, rule) => expect(ruleOf(flags)).toEqual(rule));

  it.each<[FaultFlags, string]>([
    [{}, 'a rule has one effect'],
    [{ error: 'SlowDown', delay: '1s' }, 'a rule has one effect'],
    [{ error: 'Slow' }, 'is no code'],
    [{ delay: 'soon' }, 'delay: is like'],
    [{ error: 'SlowDown', first: 'two' }, '--first is a number'],
    [{ set: 'name-profile', wrongCrc: true }, 'leave the others out'],
  ])('%j make none', (flags, message) => expect(() => ruleOf(flags)).toThrow(message));
});

it('shows rules', () => {
  const rules = [
    {
      id: 'f1',
      effect: { error: 'SlowDown' },
      match: { operations: ['GetObject'] },
      when: { first: 2 },
      matched: 3,
      fired: 2,
    },
    { id: 'f2', set: 'name-profile', match: { bucket: 'b-1250000000' }, matched: 0, fired: 0 },
  ];
  expect(faultsText(rules)).toBe(
    'RULE  EFFECT            MATCH                 WHEN     MATCHED  FIRED\n' +
      'f1    error=SlowDown    operations=GetObject  first=2  3        2\n' +
      'f2    set=name-profile  bucket=b-1250000000   -        0        0\n',
  );
  expect(faultsText([])).toBe('There are no fault rules.\n');
});
