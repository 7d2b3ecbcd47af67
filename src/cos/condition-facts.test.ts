import { expect, it } from 'vitest';
import { ANONYMOUS } from '../access/identity.ts';
import { parseQuery } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import { RequestFacts } from './condition-facts.ts';

const wire = (more: object): WireRequest =>
  ({
    header: () => undefined,
    remoteAddress: '::ffff:10.0.0.1',
    secure: false,
    tlsVersion: undefined,
    receivedAtMs: Date.UTC(2026, 10, 26),
    body: { length: 0, unannounced: true },
    ...more,
  }) as unknown as WireRequest;
const facts = (more: object = {}, query = '') => new RequestFacts(wire(more), parseQuery(query), ANONYMOUS);

it('tells where a request comes from, and when', () => {
  expect(facts().get('qcs:ip')).toEqual(['10.0.0.1']);
  expect(facts({ remoteAddress: '2001:db8::1' }).get('qcs:ip')).toEqual(['2001:db8::1']);
  expect(facts().get('qcs:current_time')).toEqual(['2026-11-26T00:00:00.000Z']);
  expect(facts().get('cos:secure-transport')).toEqual(['false']);
  expect(facts({ secure: true, tlsVersion: '1.3' }).get('cos:tls-version')).toEqual(['1.3']);
});

it('tells a version only where one is named, in any case', () => {
  expect(facts({}, 'versionId=').get('cos:versionid')).toBeUndefined();
  expect(facts({}, 'VERSIONID=7').get('cos:versionid')).toEqual(['7']);
});

it('takes a body in chunks for too long, since nobody knows how long it is', () => {
  const length = (body: object) => facts({ body }).get('cos:content-length');
  expect(length({ length: 10, unannounced: false })).toEqual(['10']);
  expect(length({ length: 0, unannounced: true })).toBeUndefined();
  expect(Number(length({ length: undefined, unannounced: false })![0])).toBeGreaterThan(2 ** 50);
});
