/** The module against a second reading of the rules, over random policies, signers and requests. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { APPID, BUCKET, FOREIGN, OWNER, SCENARIO, verdictOf, WHO } from './policy/cases/fixture.ts';
import { referenceVerdict, type Scenario } from './policy/fixture.ts';

const RUNS = 12_000;

const oneOrMore = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | T[]> =>
  fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));

const action = fc.constantFrom(
  '*',
  'name/cos:*',
  'cos:GetObject',
  'cos:Get*',
  'name/cos:PutObject',
  'cos:*Bucket',
  'x',
);
const glob = fc
  .array(fc.constantFrom('a', 'b', '/', '*', '${uin}', '*', 'ab'), { maxLength: 5 })
  .map((p) => p.join(''));
const path = fc.oneof(
  glob.map((text) => `${BUCKET}/${text}`),
  glob.map((text) => `prefix//${APPID}/demo/${text}`),
  glob.map((text) => `${BUCKET}//${APPID}/demo/${text}`),
  glob.map((text) => `prefix//${APPID}/${text}`),
  glob,
  fc.constantFrom('*', `${BUCKET}/*`, BUCKET, `${BUCKET}/`, 'demo*', `*-${APPID}/*`),
);
const resource = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '', '*', 'ap-guangzhou', 'ap-*', 'ap-beijing'),
        fc.constantFrom('', `uid/${APPID}`, `uid/${APPID}`, `uin/${OWNER}`, 'uid/1260000000', 'uid/${app_id}'),
        path,
      )
      .map(([region, account, where]) => `qcs::cos:${region}:${account}:${where}`),
  },
);

const word = fc.array(fc.constantFrom('a', 'B', '/', '%2F', '%2f'), { maxLength: 3 }).map((p) => p.join(''));
const wordOperand = fc.oneof(
  word,
  word,
  fc.constant('${uin}'),
  word.map((text) => `${text}*`),
);
const ip = fc.constantFrom(
  '10.0.0.1',
  '10.0.0.200',
  '10.1.0.1',
  '::ffff:10.0.0.1',
  '2001:db8::1',
  '2001:db8:1::',
  '::1',
);
const network = fc.oneof(
  ip,
  fc.tuple(fc.constantFrom('10.0.0.1', '10.0.0.129'), fc.integer({ min: 0, max: 32 })).map(([a, n]) => `${a}/${n}`),
  fc.tuple(fc.constantFrom('2001:db8::1', '::1'), fc.integer({ min: 0, max: 128 })).map(([a, n]) => `${a}/${n}`),
);
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('1.2', '1.20', '2.0', '-1'));
const date = fc.constantFrom(
  '2026-03-01',
  '2026-03-01T00:00:00Z',
  '2026-03-01T08:00:00+08:00',
  '2026-02-28T23:59:59.5Z',
);

const typed = (operators: string[], keys: string[], operand: fc.Arbitrary<unknown>) =>
  fc.tuple(
    fc.constantFrom('', '', '', 'for_any_value:', 'for_all_value:'),
    fc.constantFrom(...operators),
    fc.constantFrom('', '', '_if_exist'),
    fc.constantFrom(...keys),
    oneOrMore(operand),
  );
const condition = fc
  .oneof(
    typed(
      ['string_equal', 'string_not_equal', 'string_equal_ignore_case', 'string_not_equal_ignore_case'],
      ['cos:prefix', 'cos:content-type', 'qcs:request_tag', 'cos:versionid', 'qcs:uin', 'cos:unknown'],
      wordOperand,
    ),
    typed(['string_like', 'string_not_like'], ['cos:prefix', 'cos:content-type', 'qcs:request_tag'], wordOperand),
    typed(['ip_equal', 'ip_not_equal'], ['qcs:ip'], network),
    typed(
      ['equal', 'not_equal', 'less_than', 'less_than_equal', 'greater_than', 'greater_than_equal'].map(
        (name) => `numeric_${name}`,
      ),
      ['cos:content-length', 'cos:tls-version'],
      number,
    ),
    typed(
      ['equal', 'not_equal', 'less_than', 'less_than_equal', 'greater_than', 'greater_than_equal'].map(
        (name) => `date_${name}`,
      ),
      ['qcs:current_time'],
      date,
    ),
    typed(['bool_equal'], ['cos:secure-transport'], fc.constantFrom('true', 'False', true, false)),
    typed(['binary_equal'], ['cos:content-type'], fc.constantFrom('YQ==', 'Qg==', 'YUI=')),
    fc.tuple(
      fc.constant(''),
      fc.constant('null_equal'),
      fc.constant(''),
      fc.constantFrom('cos:prefix', 'qcs:ip', 'cos:versionid', 'qcs:request_tag'),
      oneOrMore(fc.constantFrom('true', 'false')),
    ),
  )
  .map(([quantifier, operator, suffix, key, operands]) => ({ [quantifier + operator + suffix]: { [key]: operands } }));
const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: condition.map((each) => ({ condition: each })) },
  {
    weight: 1,
    arbitrary: fc.tuple(condition, condition).map(([a, b]) => ({ Condition: { ...a, ...b } })),
  },
);

const principal = fc.oneof(
  fc.constantFrom('*', { qcs: '*' }, { qcs: ['qcs::cam::anyone:anyone'] }, { service: ['x'] }),
  fc
    .uniqueArray(
      fc.constantFrom(
        'qcs::cam::anonymous:anonymous',
        ...[OWNER, FOREIGN].flatMap((owner) =>
          [owner, '100000000011', '200000000011', '*'].map((uin) => `qcs::cam::uin/${owner}:uin/${uin}`),
        ),
        `qcs::cam::uin/${OWNER}:root`,
        `qcs::cam::uin/${OWNER}:roleName/uploader`,
        `qcs::cam::uin/${FOREIGN}:role/${WHO.foreignRole.uin}`,
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((qcs) => ({ qcs })),
);
const statement = fc
  .record({
    effect: fc.constantFrom('allow', 'Allow', 'allow', 'deny'),
    action: oneOrMore(action),
    resource: oneOrMore(resource),
    principal,
  })
  .chain((rest) => conditions.map((more) => ({ ...rest, ...more })));
const document = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((list) => ({ version: '2.0', statement: list.length === 1 ? list[0] : list }));
const optional = <T>(item: fc.Arbitrary<T>) => fc.option(item, { nil: undefined });

const grantee = fc.constantFrom(
  'all',
  'authenticated',
  ...Object.values(WHO).flatMap((who) => (who === 'anonymous' ? [] : [`qcs::cam::uin/${who.ownerUin}:uin/${who.uin}`])),
);
const key = fc.array(fc.constantFrom('a', 'b', '/', 'ab', '100000000011'), { maxLength: 4 }).map((p) => p.join(''));
const facts = fc.record(
  {
    'cos:prefix': fc.tuple(word),
    'cos:content-type': fc.tuple(word),
    'cos:versionid': fc.tuple(word),
    'cos:unknown': fc.tuple(word),
    'qcs:request_tag': fc.array(word, { maxLength: 3 }),
    'qcs:ip': fc.tuple(ip),
    'cos:content-length': fc.tuple(number.map(String)),
    'cos:tls-version': fc.tuple(fc.constantFrom('1.2', '1.3', 'x')),
    'qcs:current_time': fc.tuple(date),
    'cos:secure-transport': fc.tuple(fc.constantFrom('true', 'false')),
  },
  { requiredKeys: [] },
);

/** The anonymous have no session, and neither they nor roots have policies. */
function withoutImpossible(s: Scenario): Scenario {
  if (s.who === 'anonymous') return { ...s, session: undefined, policies: [] };
  return s.who.kind === 'root' ? { ...s, policies: [] } : s;
}

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    who: fc.constantFrom(...Object.values(WHO)),
    actions: fc.constantFrom(
      ['GetObject'],
      ['HeadObject', 'GetObject'],
      ['PutObject'],
      ['GetBucket'],
      ['PutBucketPolicy'],
    ),
    appid: fc.constant(APPID),
    ownerUin: fc.constant(OWNER),
    region: fc.constant(SCENARIO.region),
    bucket: fc.constant(BUCKET),
    keys: fc.oneof(fc.tuple(key), fc.tuple(fc.constant(''), key)),
    facts,
    bucketPolicy: optional(document),
    policies: fc.array(document, { maxLength: 2 }),
    session: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: document }),
    acl: fc.array(fc.record({ grantee, permission: fc.constantFrom('READ', 'WRITE', 'READ_ACP', 'FULL_CONTROL') }), {
      maxLength: 2,
    }),
    aclPermission: fc.constantFrom('READ', 'WRITE', undefined),
  })
  .map(withoutImpossible);

test(`decides ${RUNS} random requests as the rules read plainly`, { timeout: 120_000 }, () => {
  const seen = { allow: 0, deny: 0, undecided: 0 };
  fc.assert(
    fc.property(scenario, (each) => {
      const verdict = verdictOf(each);
      seen[verdict]++;
      expect(verdict).toBe(referenceVerdict(each));
    }),
    { numRuns: RUNS },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(RUNS / 20);
});
