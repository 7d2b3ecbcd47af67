import { describe, expect, it } from 'vitest';
import { type FaultRule, FaultRuleError } from './rule.ts';
import { FaultRules, type FaultSubject } from './rules.ts';

const NAMES = new Set(['GetObject', 'PutObject', 'GetBucket', 'OptionsObject']);
const rulesOf = (...rules: FaultRule[]) => {
  const all = new FaultRules(NAMES, () => 0);
  for (const rule of rules) all.add(rule);
  return all;
};
const GET: FaultSubject = {
  operation: 'GetObject',
  preflight: false,
  bucket: 'photos-1250000000',
  key: 'a/b.jpg',
  secretId: 'AKID1',
  uin: '100',
  header: (name) => (name === 'user-agent' ? 'my-app/1.0' : undefined),
};
const slow = { error: 'SlowDown' } as const;
const ids = (rules: FaultRules, subject: Partial<FaultSubject> = {}) =>
  rules.fire({ ...GET, ...subject }).map(({ id }) => id);
const times = (rules: FaultRules, count: number) =>
  Array.from({ length: count }, () => (ids(rules).length > 0 ? 'x' : '-')).join('');

describe('what a rule is about', () => {
  it.each<[NonNullable<FaultRule['match']>, Partial<FaultSubject>]>([
    [{ operations: ['PutObject', 'GetObject'] }, { operation: 'GetBucket' }],
    [{ bucket: 'photos-1250000000' }, { bucket: 'other-1250000000' }],
    [{ bucket: 'photos-*' }, { bucket: undefined }],
    [{ keyPattern: 'a/*.jpg' }, { key: 'a/b.png' }],
    [{ keyPattern: '*' }, { key: '' }],
    [{ secretId: 'AKID1' }, { secretId: undefined }],
    [{ uin: '100' }, { uin: '101' }],
    [{ header: { name: 'User-Agent' } }, { header: () => undefined }],
    [{ header: { name: 'User-Agent', value: 'my-app/*' } }, { header: () => 'your-app/1' }],
  ])('%j', (match, other) => {
    const rules = rulesOf({ match, effect: slow } as FaultRule);
    expect(ids(rules, other)).toEqual([]);
    expect(ids(rules)).toEqual(['f1']);
    expect(rules.list()).toMatchObject([{ matched: 1, fired: 1 }]);
  });

  it('all that is given has to hold', () => {
    const rules = rulesOf({ match: { operations: ['GetObject'], uin: '101' }, effect: slow });
    expect(ids(rules)).toEqual([]);
  });

  it('preflights, where it names them alone', () => {
    const preflight = { operation: 'OptionsObject', preflight: true };
    expect(ids(rulesOf({ effect: slow }), preflight)).toEqual([]);
    expect(ids(rulesOf({ match: { operations: ['OptionsObject'] }, effect: slow }), preflight)).toEqual(['f1']);
  });

  it('listings, where they shall lag', () => {
    const rules = rulesOf({ effect: { staleList: 1_000 } });
    expect(ids(rules)).toEqual([]);
    expect(ids(rules, { operation: 'GetBucket' })).toEqual(['f1']);
  });
});

describe('which requests meet it', () => {
  it.each([
    [{ first: 2 }, 'xx----'],
    [{ count: 1 }, 'x-----'],
    [{ every: 3 }, '--x--x'],
    [{ every: 2, count: 2 }, '-x-x--'],
    [{ first: 4, every: 2 }, '-x-x--'],
    [{}, 'xxxxxx'],
    [{ percent: 100 }, 'xxxxxx'],
  ])('%j', (when, expected) => expect(times(rulesOf({ when, effect: slow }), 6)).toBe(expected));

  it('by chance: as many as it says, and the same ones for the same seed', () => {
    const of = (when: object) => times(rulesOf({ when, effect: slow }), 1_000);
    const quarter = of({ percent: 25 });
    const share = quarter.split('x').length - 1;
    expect(share).toBeGreaterThan(200);
    expect(share).toBeLessThan(300);
    expect(of({ percent: 25 })).toBe(quarter);
    expect(of({ percent: 25, seed: 2 })).not.toBe(quarter);
  });

  it('the first rule of a kind that fires; those behind it do not count', () => {
    const rules = rulesOf(
      { id: 'once', when: { first: 1 }, effect: slow },
      { id: 'late', effect: { delayMs: 5 } },
      { id: 'then', when: { first: 1 }, effect: { reset: 'after' } },
    );
    expect(ids(rules)).toEqual(['once', 'late']);
    expect(ids(rules)).toEqual(['late', 'then']);
    expect(ids(rules)).toEqual(['late']);
    expect(rules.list().map(({ matched, fired }) => [matched, fired])).toEqual([
      [3, 1],
      [3, 3],
      [2, 1],
    ]);
  });
});

