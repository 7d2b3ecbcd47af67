import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../http/query.ts';
import { canBeSigned, signedLists } from './signed-lists.ts';

const fields = (headers: string, params: string) =>
  `q-sign-algorithm=sha1&q-ak=AKID&q-sign-time=1;2&q-key-time=1;2&q-header-list=${headers}` +
  `&q-url-param-list=${params}&q-signature=0`;
const ofHeader = (authorization: string | undefined, query = '') =>
  signedLists({ header: () => authorization, query: parseQuery(query) });

describe('the lists of a signature', () => {
  const text = fields('host;x-cos-meta-%C3%A4', 'acl;ci-%E4%B8%AD;a b');
  const inQuery = text.replaceAll('%', '%25').replace('a b', 'a%20b');
  it.each([
    ['a header', ofHeader(text)],
    ['a query', ofHeader(undefined, inQuery)],
    ['a merged parameter', ofHeader(undefined, `sign=${encodeURIComponent(text)}`)],
  ])('are read from %s', (_, lists) => {
    expect(lists?.signsHeader('host')).toBe(true);
    expect(lists?.signsHeader('x-cos-meta-ä')).toBe(true);
    expect(lists?.signsHeader('range')).toBe(false);
    expect(lists?.signsParam('acl')).toBe(true);
    expect(lists?.signsParam('ci-中')).toBe(true);
    expect(lists?.signsParam('a b')).toBe(true);
    expect(lists?.signsParam('prefix')).toBe(false);
  });

  it('sign nothing in an old token, and are not there where nobody signed', () => {
    const token = ofHeader(undefined, 'sign=YWJj');
    expect([token?.signsHeader('host'), token?.signsParam('acl')]).toEqual([false, false]);
    expect(ofHeader(undefined, 'acl')).toBeUndefined();
    expect(ofHeader('AWS4-HMAC-SHA256 x')).toBeUndefined();
  });

  it('cannot hold what carries the signature, nor the token', () => {
    expect(['q-ak', 'q-signature', 'sign', 'x-cos-security-token'].filter(canBeSigned)).toEqual([]);
    expect(['acl', 'q-other', 'x-cos-acl', 'signature'].every(canBeSigned)).toBe(true);
  });
});
