/** Rules of AWS policies that random ones seldom meet. Source: spec/s3.md §9. */
import { describe, expect, it } from 'vitest';
import type { Identity, SignedIdentity } from '../../identity.ts';
import { isPublicPolicy } from '../../public-policy.ts';
import { compilePolicy, type PolicyContext, PolicyError } from '../parse.ts';
import type { PolicyRequest } from '../types.ts';

const BUCKET = 'demo-1250000000';
const OWNER = { ownerAppid: '1250000000', ownerUin: '100000000001' };
const user: SignedIdentity = {
  kind: 'user',
  appid: '1250000000',
  ownerUin: '100000000001',
  uin: '100000000011',
  name: 'a*',
  secretId: 'AKID',
  policies: [],
};

const STATEMENT = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::demo/*' };
function compile(more: object, context: Partial<PolicyContext> = {}, Version = '2012-10-17') {
  const text = JSON.stringify({ Version, Statement: { ...STATEMENT, ...more } });
  return compilePolicy(text, { use: 'bucket', label: 'bucket policy', ...OWNER, bucket: BUCKET, ...context });
}

interface Asked {
  readonly actions?: readonly string[];
  readonly keys?: readonly string[];
  readonly bucket?: string | undefined;
  readonly identity?: Identity;
  readonly facts?: Readonly<Record<string, readonly string[]>>;
  readonly ownerUin?: string;
}
function ask(asked: Asked = {}): PolicyRequest {
  const { actions = ['GetObject'], keys = ['a'], identity = user, facts = {}, ownerUin = OWNER.ownerUin } = asked;
  const bucket = 'bucket' in asked ? asked.bucket : BUCKET;
  const resource = { appid: OWNER.ownerAppid, ownerUin, region: 'r', bucket, keys };
  return { identity, actions, resource, facts: { get: (name) => facts[name] } };
}
const covers = (more: object, asked?: Asked, Version?: string) =>
  compile(more, {}, Version).statements[0]!.covers(ask(asked));

describe('a document', () => {
  it.each([
    ['another bucket', { Resource: 'arn:aws:s3:::other/*' }],
    ['a bucket that only begins so', { Resource: ['arn:aws:s3:::demo', 'arn:aws:s3:::demo2/*'] }],
    ['a pattern that cannot be of the bucket', { Resource: 'arn:aws:s3:::x*/*' }],
    ['another bucket, negated', { Resource: undefined, NotResource: 'arn:aws:s3:::other/*' }],
    ['a misspelt action', { Action: ['s3:GetObject', 's3:GetObjects'] }],
    ['an action of another service', { Action: 'ec2:*' }],
    ['a principal with a wildcard', { Principal: { AWS: 'arn:aws:iam::100000000001:user/*' } }],
    ['a kind of principal in another case', { Principal: { aws: '*' } }],
    ['a principal that names nobody', { Principal: {} }],
    ['a variable that is not known', { Resource: 'arn:aws:s3:::demo/${aws:Colour}' }],
    ['NullIfExists', { Condition: { NullIfExists: { 's3:prefix': 'true' } } }],
    ['an ARN that is none', { Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*' } } }],
    ['a date that is none', { Condition: { DateLessThan: { 'aws:CurrentTime': 'tomorrow' } } }],
    ['a tag without key', { Condition: { StringEquals: { 's3:ExistingObjectTag/': 'a' } } }],
  ])('is refused for %s', (_, more) => {
    expect(() => compile(more)).toThrow(PolicyError);
  });

  it('has nothing else at the top', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: STATEMENT, Principal: '*' });
    expect(() => compilePolicy(text, { use: 'bucket', label: '', ...OWNER })).toThrow(PolicyError);
  });

  it('takes names of AWS that nothing here goes by, which cover nothing', () => {
    expect(covers({ Action: 's3:ReplicateObject' })).toBe(false);
    expect(covers({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })).toBe(false);
    expect(covers({ Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } })).toBe(true);
  });

  it('of a user may speak of other services and of all buckets', () => {
    const more = { Action: ['sqs:*', 's3:ListAllMyBuckets'], Resource: ['arn:aws:sqs:::queue', 'arn:aws:s3:::*'] };
    const { bucket: _, ...context } = { use: 'user' as const, label: 'user policy', ...OWNER, bucket: BUCKET };
    const text = JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...more } });
    const [statement] = compilePolicy(text, context).statements;
    expect(statement!.covers(ask({ actions: ['GetService'], bucket: undefined, keys: [''] }))).toBe(true);
    expect(statement!.covers(ask({ actions: ['GetBucket'], keys: [''] }))).toBe(false);
  });
});

