import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCors } from './match.ts';
import type { CorsRule } from './rules.ts';

const rule = (given: Partial<CorsRule>): CorsRule => ({
  id: undefined,
  origins: ['*'],
  methods: ['GET'],
  headers: [],
  expose: [],
  maxAge: undefined,
  ...given,
});
const matcher = (...rules: Partial<CorsRule>[]) => compileCors({ rules: rules.map(rule), vary: undefined });

describe('an origin', () => {
  it.each([
    ['*', 'https://a.com', '*'],
    ['*', 'null', '*'],
    ['https://a.com', 'https://a.com', 'https://a.com'],
    ['https://a.com', 'https://A.com', undefined],
    ['https://a.com', 'http://a.com', undefined],
    ['https://a.com', 'https://a.com:8080', undefined],
    ['https://a.com', 'https://a.com.evil.com', undefined],
    ['https://*.a.com', 'https://x.a.com', 'https://x.a.com'],
    ['https://*.a.com', 'https://x.y.a.com', 'https://x.y.a.com'],
    ['https://*.a.com', 'https://.a.com', 'https://.a.com'],
    ['https://*.a.com', 'https://a.com', undefined],
    ['*://a.com', 'http://a.com', 'http://a.com'],
    ['http*://a.com', 'http://a.com', 'http://a.com'],
    ['https://a.com*', 'https://a.com:8443', 'https://a.com:8443'],
    ['https://a.com:*', 'https://a.com', undefined],
    ['aba*aba', 'abaaba', 'abaaba'],
    ['aba*aba', 'aba', undefined],
    ['aba*aba', 'ababa', undefined],
  ])('%s and %s: %s', (allowed, origin, expected) => {
    const allowance = matcher({ origins: [allowed] }).actual(origin, 'GET');
    expect(allowance?.origin).toBe(expected);
    expect(allowance?.credentials).toBe(expected === undefined ? undefined : expected !== '*');
  });

  it('is answered by the first entry that matches it', () => {
    const both = matcher({ origins: ['https://a.com', '*'] });
    expect(both.actual('https://a.com', 'GET')?.origin).toBe('https://a.com');
    expect(both.actual('https://b.com', 'GET')?.origin).toBe('*');
    expect(matcher({ origins: ['*', 'https://a.com'] }).actual('https://a.com', 'GET')?.origin).toBe('*');
  });
});

describe('headers', () => {
  it.each([
    [['*'], ['Authorization', 'x-cos-security-token'], 'authorization,x-cos-security-token'],
    [['*'], [], ''],
    [['Content-Type', 'ETag'], ['content-TYPE'], 'content-type,etag'],
    [['Content-Type', 'ETag'], [], 'content-type,etag'],
    [['Content-Type'], ['content-type', 'range'], undefined],
    [['Content-Type'], ['content-type2'], undefined],
    [['x-cos-*', 'Range'], ['X-COS-acl', 'range'], 'x-cos-acl,range'],
    [['x-cos-*'], ['x-co'], undefined],
    [[], ['range'], undefined],
    [[], [], ''],
  ])('%j and %j: %s', (headers, asked, expected) => {
    expect(matcher({ headers }).preflight('https://a.com', 'GET', asked)?.headers).toBe(expected);
  });

  it('count in preflights alone', () => {
    const none = matcher({ headers: [] });
    expect(none.preflight('https://a.com', 'GET', ['range'])).toBeUndefined();
    expect(none.actual('https://a.com', 'GET')?.headers).toBe('');
  });
});

describe('rules', () => {
  it('are looked at in order: the first that allows everything', () => {
    const cors = matcher(
      { origins: ['https://a.com'], methods: ['GET'], maxAge: 1 },
      { origins: ['https://a.com'], methods: ['PUT', 'GET'], headers: ['range'], maxAge: 2 },
      { methods: ['GET', 'PUT'], headers: ['*'], maxAge: 3 },
    );
    const age = (method: string, headers: string[] = []) => cors.preflight('https://a.com', method, headers)?.maxAge;
    expect([age('GET'), age('PUT'), age('GET', ['range']), age('GET', ['etag'])]).toEqual(['1', '2', '2', '3']);
    expect(cors.preflight('https://b.com', 'GET', [])?.maxAge).toBe('3');
    expect(age('DELETE')).toBeUndefined();
    expect(age('get')).toBeUndefined();
    expect(cors.actual('https://a.com', 'PUT')?.maxAge).toBe('2');
  });

  it('say what they were given, duplicates and case kept', () => {
    const methods = ['PUT', 'GET', 'PUT'];
    const expose = ['ETag', 'x-cos-acl', 'x-cos-acl'];
    expect(matcher({ methods, expose, maxAge: 0 }).actual('o', 'GET')).toEqual({
      origin: '*',
      credentials: false,
      methods: 'PUT,GET,PUT',
      headers: '',
      expose: 'ETag,x-cos-acl,x-cos-acl',
      maxAge: '0',
    });
    expect(matcher({}).actual('o', 'GET')).toMatchObject({ expose: '', maxAge: undefined });
  });
});

it('agrees with what the rules say, read word by word', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 4 });
  const wildcard = fc.tuple(text, text).map((parts) => parts.join('*'));
  const name = fc.oneof(text, wildcard);
  const methods = fc.subarray(['GET', 'PUT', 'POST'], { minLength: 1 });
  const rules = fc.array(
    fc.record({
      origins: fc.array(name, { minLength: 1, maxLength: 3 }),
      methods,
      headers: fc.array(name, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  );
  /** A pattern as a regular expression: another way to say the same. */
  const fits = (allowed: string, given: string) =>
    new RegExp(`^${allowed.replaceAll('.', '\\.').replace('*', '.*')}$`).test(given);
  const asked = fc.array(text, { maxLength: 2 });
  fc.assert(
    fc.property(rules, text, fc.constantFrom('GET', 'PUT', 'DELETE'), asked, (given, origin, method, headers) => {
      const full = given.map((partial, at) => rule({ ...partial, maxAge: at }));
      const cors = compileCors({ rules: full, vary: false });
      const about = full.filter((one) => one.methods.includes(method) && one.origins.some((o) => fits(o, origin)));
      const first = about.find((one) => headers.every((header) => one.headers.some((h) => fits(h, header))));
      const age = (one: CorsRule | undefined) => (one === undefined ? undefined : String(one.maxAge));
      expect(cors.preflight(origin, method, headers)?.maxAge).toBe(age(first));
      expect(cors.actual(origin, method)?.maxAge).toBe(age(about[0]));
      const shown = cors.actual(origin, method)?.origin;
      const entry = about[0]?.origins.find((o) => fits(o, origin));
      expect(shown).toBe(entry === undefined ? undefined : entry === '*' ? '*' : origin);
    }),
    { numRuns: 500 },
  );
});
