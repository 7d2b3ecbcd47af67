import { describe, expect, it } from 'vitest';
import { firstUnsigned, type SignedNames } from './match.ts';
import type { StrictRule } from './rules.ts';

const rule = (given: Partial<StrictRule>): StrictRule => ({
  id: 'r',
  actions: ['*'],
  headers: [],
  params: [],
  ...given,
});
function request(headers: string[], params: string[], signed: string[]): SignedNames {
  return { headers, params, signsHeader: (name) => signed.includes(name), signsParam: (name) => signed.includes(name) };
}
const kindOf = (rules: StrictRule[], action: string, names: SignedNames) => {
  const found = firstUnsigned(rules, action, names);
  return found === undefined ? undefined : `${found.kind} ${found.name}`;
};

describe('a strict signature', () => {
  it('has the listed headers that are there', () => {
    const rules = [rule({ headers: ['Host', 'Content-Type'] })];
    expect(kindOf(rules, 'PutObject', request(['host', 'range'], [], []))).toBe('header host');
    expect(kindOf(rules, 'PutObject', request(['host', 'range'], [], ['host']))).toBeUndefined();
    expect(kindOf(rules, 'PutObject', request(['host', 'content-type'], [], ['host']))).toBe('header content-type');
    expect(kindOf(rules, 'PutObject', request(['range'], [], []))).toBeUndefined();
  });

  it('has all headers of a pattern', () => {
    const rules = [rule({ headers: ['X-Cos-*'] })];
    const names = ['x-cos-meta-a', 'x-cosmos', 'x-cos-acl'];
    expect(kindOf(rules, 'PutObject', request(names, [], ['x-cos-meta-a']))).toBe('header x-cos-acl');
    expect(kindOf(rules, 'PutObject', request(names, [], ['x-cos-meta-a', 'x-cos-acl']))).toBeUndefined();
  });

  it('has the listed parameters, or all of them', () => {
    const named = [rule({ params: ['PartNumber'] })];
    expect(kindOf(named, 'UploadPart', request([], ['uploadid', 'partnumber'], []))).toBe('param partnumber');
    expect(kindOf(named, 'UploadPart', request([], ['uploadid', 'partnumber'], ['partnumber']))).toBeUndefined();
    expect(kindOf(named, 'UploadPart', request([], ['uploadid'], []))).toBeUndefined();
    const all = [rule({ params: ['all'] })];
    expect(kindOf(all, 'UploadPart', request([], ['uploadid', 'partnumber'], ['uploadid']))).toBe('param partnumber');
    expect(kindOf(all, 'GetBucket', request([], [], []))).toBeUndefined();
  });

  it('is asked for by the rules of the action alone', () => {
    const names = request(['host'], [], []);
    const asked = (action: string, ...actions: string[]) =>
      kindOf([rule({ headers: ['host'], actions })], action, names) !== undefined;
    expect(asked('PutObject', 'GetObject', 'PutObject')).toBe(true);
    expect(asked('PutObject', 'Put*')).toBe(true);
    expect(asked('PutObject', '*')).toBe(true);
    expect(asked('PutObject', 'putobject')).toBe(false);
    expect(asked('PutObject', 'PutObjectACL')).toBe(false);
    expect(asked('PutObjectACL', 'PutObject')).toBe(false);
    expect(asked('PutObject')).toBe(false);
    expect(asked('PostObject', '*')).toBe(false);
    expect(asked('PostObject', 'Post*')).toBe(false);
    expect(asked('PostObjectRestore', 'Post*')).toBe(true);
  });

  it('satisfies every rule', () => {
    const rules = [rule({ headers: ['host'] }), rule({ id: 'second', params: ['all'] })];
    const found = firstUnsigned(rules, 'GetBucket', request(['host'], ['prefix'], ['host']));
    expect(found).toEqual({ kind: 'param', rule: 'second', name: 'prefix' });
  });
});
