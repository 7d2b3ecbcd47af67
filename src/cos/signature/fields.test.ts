import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import { parseQuery } from '../../http/query.ts';
import { parseAuthorization, parseQueryFields } from './fields.ts';

const GOOD: Readonly<Record<string, string>> = {
  'q-sign-algorithm': 'sha1',
  'q-ak': 'AKIDx',
  'q-sign-time': '10;20',
  'q-key-time': '5;32557709288',
  'q-header-list': 'Host;x-cos-meta-%e5%9b%be;content-length;host',
  'q-url-param-list': 'uploads;%E5%9B%BE',
  'q-signature': '00ff',
};

function textOf(changes: Readonly<Record<string, string | undefined>> = {}): string {
  return Object.entries({ ...GOOD, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function failure(text: string): string {
  try {
    parseAuthorization(text);
  } catch (error) {
    if (error instanceof CosError) return `${error.code}: ${error.message}`;
  }
  return 'accepted';
}

const EXPECTED = {
  fields: {
    secretId: 'AKIDx',
    signTime: '10;20',
    keyTime: '5;32557709288',
    signFrom: 10,
    signTo: 20,
    keyFrom: 5,
    keyTo: 32_557_709_288,
    headers: [
      { name: 'content-length', encoded: 'content-length' },
      { name: 'host', encoded: 'host' },
      { name: 'x-cos-meta-图', encoded: 'x-cos-meta-%e5%9b%be' },
    ],
    params: new Set(['uploads', '%e5%9b%be']),
  },
  signature: '00ff',
};

describe('parseAuthorization', () => {
  it('reads the seven fields, in any order, among others', () => {
    expect(parseAuthorization(textOf())).toEqual(EXPECTED);
    expect(parseAuthorization(textOf().split('&').reverse().join('&'))).toEqual(EXPECTED);
    expect(parseAuthorization(`&x-cos-security-token=a=b&&${textOf()}&q-other`)).toEqual(EXPECTED);
  });

  it('reads empty lists', () => {
    const { fields } = parseAuthorization(textOf({ 'q-header-list': '', 'q-url-param-list': '' }));
    expect([fields.headers.length, fields.params.size]).toEqual([0, 0]);
  });

  it.each(Object.keys(GOOD))('refuses a text without %s', (name) => {
    expect(failure(textOf({ [name]: undefined }))).toBe(`AccessDenied: The signature lacks ${name}.`);
  });

  it.each(Object.keys(GOOD))('refuses a text with %s twice', (name) => {
    expect(failure(`${textOf()}&${name}=${GOOD[name]}`)).toBe(`AccessDenied: The signature has ${name} twice.`);
  });

  it.each(['', '10', '10;', ';20', '10;20;30', '1e1;20', '-1;20', ' 10;20', '20;10', '10;1234567890123456'])(
    'refuses the time %j',
    (time) => {
      expect(failure(textOf({ 'q-sign-time': time }))).toMatch(/^AccessDenied: q-sign-time is not/);
      expect(failure(textOf({ 'q-key-time': time }))).toMatch(/^AccessDenied: q-key-time is not/);
    },
  );

  it('refuses what is no signature', () => {
    expect(failure('nonsense')).toBe('AccessDenied: The signature lacks q-sign-algorithm.');
    expect(failure(textOf({ 'q-signature': '' }))).toBe('AccessDenied: The signature is empty.');
    expect(failure(textOf({ 'q-ak': 'AKID x' }))).toBe('AccessDenied: The SecretId of the signature holds a blank.');
    expect(failure(textOf({ 'q-url-param-list': 'a;'.repeat(20_000) }))).toBe(
      'AccessDenied: The signature is too long.',
    );
  });

  it.each(['md5', 'SHA1', ''])('knows no algorithm %j', (algorithm) => {
    expect(failure(textOf({ 'q-sign-algorithm': algorithm }))).toMatch(/^VerifyAlgorithmNotSupported/);
    expect(failure(`q-sign-algorithm=${algorithm}`)).toMatch(/^VerifyAlgorithmNotSupported/);
  });
});

describe('parseQueryFields', () => {
  it('reads decoded parameters, with a raw semicolon or an encoded one', () => {
    const query = Object.entries(GOOD).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    expect(parseQueryFields(parseQuery(`prefix=a&${query.join('&')}`))).toEqual(EXPECTED);
    expect(parseQueryFields(parseQuery(query.join('&').replaceAll('%3B', ';')))).toEqual(EXPECTED);
  });

  it('refuses a repeated or missing field', () => {
    const query = textOf().replaceAll('%', '%25');
    expect(() => parseQueryFields(parseQuery(`${query}&q-ak=AKIDy`))).toThrow('q-ak twice');
    expect(() => parseQueryFields(parseQuery('q-ak=AKIDx'))).toThrow('lacks q-sign-algorithm');
  });
});
