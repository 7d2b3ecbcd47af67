/** The module against a second reading of the rules, over random policies, signers and requests. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decide } from '../../decide.ts';
import { ANONYMOUS, type Identity } from '../../identity.ts';
import { FOREIGN, FOREIGN_APPID, WHO } from '../cases/fixture.ts';
import { compilePolicy } from '../parse.ts';
import { type AwsScenario, referenceVerdict, SITE } from './fixture.ts';

const RUNS = 12_000;

const oneOrMore = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));

const action = fc.constantFrom(
  '*',
  's3:*',
  's3:Get*',
  's3:getobject',
  's3:GetObjectVersion',
  's3:PutObject',
  's3:*Bucket',
  's3:*Object?agging',
  's3:?etObject*',
  's3:GetObjectTorrent',
);
const glob = fc
  .array(fc.constantFrom('a', 'b', '/', '*', '?', 'ab', '${aws:username}', '${*}', "${s3:prefix, 'a'}"), {
    maxLength: 5,
  })
  .map((parts) => parts.join(''));
const resource = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('*', 'arn:aws:s3:::*', 'arn:aws:s3:::demo', 'arn:aws:s3:::demo/*') },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom('demo/', 'demo/', 'demo-1250000000/', 'd?mo/', '*/', 'demo-*/'), glob)
      .map(([bucket, key]) => `arn:aws:s3:::${bucket}${key}`),
  },
);

const word = fc.array(fc.constantFrom('a', 'B', '/', '*', 'ada'), { maxLength: 3 }).map((parts) => parts.join(''));
const wordOperand = fc.oneof(word, fc.constantFrom('${aws:username}', '${aws:userid}', '${*}', '?', '*a', 'a?*'));
const date = fc.constantFrom('2026-03-01T00:00:00Z', '2026-03-01T08:00:00+08:00', '2026-02-28T23:59:59Z', '1772323200');

const condition = (operators: string[], keys: string[], operand: fc.Arbitrary<unknown>) =>
  fc
    .tuple(
      fc.constantFrom('', '', '', 'ForAnyValue:', 'ForAllValues:'),
      fc.constantFrom(...operators),
      fc.constantFrom('', '', 'IfExists'),
      fc.constantFrom(...keys),
      oneOrMore(operand),
    )
    .map(([quantifier, operator, suffix, key, operands]) => ({
      [quantifier + operator + suffix]: { [key]: operands },
    }));
const ordered = (name: string) =>
  ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map((end) => name + end);
const texts = [
  's3:prefix',
  'aws:UserAgent',
  's3:RequestObjectTagKeys',
  's3:ExistingObjectTag/Colour',
  'aws:username',
  'aws:userid',
  'aws:SourceVpce',
];
const anyCondition = fc.oneof(
  condition(
    [
      'StringEquals',
      'StringNotEquals',
      'StringEqualsIgnoreCase',
      'StringNotEqualsIgnoreCase',
      'StringLike',
      'StringNotLike',
    ],
    texts,
    wordOperand,
  ),
  condition(ordered('Numeric'), ['s3:max-keys', 'aws:EpochTime'], fc.constantFrom('1', 5, '5.0', '1772323200')),
  condition(ordered('Date'), ['aws:CurrentTime', 'aws:EpochTime'], date),
  condition(['Bool'], ['aws:SecureTransport'], fc.constantFrom('true', false, 'True')),
  condition(
    ['IpAddress', 'NotIpAddress'],
    ['aws:SourceIp'],
    fc.tuple(fc.constantFrom('10.0.0.1', '10.0.0.129'), fc.integer({ min: 0, max: 32 })).map(([a, n]) => `${a}/${n}`),
  ),
  // One value in two spellings has no quantifier that would tell them apart.
  fc
    .tuple(
      fc.constantFrom('ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'ArnLikeIfExists', 'ForAllValues:ArnLike'),
      oneOrMore(
        fc.constantFrom(
          `arn:aws:iam::${SITE.ownerUin}:root`,
          `arn:aws:iam::${SITE.appid}:user/*`,
          'arn:aws:iam::*:user/${aws:username}',
          'arn:*:iam::*:?o*',
          '*',
        ),
      ),
    )
    .map(([operator, operands]) => ({ [operator]: { 'aws:PrincipalArn': operands } })),
  fc
    .tuple(fc.constantFrom(...texts, 's3:max-keys'), oneOrMore(fc.constantFrom('true', 'false')))
    .map(([key, operands]) => ({ Null: { [key]: operands } })),
);
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: anyCondition.map((Condition) => ({ Condition })) },
  { weight: 1, arbitrary: fc.tuple(anyCondition, anyCondition).map(([a, b]) => ({ Condition: { ...a, ...b } })) },
);

