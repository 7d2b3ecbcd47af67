import { expect, it } from 'vitest';
import type { OriginRule } from '../features/origin/rules.ts';
import { headerValue } from '../http/headers.ts';
import { parseQuery } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import { headersForOrigin, queryForOrigin } from './origin-headers.ts';

const ALL = { headers: { all: true, follow: [], forbid: [], add: [] } } as unknown as OriginRule;
const sent = (...rawHeaders: string[]) =>
  headersForOrigin(
    ALL,
    { rawHeaders, header: (name: string) => headerValue(rawHeaders, name) } as unknown as WireRequest,
    'p1',
  );

it.each([
  'prefix=a&q-sign-algorithm=sha1&q-ak=b&q-signature=c&x-cos-security-token=d&page=2',
  'prefix=a&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=b&X-Amz-Date=c&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=d&X-Amz-Security-Token=e&page=2',
  'prefix=a&AWSAccessKeyId=b&Signature=c%3D&page=2',
])('an origin gets the query without what signs it: %s', (query) => {
  expect(queryForOrigin(parseQuery(query))).toBe('?prefix=a&page=2');
});

it.each(['AWS4-HMAC-SHA256 Credential=a', 'AWS AKID:c2ln', 'q-sign-algorithm=sha1&q-ak=a'])(
  'an origin does not get our signature: %s',
  (authorization) => {
    const headers = sent('Authorization', authorization, 'x-cos-security-token', 't', 'X-Mine', 'yes');
    expect(headers.slice(0, -1)).toEqual(['X-Mine', 'yes', 'CDN-Loop']);
  },
);

it('an origin gets an authorization that is its own', () => {
  expect(sent('Authorization', 'Bearer AWS')).toContain('Bearer AWS');
});
