import { describe, expect, it } from 'vitest';
import type { CosError } from '../errors/cos-error.ts';
import type { Level } from './operation.ts';
import { PENDING } from './pending.ts';
import { OPERATIONS } from './registry.ts';
import { Router } from './router.ts';

const router = new Router(OPERATIONS, PENDING);

function find(
  level: Level,
  method: string,
  queryNames: string[] = [],
  extra: { copy?: boolean; listType?: string } = {},
) {
  try {
    return router.find({ level, method, queryNames, copy: extra.copy ?? false, listType: extra.listType }).name;
  } catch (error) {
    return (error as CosError).code;
  }
}

describe('Router', () => {
  it('finds every declared operation by its own route', () => {
    for (const { name, level, method, subresource, variant } of OPERATIONS) {
      const names = [
        'prefix',
        ...(subresource === undefined ? [] : [subresource]),
        ...(variant === 'with-id' ? ['id'] : []),
      ];
      const extra = {
        copy: variant === 'copy',
        ...(variant === 'list-v2' ? { listType: '2' } : {}),
      };
      expect(find(level, method, names, extra)).toBe(name);
      // Signatures cover names in lower case: no other operation may hide behind another case.
      for (const spell of ['toUpperCase', 'toLowerCase'] as const) {
        const spelled = names.map((text) => text[spell]());
        expect(find(level, method, spelled, extra)).toBe(name);
      }
    }
  });

  it('takes the first reserved name of the query', () => {
    expect(find('bucket', 'GET', ['versions', 'uploads'])).toBe('GetBucketObjectVersions');
    expect(find('bucket', 'GET', ['uploads', 'versions'])).toBe('ListMultipartUploads');
    expect(find('object', 'PUT', ['partNumber', 'uploadid'])).toBe('UploadPart');
  });

  it('tells what does not exist from what is not built', () => {
    expect(find('object', 'POST', ['acl'])).toBe('MethodNotAllowed');
    expect(find('object', 'PATCH')).toBe('MethodNotAllowed');
    expect(find('bucket', 'GET', ['requestPayment'])).toBe('NotImplemented');
    expect(find('object', 'GET', ['imageMogr2/thumbnail/10x'])).toBe('NotImplemented');
    expect(find('object', 'GET', ['cors'])).toBe('MethodNotAllowed');
    expect(find('service', 'PUT')).toBe('MethodNotAllowed');
  });

  it('ignores parameters it does not know', () => {
    expect(find('object', 'GET', ['x-id', 'versionId'])).toBe('GetObject');
  });
});

describe('the operation table', () => {
  it('names each operation once, built or pending', () => {
    const names = [...OPERATIONS, ...PENDING].map((operation) => operation.name);
    expect(new Set(names).size).toBe(names.length);
    expect(OPERATIONS.length).toBeGreaterThan(38);
  });
});
