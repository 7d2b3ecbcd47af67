import { describe, expect, it } from 'vitest';
import type { CosError } from '../../errors/cos-error.ts';
import { type CorsConfiguration, type CorsRule, checkCors, MAX_CORS_RULES, packCors, unpackCors } from './rules.ts';

const RULE: CorsRule = {
  id: undefined,
  origins: ['*'],
  methods: ['GET'],
  headers: [],
  expose: [],
  maxAge: undefined,
};
const of = (...rules: Partial<CorsRule>[]): CorsConfiguration => ({
  rules: rules.map((rule) => ({ ...RULE, ...rule })),
  vary: undefined,
});
function codeOf(configuration: CorsConfiguration): string | undefined {
  try {
    checkCors(configuration);
    return undefined;
  } catch (error) {
    return (error as CosError).code;
  }
}

describe('checkCors', () => {
  it.each<[string, Partial<CorsRule>]>([
    ['any origin', { origins: ['*', 'https://*.a.com', 'http://a.com:8080'] }],
    ['every method', { methods: ['PUT', 'GET', 'POST', 'DELETE', 'HEAD', 'HEAD'] }],
    ['headers', { headers: ['*', 'x-cos-*', 'Content-Type'], expose: ['ETag', 'x-cos-acl'] }],
  ])('takes %s', (_, rule) => expect(codeOf(of(rule))).toBeUndefined());

  it.each<[string, Partial<CorsRule>]>([
    ['two wildcards in an origin', { origins: ['https://a.com', '*://*.a.com'] }],
    ['two wildcards in a header', { headers: ['x-*-*'] }],
    ['a method that is none', { methods: ['GET', 'OPTIONS'] }],
    ['a method in lower case', { methods: ['get'] }],
    ['an exposed wildcard', { expose: ['ETag', '*'] }],
    ['a header that would break the answer', { headers: ['a\r\nb: c'] }],
    ['an exposed header that would break the answer', { expose: ['a,b c'] }],
    ['an exposed header of other letters', { expose: ['é'] }],
  ])('refuses %s', (_, rule) => expect(codeOf(of({}, rule))).toBe('InvalidArgument'));

  it('counts the rules', () => {
    expect(codeOf(of(...Array.from({ length: MAX_CORS_RULES }, () => ({}))))).toBeUndefined();
    expect(codeOf(of(...Array.from({ length: MAX_CORS_RULES + 1 }, () => ({}))))).toBe('InvalidArgument');
  });
});

it('comes back from its row unchanged', () => {
  const full = of(
    { id: 'r', headers: ['A', 'a'], expose: ['ETag', 'x-cos-acl', 'x-cos-acl'], maxAge: 0 },
    { methods: ['PUT', 'GET', 'PUT'], origins: ['b', 'a', 'b'] },
  );
  for (const vary of [true, false, undefined]) {
    expect(unpackCors(packCors({ ...full, vary }))).toEqual({ ...full, vary });
  }
});