const principal = fc.oneof(
  fc.constantFrom('*', { AWS: '*' }, { AWS: [FOREIGN_APPID, '*'] }, { Service: 'x.amazonaws.com' }),
  fc
    .uniqueArray(
      fc.constantFrom(
        SITE.ownerUin,
        FOREIGN,
        FOREIGN_APPID,
        `arn:aws:iam::${SITE.appid}:root`,
        `arn:aws:iam::${FOREIGN}:root`,
        `arn:aws:iam::${SITE.ownerUin}:user/ada`,
        `arn:aws:iam::${SITE.appid}:role/uploader`,
        `arn:aws:iam::${FOREIGN_APPID}:user/eve`,
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((AWS) => ({ AWS })),
  fc
    .constantFrom(WHO.root, WHO.user2, WHO.foreignRoot)
    .map(({ ownerUin, uin }) => ({ CanonicalUser: `qcs::cam::uin/${ownerUin}:uin/${uin}` })),
);
const either = (name: string, item: fc.Arbitrary<unknown>) =>
  fc.tuple(fc.constantFrom(name, name, `Not${name}`), oneOrMore(item)).map(([as, value]) => ({ [as]: value }));
const statement = fc
  .tuple(
    fc.record({ Effect: fc.constantFrom('Allow', 'Deny'), Principal: principal }),
    either('Action', action),
    either('Resource', resource),
    conditions,
  )
  .map((parts) => Object.assign({}, ...parts));

const key = fc.array(fc.constantFrom('a', 'b', '/', 'ab', 'ada', '*'), { minLength: 1, maxLength: 4 });
const scenario: fc.Arbitrary<AwsScenario> = fc.record({
  who: fc.constantFrom(...Object.values(WHO)),
  actions: fc.constantFrom(
    ['GetObject'],
    ['HeadObject', 'GetObject'],
    ['PutObject'],
    ['UploadPart', 'PutObject'],
    ['DeleteObject'],
    ['GetBucket'],
    ['PutBucketPolicy'],
    ['PutObjectTagging'],
    ['PutBucketReferer'],
  ),
  keys: fc.oneof(
    key.map((parts) => [parts.join('')]),
    fc.constant(['']),
    key.map((parts) => ['', parts.join('')]),
  ),
  facts: fc.record(
    {
      'cos:prefix': fc.tuple(word),
      'cos:versionid': fc.constant(['v']),
      'aws:useragent': fc.tuple(word),
      's3:requestobjecttagkeys': fc.array(word, { minLength: 1, maxLength: 3 }),
      's3:existingobjecttag/Colour': fc.tuple(word),
      's3:existingobjecttag/colour': fc.tuple(word),
      's3:max-keys': fc.tuple(fc.constantFrom('1', '5', '10', 'many')),
      'qcs:ip': fc.tuple(fc.constantFrom('10.0.0.1', '10.0.0.200', '10.1.0.1')),
      'qcs:current_time': fc.tuple(fc.constantFrom('2026-03-01T00:00:00.000Z', '2026-02-28T23:59:59.000Z')),
      'cos:secure-transport': fc.tuple(fc.constantFrom('true', 'false')),
    },
    { requiredKeys: [] },
  ),
  policy: fc.record({
    Version: fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
    Statement: oneOrMore(statement),
  }),
});

function identityOf({ who }: AwsScenario): Identity {
  return who === 'anonymous' ? ANONYMOUS : { ...who, secretId: 'AKID', policies: [] };
}

function verdictOf(s: AwsScenario) {
  const { appid, ownerUin, region, name } = SITE;
  const bucket = `${name}-${appid}`;
  const bucketPolicy = compilePolicy(JSON.stringify(s.policy), {
    use: 'bucket',
    label: 'bucket policy',
    ownerAppid: appid,
    ownerUin,
    bucket,
  });
  const resource = { appid, ownerUin, region, bucket, keys: s.keys };
  const facts = { get: (name: string) => (Object.hasOwn(s.facts, name) ? s.facts[name] : undefined) };
  const request = { identity: identityOf(s), actions: s.actions, resource, facts };
  const decision = decide(request, { bucketPolicy, acl: [], aclPermission: undefined });
  if (decision === 'needs-acl') throw new Error('no ACL can allow it');
  if (decision.allowed) return 'allow';
  return decision.rule.endsWith('(deny)') ? 'deny' : 'undecided';
}

it('decides as the second reading does', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(scenario, (s) => {
      const verdict = verdictOf(s);
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
      expect(verdict).toBe(referenceVerdict(s));
    }),
    { numRuns: RUNS },
  );
  for (const verdict of ['allow', 'deny', 'undecided']) expect(seen.get(verdict) ?? 0).toBeGreaterThan(RUNS / 20);
});
