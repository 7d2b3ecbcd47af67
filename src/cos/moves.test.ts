import { expect, it } from 'vitest';
import { hostIn, Moves } from './moves.ts';

it.each([
  ['b-1.cos.ap-guangzhou.myqcloud.com', 'b-1.cos.ap-beijing.myqcloud.com'],
  ['B-1.COS.AP-Guangzhou.localhost:9000', 'B-1.COS.ap-beijing.localhost:9000'],
  ['cos.ap-guangzhou.localhost', 'cos.ap-beijing.localhost'],
  ['ap-guangzhou-1.cos-website.ap-guangzhou.localhost', 'ap-guangzhou-1.cos-website.ap-beijing.localhost'],
  ['a-ap-guangzhou.x.s3.ap-guangzhou.localhost', 'a-ap-guangzhou.x.s3.ap-beijing.localhost'],
  ['b-1.s3-ap-guangzhou.localhost', 'b-1.s3-ap-beijing.localhost'],
  ['s3-ap-guangzhou.localhost:9000', 's3-ap-beijing.localhost:9000'],
  ['files.example.com', 'files.example.com'],
])('%s in another region is %s', (host, other) => {
  expect(hostIn(host, 'ap-guangzhou', 'ap-beijing')).toBe(other);
});

it('is nothing where the operator leads nobody', () => {
  expect(Moves.of(undefined)).toBeUndefined();
  expect(Moves.of({ permanent: [], temporary: [], dnsWindowMs: 0 })).toBeUndefined();
  expect(Moves.of({ permanent: ['b-1'], temporary: [], dnsWindowMs: 0 })).toBeDefined();
});
