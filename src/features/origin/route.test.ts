import { describe, expect, it } from 'vitest';
import { originBases, originPath, ruleFor } from './route.ts';
import type { OriginRule } from './rules.ts';
import { BUCKET_ORIGIN } from './rules.ts';

const rule = (given: Partial<OriginRule> = {}): OriginRule => ({
  priority: 1,
  type: 'Mirror',
  status: '404',
  prefix: '',
  suffix: '',
  forbiddenHosts: [],
  protocol: 'FOLLOW',
  transparentErrors: false,
  followQuery: true,
  headers: { all: false, follow: [], forbid: [], add: [] },
  followRedirects: true,
  redirectHeaders: true,
  decodeRedirects: false,
  redirectCode: 302,
  store: true,
  standbyCodes: [],
  hosts: [{ name: 'a', weight: 1, standby: [] }],
  ...given,
});

describe('ruleFor', () => {
  const find = (rules: OriginRule[], status: number, key = 'k', host = 'h') =>
    ruleFor({ rules, echo: [] }, { key, status, host })?.priority;

  it.each([
    ['404', 404, true],
    ['404', 403, false],
    ['4XX', 403, true],
    ['4XX', 500, false],
    ['5XX', 503, true],
  ])('%s means %i: %s', (status, given, expected) => {
    expect(find([rule({ status })], given) !== undefined).toBe(expected);
  });

  it('takes the lowest priority number, and of equal ones the first', () => {
    expect(find([rule({ priority: 3 }), rule({ priority: 1 }), rule({ priority: 2 })], 404)).toBe(1);
    expect(find([rule({ priority: 1, prefix: 'x' }), rule({ priority: 2 })], 404)).toBe(2);
    expect(find([rule({ forbiddenHosts: ['h'] })], 404)).toBeUndefined();
  });
});

describe('originPath', () => {
  it.each([
    ['a b/ü?#%', {}, '/a%20b/%C3%BC%3F%23%25'],
    ['/a', {}, '//a'],
    ['a/../b', {}, '/a/../b'],
    ['k', { before: { text: '/p' } }, '/p/k'],
    ['k', { before: { text: '' }, behind: { text: '.s' } }, '/k.s'],
    ['pk', { before: { text: 'p', replacement: '' } }, '/k'],
  ])('of %s with %j: %s', (key, given, path) => {
    expect(originPath(rule(given), key)).toBe(path);
  });
});

describe('originBases', () => {
  const hosts = [
    { name: 'a', weight: 1, standby: ['b', 'c'] },
    { name: 'd', weight: 3, standby: [] },
  ];
  it('takes hosts by their share, then their standby hosts', () => {
    expect(originBases(rule({ hosts }), false, 0.2)).toEqual(['http://a', 'http://b', 'http://c']);
    expect(originBases(rule({ hosts }), false, 0.25)).toEqual(['http://d']);
    expect(originBases(rule({ hosts }), false, 0.999)).toEqual(['http://d']);
  });

  it.each([
    ['FOLLOW', true, 'https://a'],
    ['FOLLOW', false, 'http://a'],
    ['HTTP', true, 'http://a'],
    ['HTTPS', false, 'https://a'],
  ] as const)('speaks %s (request by TLS: %s): %s', (protocol, secure, base) => {
    expect(originBases(rule({ protocol }), secure, 0)).toEqual([base]);
  });
});

it('comes back from its row unchanged', () => {
  const configuration = { rules: [rule({ file: 'x' })], echo: [['OriginRule', [['A', ' ']]]] as const };
  expect(BUCKET_ORIGIN.unpack(BUCKET_ORIGIN.pack(configuration))).toEqual(configuration);
});