describe('the rules', () => {
  it('are listed, and cleared one by one or all', () => {
    const rules = rulesOf({ effect: slow }, { id: 'mine', effect: { wrongCrc: true } });
    expect(rules.list()).toEqual([
      { id: 'f1', effect: slow, matched: 0, fired: 0 },
      { id: 'mine', effect: { wrongCrc: true }, matched: 0, fired: 0 },
    ]);
    expect([rules.clear('other'), rules.clear('f1'), rules.clear('f1')]).toEqual([0, 1, 0]);
    expect(ids(rules)).toEqual(['mine']);
    expect(rules.clear()).toBe(1);
    expect([rules.list(), ids(rules)]).toEqual([[], []]);
  });

  it('have ids of their own', () => {
    const rules = rulesOf({ id: 'f1', effect: slow });
    expect(rules.add({ effect: slow }).id).toBe('f2');
    expect(() => rules.add({ id: 'f2', effect: slow })).toThrow('f2 is taken');
  });

  it('are at most 100', () => {
    const rules = rulesOf(...Array.from({ length: 100 }, () => ({ effect: slow })));
    expect(() => rules.add({ effect: slow })).toThrow('100 rules already');
  });

  it('put buckets into the name profile', () => {
    const rules = rulesOf({ id: 'set', set: 'name-profile', match: { bucket: 'b-1250000000' } });
    expect([rules.nameProfileOf('b-1250000000'), rules.nameProfileOf('c-1250000000')]).toEqual(['set', undefined]);
    rules.countNameProfile('b-1250000000');
    rules.countNameProfile('c-1250000000');
    expect(rules.list()).toMatchObject([{ matched: 1, fired: 1 }]);
    expect(ids(rules)).toEqual([]);
  });

  it.each<[unknown, string]>([
    [{}, 'effect: is one of'],
    [{ effect: {} }, 'effect: is one of'],
    [{ effect: { error: 'SlowDown', delayMs: 1 } }, 'effect: is one of'],
    [{ effect: { error: 'Slow' } }, 'effect.error: is no code'],
    [{ effect: { delayMs: 600_001 } }, 'effect.delayMs'],
    [{ effect: { delayMs: 1, more: 1 } }, 'effect'],
    [{ effect: slow, when: { percent: 0 } }, 'when.percent'],
    [{ effect: slow, when: { first: 0 } }, 'when.first'],
    [{ effect: slow, when: { often: 1 } }, 'when'],
    [{ effect: slow, match: { operations: ['FetchObject'] } }, 'there is no operation "FetchObject"'],
    [{ effect: slow, match: { operations: [] } }, 'match.operations'],
    [{ effect: slow, match: { header: { name: 'a b' } } }, 'match.header.name'],
    [{ effect: slow, id: 'a b' }, 'id'],
    [{ effect: slow, also: 1 }, 'the rule'],
    [{ set: 'chaos', match: { bucket: 'b-1250000000' } }, 'set: is name-profile'],
    [{ set: 'name-profile', match: { bucket: 'b-*' } }, 'match.bucket'],
    [{ set: 'name-profile' }, 'match'],
    [{ set: 'name-profile', match: { bucket: 'b-1250000000' }, when: { first: 1 } }, 'the rule'],
    [undefined, 'the rule'],
  ])('refuse %j', (rule, message) => {
    const add = () => rulesOf(rule as FaultRule);
    expect(add).toThrow(FaultRuleError);
    expect(add).toThrow(message);
  });
});