describe('a text', () => {
  it('takes no wildcard from what a request says of itself', () => {
    const Resource = 'arn:aws:s3:::demo/${aws:username}/x';
    expect(covers({ Resource }, { keys: ['a*/x'] })).toBe(true);
    expect(covers({ Resource }, { keys: ['ab/x'] })).toBe(false);
  });

  it('has signs, defaults and, in old documents, no variables', () => {
    const at = (key: string, asked?: string, version?: string) =>
      covers({ Resource: `arn:aws:s3:::demo/${key}` }, { keys: [asked ?? key] }, version);
    expect([at('${*}${?}${$}', '*?$'), at('${*}', 'b')]).toEqual([true, false]);
    expect([at("${s3:prefix, 'none'}", 'none'), at('${s3:prefix}', 'none')]).toEqual([true, false]);
    expect(at('${aws:username}', '${aws:username}', '2008-10-17')).toBe(true);
  });

  it('asks for a piece with `?` of any length', () => {
    const piece = `${'b?'.repeat(40)}c`;
    const Resource = `arn:aws:s3:::demo/*${piece}*`;
    const key = `${'bb'.repeat(60)}c/end`;
    expect(covers({ Resource }, { keys: [key] })).toBe(true);
    expect(covers({ Resource }, { keys: [key.replace('c', 'd')] })).toBe(false);
  });
});

describe('a condition', () => {
  it('compares dates as seconds too', () => {
    const facts = { 'qcs:current_time': ['2026-03-01T00:00:00.000Z'] };
    for (const key of ['aws:CurrentTime', 'aws:EpochTime']) {
      for (const operand of ['1772323200', '2026-03-01T00:00:00Z']) {
        expect(covers({ Condition: { DateEquals: { [key]: operand } } }, { facts })).toBe(true);
        expect(covers({ Condition: { DateLessThan: { [key]: operand } } }, { facts })).toBe(false);
      }
    }
  });

  it('counts a value that cannot be compared for a deny alone', () => {
    const Condition = { NumericGreaterThan: { 's3:max-keys': '10' } };
    const facts = { 's3:max-keys': ['1e9'] };
    expect(covers({ Condition }, { facts })).toBe(false);
    expect(covers({ Condition, Effect: 'Deny' }, { facts })).toBe(true);
  });

  it('compares ARNs with ARNs, part by part', () => {
    const on = (pattern: string, value: string, Effect = 'Allow') =>
      covers({ Effect, Condition: { ArnLike: { 'aws:UserAgent': pattern } } }, { facts: { 'aws:useragent': [value] } });
    expect(on('arn:aws:iam::*:user/*', 'arn:aws:iam::1:user/a:b')).toBe(true);
    expect(on('arn:*:*:*:*:a', 'arn:aws:iam::1:user/b:a')).toBe(false);
    expect(on('*', 'arn:aws:iam::1:root')).toBe(true);
    expect([on('*', 'curl'), on('*', 'curl', 'Deny')]).toEqual([false, true]);
  });

  it('fits each spelling of an account', () => {
    for (const account of ['100000000001', '1250000000']) {
      const Condition = { StringEquals: { 'aws:PrincipalAccount': account } };
      expect(covers({ Condition })).toBe(true);
      expect(covers({ Condition: { StringNotEquals: Condition.StringEquals } })).toBe(false);
    }
  });

  it('is asked anew for another bucket of the same request', () => {
    const Condition = { StringEquals: { 'aws:ResourceAccount': OWNER.ownerUin } };
    const { covers: test } = compile({ Condition, Resource: '*' }).statements[0]!;
    const facts = { get: () => undefined };
    expect(test({ ...ask(), facts })).toBe(true);
    expect(test({ ...ask({ ownerUin: '100000000002', bucket: 'other-1250000002' }), facts })).toBe(false);
  });
});

describe('a policy for everybody', () => {
  it.each([
    [undefined, true],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '0.0.0.0/1'] } }, true],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/31' } }, true],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::100000000002:root' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:root' } }, true],
    [{ StringEquals: { 's3:prefix': 'a' } }, true],
  ])('under %j is public: %s', (Condition, expected) => {
    expect(isPublicPolicy(compile({ Condition }))).toBe(expected);
  });
});
