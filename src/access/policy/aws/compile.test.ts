import { describe, expect, it } from 'vitest';
import { ANONYMOUS, type Identity, type SignedIdentity } from '../../identity.ts';
import { compilePolicy, normalisePolicy, PolicyError } from '../parse.ts';
import type { CompiledPolicy, PolicyRequest } from '../types.ts';

const OWNER = { ownerAppid: '1250000000', ownerUin: '100000000001' };
const other: SignedIdentity = {
  kind: 'root',
  appid: '1250000002',
  ownerUin: '100000000002',
  uin: '100000000002',
  name: '',
  secretId: 'AKID2',
  policies: [],
};
const user: SignedIdentity = { ...other, kind: 'user', uin: '200000000001', name: 'ann' };

const compile = (...statements: object[]): CompiledPolicy =>
  compilePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), {
    use: 'bucket',
    label: 'bucket policy',
    ...OWNER,
  });
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::demo/*',
  ...more,
});

interface Asked {
  readonly actions?: readonly string[];
  readonly key?: string;
  readonly facts?: Readonly<Record<string, readonly string[]>>;
  readonly identity?: Identity;
}

function ask({ actions = ['GetObject'], key = 'a/b', facts = {}, identity = other }: Asked): PolicyRequest {
  const resource = {
    appid: '1250000000',
    ownerUin: '100000000001',
    region: 'r',
    bucket: 'demo-1250000000',
    keys: [key],
  };
  return { identity, actions, resource, facts: { get: (name) => facts[name] } };
}

const covers = (statement: object, asked: Asked = {}): boolean => compile(statement).statements[0]!.covers(ask(asked));

describe('what is no policy', () => {
  it.each([
    ['an effect in another case', { Effect: 'allow' }],
    ['an element that is not understood', { NotPrincipal: '*' }],
    ['both of Action and NotAction', { NotAction: 's3:*' }],
    ['no resource', { Resource: undefined }],
    ['a resource of another service', { Resource: 'arn:aws:sqs:::queue' }],
    ['a principal without a form', { Principal: { AWS: 'ann' } }],
    ['no principal', { Principal: undefined }],
    ['an operator that is not known', { Condition: { StringsEqual: { 'aws:Referer': 'a' } } }],
    ['a key that is not known', { Condition: { StringEquals: { 's3:colour': 'a' } } }],
    ['a value of another kind', { Condition: { NumericLessThan: { 's3:max-keys': 'many' } } }],
    ['an address that is none', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/40' } } }],
  ])('%s', (_, more) => {
    expect(() => compile(allow(more))).toThrow(PolicyError);
  });
});

describe('what a statement covers', () => {
  it.each([
    ['arn:aws:s3:::demo/*', 'a/b', true],
    ['arn:aws:s3:::demo-1250000000/*', 'a/b', true],
    ['arn:aws:s3:::demo/a/?', 'a/b', true],
    ['arn:aws:s3:::demo/a/?', 'a/bc', false],
    ['arn:aws:s3:::demo', 'a/b', false],
    ['arn:aws:s3:::demo', '', true],
    ['arn:aws:s3:::other/*', 'a/b', false],
    ['arn:aws:s3:::*', 'a/b', true],
    ['*', 'a/b', true],
  ])('%s, %s: %s', (Resource, key, expected) => {
    expect(covers(allow({ Resource }), { key })).toBe(expected);
    expect(covers(allow({ Resource: undefined, NotResource: Resource }), { key })).toBe(!expected);
  });

  it.each([
    ['s3:GetObject', ['HeadObject', 'GetObject'], {}, true],
    ['s3:getobject', ['GetObject'], {}, true],
    ['s3:Get*', ['GetBucketACL'], {}, true],
    ['s3:GetObject', ['GetObject'], { 'cos:versionid': ['x'] }, false],
    ['s3:GetObjectVersion', ['GetObject'], { 'cos:versionid': ['x'] }, true],
    ['s3:ListBucket', ['HeadBucket'], {}, true],
    ['s3:PutObject', ['CompleteMultipartUpload'], {}, true],
    ['s3:*', ['PutBucketReferer'], {}, true],
    ['s3:Put*', ['PutBucketReferer'], {}, false],
  ] as const)('%s, %s %o: %s', (Action, actions, facts, expected) => {
    expect(covers(allow({ Action }), { actions, facts })).toBe(expected);
    expect(covers(allow({ Action: undefined, NotAction: Action }), { actions, facts })).toBe(!expected);
  });

  it.each([
    [{ StringEquals: { 's3:x-amz-acl': 'public-read' } }, { 's3:x-amz-acl': ['public-read'] }, true],
    [{ StringEquals: { 's3:x-amz-acl': ['private', 'public-read'] } }, { 's3:x-amz-acl': ['public-read'] }, true],
    [{ StringEquals: { 's3:x-amz-acl': 'public-read' } }, {}, false],
    [{ StringEqualsIfExists: { 's3:x-amz-acl': 'public-read' } }, {}, true],
    [{ StringNotEquals: { 's3:x-amz-acl': 'public-read' } }, {}, true],
    [{ StringNotEquals: { 's3:x-amz-acl': 'public-read' } }, { 's3:x-amz-acl': ['private'] }, true],
    [{ StringNotEquals: { 's3:x-amz-acl': 'public-read' } }, { 's3:x-amz-acl': ['public-read'] }, false],
    [{ Null: { 's3:x-amz-server-side-encryption': 'true' } }, {}, true],
    [{ Null: { 's3:x-amz-server-side-encryption': true } }, { 's3:x-amz-server-side-encryption': ['AES256'] }, false],
    [{ StringLike: { 'aws:Referer': 'http://a.*/?' } }, { 'aws:referer': ['http://a.b/c'] }, true],
    [{ StringLike: { 'aws:Referer': 'http://a.*/?' } }, { 'aws:referer': ['http://a.b/cd'] }, false],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'qcs:ip': ['10.1.2.3'] }, true],
    [{ NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8'] } }, { 'qcs:ip': ['10.1.2.3'] }, false],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, { 'cos:secure-transport': ['false'] }, true],
    [{ NumericLessThanEquals: { 's3:max-keys': '10' } }, { 's3:max-keys': ['10'] }, true],
    [
      { DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } },
      { 'qcs:current_time': ['2026-01-01T00:00:00Z'] },
      true,
    ],
    [{ StringEquals: { 's3:ExistingObjectTag/Colour': 'red' } }, { 's3:existingobjecttag/Colour': ['red'] }, true],
    [{ StringEquals: { 's3:ExistingObjectTag/Colour': 'red' } }, { 's3:existingobjecttag/colour': ['red'] }, false],
    [
      { 'ForAllValues:StringLike': { 's3:RequestObjectTagKeys': ['a', 'b*'] } },
      { 's3:requestobjecttagkeys': ['a', 'bc'] },
      true,
    ],
    [
      { 'ForAllValues:StringLike': { 's3:RequestObjectTagKeys': ['a'] } },
      { 's3:requestobjecttagkeys': ['a', 'c'] },
      false,
    ],
    [{ 'ForAllValues:StringLike': { 's3:RequestObjectTagKeys': ['a'] } }, {}, true],
    [
      { 'ForAnyValue:StringEquals': { 's3:RequestObjectTagKeys': ['a'] } },
      { 's3:requestobjecttagkeys': ['c', 'a'] },
      true,
    ],
    [{ 'ForAnyValue:StringEquals': { 's3:RequestObjectTagKeys': ['a'] } }, {}, false],
    [{ StringEquals: { 'aws:username': 'ann' } }, {}, false],
  ])('%j with %j: %s', (Condition, facts, expected) => {
    expect(covers(allow({ Condition }), { facts: facts as Record<string, string[]> })).toBe(expected);
  });

  it('puts the values of who signed into variables', () => {
    const own = allow({ Resource: 'arn:aws:s3:::demo/of/${aws:username}/*' });
    expect(covers(own, { key: 'of/ann/x', identity: user })).toBe(true);
    expect(covers(own, { key: 'of/bob/x', identity: user })).toBe(false);
    expect(covers(own, { key: 'of//x', identity: ANONYMOUS })).toBe(false);
  });
});

