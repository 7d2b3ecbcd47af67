import { describe, expect, it } from 'vitest';
import { BUCKET_STRICT_SIGNATURE, checkStrictRules, type StrictRule } from './rules.ts';

const rule = (given: Partial<StrictRule> = {}): StrictRule => ({
  id: 'rule1',
  actions: ['Put*'],
  headers: ['Host'],
  params: ['all'],
  ...given,
});
const many = (length: number, text: (at: number) => string) => Array.from({ length }, (_, at) => text(at));

describe('strict signature rules', () => {
  it.each([
    ['ten', many(10, String).map(() => rule())],
    [
      '200 actions, 20 headers, 20 parameters',
      [
        rule({
          actions: many(200, () => 'PutObject'),
          headers: many(20, () => 'Range'),
          params: many(20, (i) => `p${i}`),
        }),
      ],
    ],
    ['no lists', [rule({ actions: [], headers: [], params: [] })]],
    ['a long ID', [rule({ id: 'a-b_c.D9'.padEnd(255, 'x') })]],
    ['all actions', [rule({ actions: ['*'] })]],
  ])('can be: %s', (_, rules) => {
    expect(() => checkStrictRules(rules)).not.toThrow();
    expect(BUCKET_STRICT_SIGNATURE.unpack(BUCKET_STRICT_SIGNATURE.pack(rules))).toEqual(rules);
  });

  it.each([
    ['eleven', many(11, String).map(() => rule())],
    ['an empty ID', [rule({ id: '' })]],
    ['a longer ID', [rule({ id: 'x'.repeat(256) })]],
    ['another letter in the ID', [rule({ id: 'a b' })]],
    ['201 actions', [rule({ actions: many(201, () => 'PutObject') })]],
    ['21 headers', [rule({ headers: many(21, () => 'Host') })]],
    ['21 parameters', [rule({ params: many(21, (i) => `p${i}`) })]],
    ['PostObject', [rule({ actions: ['PutObject', 'PostObject'] })]],
    ['GetService', [rule({ actions: ['GetService'] })]],
    ['a batch action', [rule({ actions: ['CreateJob'] })]],
    ['a prefix', [rule({ actions: ['name/cos:PutObject'] })]],
    ['a wildcard inside', [rule({ actions: ['P*t'] })]],
    ['an empty action', [rule({ actions: [''] })]],
    ['a parameter with a blank', [rule({ params: ['a b'] })]],
    ['an empty parameter', [rule({ params: [''] })]],
  ])('cannot be: %s', (_, rules) => {
    expect(() => checkStrictRules(rules)).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
  });
});
