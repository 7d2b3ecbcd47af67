import { expect, it } from 'vitest';
import type { WireRequest } from '../../http/types.ts';
import { pathOf, redirect, release, ruleLocation, secureLocation } from './redirects.ts';

const request = (host: string, secure: boolean) =>
  ({ host, secure, rawPath: '/a%2Fb', rawQuery: 'x=%41' }) as unknown as WireRequest;
const HTTPS = { protocol: 'HTTPS' };
const SAME = { protocol: undefined };

it.each([
  ['a.com:9000', false, SAME, 9443, 'http://a.com:9000/k'],
  ['a.com:9443', true, SAME, undefined, 'https://a.com:9443/k'],
  ['a.com:9443', true, HTTPS, 9444, 'https://a.com:9443/k'],
  ['a.com:9000', false, HTTPS, 9443, 'https://a.com:9443/k'],
  ['a.com', false, HTTPS, 443, 'https://a.com/k'],
  ['a.com:80', false, HTTPS, undefined, 'https://a.com/k'],
  ['[::1]:80', false, HTTPS, undefined, 'https://[::1]/k'],
])('from %s (secure: %s) by %j with port %s leads to %s', (host, secure, rule, port, location) => {
  expect(ruleLocation(request(host, secure), rule, 'k', port)).toBe(location);
});

it('keeps path and query as they were sent', () => {
  expect(secureLocation(request('a.com', false), undefined)).toBe('https://a.com/a%2Fb?x=%41');
});

it('writes keys so that they stay what they are', () => {
  expect(pathOf('a b/ü+%?#.html')).toBe('/a%20b/%C3%BC%2B%25%3F%23.html');
  expect(pathOf('docs/', 'a=1')).toBe('/docs/?a=1');
});

it('shows a page to those that do not follow', () => {
  const facts = { method: 'GET', key: 'a<b', requestId: 'r', traceId: 't' };
  const { status, headers, body } = redirect(302, '/b', facts);
  expect([status, headers[headers.indexOf('Location') + 1]]).toEqual([302, '/b']);
  expect(String(body)).toContain('<li>Key: a&lt;b</li>');
});

it('gives back what is not sent', async () => {
  const closed: string[] = [];
  await release(undefined);
  await release('text');
  await release({ start: 0, length: 1, read: async () => 1, close: () => void closed.push('file') });
  const stream = {
    async *[Symbol.asyncIterator]() {
      yield Buffer.alloc(1);
    },
  };
  await release({ stream });
  expect(closed).toEqual(['file']);
});