describe('whom a statement names', () => {
  const names = (Principal: unknown) => compile(allow({ Principal })).statements[0]!.names;
  it.each([
    ['an account by its UIN', { AWS: '100000000002' }],
    ['an account by its APPID', { AWS: ['1250000002'] }],
    ['its root', { AWS: 'arn:aws:iam::100000000002:root' }],
    ['its canonical id', { CanonicalUser: 'qcs::cam::uin/100000000002:uin/100000000002' }],
  ])('%s', (_, principal) => {
    expect(names(principal)).toMatchObject({ everyone: false });
    expect(names(principal).identity(other)).toBe(true);
    expect(names(principal).identity(user)).toBe(false);
    expect(names(principal).account(user)).toBe(true);
    expect(names(principal).identity(ANONYMOUS)).toBe(false);
  });

  it('a user, everybody, and nobody that is known here', () => {
    expect(names({ AWS: 'arn:aws:iam::100000000002:user/team/ann' }).identity(user)).toBe(true);
    expect(names({ AWS: 'arn:aws:iam::100000000002:user/bob' }).identity(user)).toBe(false);
    expect(names('*').everyone).toBe(true);
    expect(names({ AWS: '*' }).everyone).toBe(true);
    expect(names({ Service: 'logging.s3.amazonaws.com' })).toMatchObject({ everyone: false });
  });
});

it('gives a policy of AWS back as it was put', () => {
  const text = `{ "Version": "2012-10-17", "Statement": ${JSON.stringify(allow())} }`;
  expect(normalisePolicy(text)).toBe(text);
});

it('tells what is for known addresses alone', () => {
  const restricted = (Condition?: object) => compile(allow({ Condition })).statements[0]!.restricted;
  expect(restricted()).toBe(false);
  expect(restricted({ IpAddress: { 'aws:SourceIp': '10.0.0.0/32' } })).toBe(true);
  expect(restricted({ IpAddress: { 'aws:SourceIp': ['10.0.0.0/32', '0.0.0.0/0'] } })).toBe(false);
  expect(restricted({ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/32' } })).toBe(false);
  expect(restricted({ StringEquals: { 'aws:Referer': 'a' } })).toBe(false);
});
