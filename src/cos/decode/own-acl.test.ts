import { describe, expect, it } from 'vitest';
import type { CosError } from '../../errors/cos-error.ts';
import { decodeAttributes } from './attributes.ts';
import type { HeaderSource } from './header-source.ts';

const ALL = 'http://cam.qcloud.com/groups/global/AllUsers';

function asked(headers: Readonly<Record<string, string>>, ownAcls = true) {
  const source: HeaderSource = { rawHeaders: Object.entries(headers).flat(), header: (name) => headers[name], ownAcls };
  try {
    const { acl, grants, asksAcl } = decodeAttributes(source, 'a', 2_048);
    return { acl, grants, asksAcl };
  } catch (error) {
    return (error as CosError).code;
  }
}

const all = (permission: string) => ({ grantee: 'all', permission });

describe('the ACL of an object that inherits none', () => {
  it.each<[string | undefined, object | string]>([
    [undefined, { acl: 'owner-only', grants: undefined, asksAcl: undefined }],
    ['bucket-owner-full-control', { acl: 'owner-only', grants: undefined, asksAcl: undefined }],
    ['private', { acl: 'owner-only', grants: undefined, asksAcl: true }],
    ['bucket-owner-read', { acl: 'owner-only', grants: undefined, asksAcl: true }],
    ['public-read', { acl: 'public-read', grants: undefined, asksAcl: true }],
    ['public-read-write', { acl: 'public-read', grants: [all('WRITE')], asksAcl: true }],
    ['authenticated-read', { acl: 'authenticated-read', grants: undefined, asksAcl: true }],
    ['default', { acl: 'default', grants: undefined, asksAcl: undefined }],
    ['owner-only', 'InvalidArgument'],
    ['log-delivery-write', 'InvalidArgument'],
    ['', 'InvalidArgument'],
  ])('%s', (word, expected) => expect(asked(word === undefined ? {} : { 'x-cos-acl': word })).toEqual(expected));

  it('may be a list of grants, WRITE too, but no canned one besides', () => {
    const headers = { 'x-cos-grant-write': `uri="${ALL}"` };
    expect(asked(headers)).toEqual({ acl: 'owner-only', grants: [all('WRITE')], asksAcl: true });
    expect(asked({ ...headers, 'x-cos-acl': 'private' })).toBe('InvalidRequest');
    expect(asked({ 'x-cos-grant-read': 'emailAddress="a@b.c"' })).toBe('UnresolvableGrantByEmailAddress');
  });
});

it('is asked for in the words of COS where objects inherit one', () => {
  expect(asked({}, false)).toEqual({ acl: 'default', grants: undefined, asksAcl: undefined });
  expect(asked({ 'x-cos-acl': 'private' }, false)).toMatchObject({ acl: 'private', asksAcl: undefined });
  const grants = [all('READ')];
  const headers = { 'x-cos-grant-read': `uri="${ALL}"` };
  expect(asked(headers, false)).toMatchObject({ acl: 'private', grants });
  expect(asked({ ...headers, 'x-cos-acl': 'default' }, false)).toMatchObject({ acl: 'default', grants });
  for (const word of ['owner-only', 'public-read-write']) {
    expect(asked({ 'x-cos-acl': word }, false)).toBe('InvalidArgument');
  }
  expect(asked({ 'x-cos-grant-write': `uri="${ALL}"` }, false)).toBe('InvalidArgument');
  expect(asked({ 'x-cos-grant-read': 'emailAddress="a@b.c"' }, false)).toBe('InvalidArgument');
});
