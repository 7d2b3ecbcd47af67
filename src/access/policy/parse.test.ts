/** Which texts are policies: spec/access.md §4, §8. */
import { describe, expect, test } from 'vitest';
import { ANONYMOUS } from '../identity.ts';
import { compilePolicy, normalisePolicy, POLICY_LIMITS, type PolicyContext, PolicyError } from './parse.ts';
import { PRESET_POLICIES } from './presets.ts';

const BUCKET: PolicyContext = { use: 'bucket', label: 'bucket policy', ownerAppid: '1', ownerUin: '2' };
const USER: PolicyContext = { ...BUCKET, use: 'user' };
const OK = { principal: '*', effect: 'allow', action: '*', resource: '*' };
const doc = (change: object, rest: object = {}) =>
  JSON.stringify({ version: '2.0', statement: [{ ...OK, ...change }], ...rest });
const without = (name: string) => doc({ [name]: undefined });

/** Texts that are policies for a bucket, and the number of their statements. */
const ACCEPTED: readonly (readonly [string, string, number])[] = [
  ['the plain form', doc({}), 1],
  [
    'capitals',
    JSON.stringify({ Version: '2.0', Statement: [{ Principal: '*', Effect: 'Allow', Action: '*', Resource: '*' }] }),
    1,
  ],
  ['mixed', JSON.stringify({ Statement: [OK], version: '2.0' }), 1],
  ['a statement that is no list', JSON.stringify({ version: '2.0', statement: OK }), 1],
  ['no statements', JSON.stringify({ version: '2.0', statement: [] }), 0],
  ['two statements', JSON.stringify({ version: '2.0', statement: [OK, OK] }), 2],
  [
    'the principal at the top',
    JSON.stringify({ version: '2.0', principal: '*', statement: [{ ...OK, principal: undefined }] }),
    1,
  ],
  ['effect in any case', doc({ effect: 'DENY' }), 1],
  ['lists', doc({ action: ['cos:GetObject', 'x'], resource: ['*', 'y'] }), 1],
  ['what does not exist', doc({ action: 'cos:Nothing', resource: 'qcs::nothing', principal: { qcs: ['z'] } }), 1],
  ['unknown elements', doc({ Sid: 'a', comment: { deep: [1] } }, { id: 'b', extra: null }), 1],
  ['an odd Sid', doc({ Sid: 7 }), 1],
  ['a name from the prototype', '{"version":"2.0","__proto__":{"a":1},"constructor":1,"statement":[]}', 0],
  ['conditions', doc({ condition: { ip_equal: { 'qcs:ip ': ['10.0.0.1/24', '::1'] } } }), 1],
  ['a condition on an unknown key', doc({ condition: { string_equal: { 'cos:new': 'x' } } }), 1],
  ['blanks around the JSON', ` \n${doc({})}\n`, 1],
];

/** Texts that are none, and why. */
const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /not JSON/],
  ['no JSON', '{"version"', /not JSON/],
  ['a list', '[]', /not a JSON object/],
  ['null', 'null', /not a JSON object/],
  ['text', '"2.0"', /not a JSON object/],
  ['no version', JSON.stringify({ statement: [OK] }), /version/],
  ['a version that is a number', JSON.stringify({ version: 2, statement: [OK] }), /version/],
  ['the first version', JSON.stringify({ version: '1.0', statement: [OK] }), /version/],
  ['two versions', JSON.stringify({ version: '2.0', Version: '2.0', statement: [OK] }), /version is there twice/],
  ['no statement', JSON.stringify({ version: '2.0' }), /statement 1 is not an object/],
  ['a statement that is text', JSON.stringify({ version: '2.0', statement: ['x'] }), /statement 1 is not an object/],
  [
    'a statement that is a list',
    JSON.stringify({ version: '2.0', statement: [OK, []] }),
    /statement 2 is not an object/,
  ],
  ['no effect', without('effect'), /effect/],
  ['another effect', doc({ effect: 'permit' }), /effect/],
  ['two effects', doc({ Effect: 'deny' }), /effect is there twice/],
  ['no action', without('action'), /action/],
  ['no actions', doc({ action: [] }), /action is empty/],
  ['an action that is a number', doc({ action: 1 }), /action/],
  ['an action among others that is null', doc({ action: ['*', null] }), /action/],
  ['no resource', without('resource'), /resource/],
  ['a resource that is an object', doc({ resource: {} }), /resource/],
  ['no principal', without('principal'), /has no principal/],
  ['a principal that is null', doc({ principal: null }, { principal: '*' }), /principal/],
  ['an empty principal', doc({ principal: {} }), /principal is empty/],
  ['a principal without names', doc({ principal: { qcs: [] } }), /principal is empty/],
  ['a principal that is a number', doc({ principal: { qcs: 5 } }), /principal/],
  ['a condition that is a list', doc({ condition: [] }), /condition is not an object/],
  ['an operator without keys', doc({ condition: { string_equal: 'x' } }), /condition string_equal is not an object/],
  ['no operands', doc({ condition: { string_equal: { 'cos:prefix': [] } } }), /is empty/],
  [
    'an operand that is null',
    doc({ condition: { string_equal: { 'cos:prefix': null } } }),
    /no string, number or boolean/,
  ],
  [
    'an unknown operator',
    doc({ condition: { string_equals: { 'cos:prefix': 'x' } } }),
    /operator string_equals is not known/,
  ],
  [
    'an operator of a prototype',
    doc({ condition: { constructor: { 'cos:prefix': 'x' } } }),
    /operator constructor is not known/,
  ],
  ['a quantifier alone', doc({ condition: { 'for_any_value:': { 'cos:prefix': 'x' } } }), /is not known/],
  ['null_equal with a suffix', doc({ condition: { null_equal_if_exist: { 'cos:prefix': 'true' } } }), /is not known/],
  ['null_equal of text', doc({ condition: { null_equal: { 'cos:prefix': 'x' } } }), /neither true nor false/],
  ['a bad address', doc({ condition: { ip_equal: { 'qcs:ip': '10.0.0.256' } } }), /value of another kind/],
  ['a bad mask', doc({ condition: { ip_not_equal: { 'qcs:ip': '10.0.0.0/33' } } }), /value of another kind/],
  ['a bad mask for IPv6', doc({ condition: { ip_equal: { 'qcs:ip': '::/129' } } }), /value of another kind/],
  ['an empty mask', doc({ condition: { ip_equal: { 'qcs:ip': '10.0.0.0/' } } }), /value of another kind/],
  ['a bad number', doc({ condition: { numeric_equal: { 'cos:content-length': '1k' } } }), /value of another kind/],
  ['a bad date', doc({ condition: { date_less_than: { 'qcs:current_time': '2026-02-30' } } }), /value of another kind/],
  [
    'a bad zone',
    doc({ condition: { date_less_than: { 'qcs:current_time': '2026-02-03T10:00:00CET' } } }),
    /value of another kind/,
  ],
  ['a bad boolean', doc({ condition: { bool_equal: { 'cos:secure-transport': 'yes' } } }), /value of another kind/],
  ['bad base64', doc({ condition: { binary_equal: { 'cos:content-type': 'a' } } }), /value of another kind/],
  ['notAction', doc({ notAction: 'x' }), /notAction is not known/],
  ['NotResource', doc({ NotResource: 'x' }), /NotResource is not known/],
  ['not_principal', doc({ not_principal: 'x' }), /not_principal is not known/],
  ['too long a text', doc({ resource: 'x'.repeat(POLICY_LIMITS.textBytes) }), /longer than 20480 bytes/],
  [
    'too many statements',
    JSON.stringify({ version: '2.0', statement: Array(201).fill({}) }),
    /more than 200 statements/,
  ],
  ['too many values', doc({ action: Array(1001).fill('*') }), /more than 1000 values/],
  [
    'too many conditions',
    doc({ condition: { string_equal: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`k${i}`, 'x'])) } }),
    /more than 200 conditions/,
  ],
  [
    'too deep',
    `{"version":"2.0","statement":[],"x":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
    /nested deeper than 16/,
  ],
];

describe('compilePolicy', () => {
  test.each(ACCEPTED)('takes %s', (_title, text, statements) => {
    expect(compilePolicy(text, BUCKET).statements).toHaveLength(statements);
    expect(() => compilePolicy(normalisePolicy(text), BUCKET)).not.toThrow();
  });

  test.each(REFUSED)('refuses %s', (_title, text, reason) => {
    const attempt = () => compilePolicy(text, BUCKET);
    expect(attempt).toThrow(PolicyError);
    expect(attempt).toThrow(reason);
  });

  test('counts its cases', () => expect(ACCEPTED.length + REFUSED.length).toBe(68));

  test('asks for no principal in user and session policies', () => {
    for (const use of ['user', 'session'] as const) {
      const [statement] = compilePolicy(without('principal'), { ...USER, use }).statements;
      expect(statement).toMatchObject({ effect: 'allow', id: '1', names: { everyone: true } });
    }
  });

  test('leaves prototypes alone', () => {
    const text = doc({ condition: JSON.parse('{"string_equal":{"__proto__":"x"}}') }).replace(
      '"effect"',
      '"__proto__":{"effect":"deny"},"effect"',
    );
    expect(text).toContain('__proto__');
    expect(compilePolicy(text, BUCKET).statements[0]?.effect).toBe('allow');
    expect(({} as { effect?: string }).effect).toBeUndefined();
    expect(() => compilePolicy('{"version":"2.0","__proto__":{"statement":[]}}', BUCKET)).toThrow(PolicyError);
  });

  test('names statements by a Sid that can be shown, else by position', () => {
    const ids = ['first', 'new\nline', 'x'.repeat(65), '', 7].map((Sid) => ({ ...OK, Sid }));
    const text = JSON.stringify({ version: '2.0', statement: [...ids, { ...OK, id: 'last' }] });
    expect(compilePolicy(text, BUCKET).statements.map((s) => s.id)).toEqual(['first', '2', '3', '4', '5', 'last']);
  });

  test('a thousand wildcards do not make it slow', () => {
    const resource = `qcs::cos:::${'a*'.repeat(9_000)}b`;
    const [statement] = compilePolicy(doc({ resource }), BUCKET).statements;
    const request = {
      identity: { kind: 'anonymous' as const },
      actions: ['GetObject'],
      resource: { appid: '1', ownerUin: '2', region: 'r', bucket: 'aaa-1', keys: ['a'.repeat(850)] },
      facts: { get: () => undefined },
    };
    const before = performance.now();
    for (let i = 0; i < 100; i++) expect(statement?.covers(request)).toBe(false);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('normalisePolicy', () => {
  test('writes Statement and version, and keeps what statements hold', () => {
    const text =
      '{"version":"2.0","principal":{"qcs":["a"]},"statement":[{"Sid":"s","action":"*","Effect":"allow","resource":["r"]}],"Id":"i"}';
    expect(normalisePolicy(text)).toBe(
      '{"Statement":[{"Sid":"s","action":"*","Effect":"allow","resource":["r"],"principal":{"qcs":["a"]}}],"Id":"i","version":"2.0"}',
    );
  });

  test('leaves principals of statements alone', () => {
    const statement = [
      { ...OK, principal: 'own' },
      { ...OK, principal: undefined, Principal: 'Own' },
      { effect: 'deny' },
    ];
    const { Statement } = JSON.parse(
      normalisePolicy(JSON.stringify({ Version: '2.0', Principal: 'top', Statement: statement })),
    );
    expect(Statement).toEqual([
      { ...OK, principal: 'own' },
      { ...OK, principal: undefined, Principal: 'Own' },
      { effect: 'deny', Principal: 'top' },
    ]);
  });

  test('makes a list of a single statement, and is at rest after once', () => {
    const once = normalisePolicy(JSON.stringify({ version: '2.0', statement: OK }));
    expect(JSON.parse(once)).toEqual({ Statement: [OK], version: '2.0' });
    expect(normalisePolicy(once)).toBe(once);
  });

  test('refuses what is none', () => expect(() => normalisePolicy('{}')).toThrow(PolicyError));
});

describe('presets', () => {
  const allowed = (name: string, action: string) => {
    const policy = compilePolicy(PRESET_POLICIES.get(name)!, USER);
    const resource = { appid: '1', ownerUin: '2', region: undefined, bucket: undefined, keys: [''] };
    const request = {
      identity: { kind: 'anonymous' as const },
      actions: [action],
      resource,
      facts: { get: () => undefined },
    };
    return policy.statements.some((statement) => statement.covers(request));
  };

  test.each([
    ['QcloudCOSFullAccess', ['DeleteBucket', 'GetObject'], []],
    [
      'QcloudCOSReadOnlyAccess',
      ['GetObject', 'ListParts', 'HeadBucket', 'OptionsObject', 'GetService'],
      ['PutObject', 'DeleteObject'],
    ],
    ['QcloudCOSBucketConfigRead', ['GetBucketCORS', 'HeadBucket'], ['GetObject', 'PutBucketCORS']],
    [
      'QcloudCOSBucketConfigWrite',
      ['PutBucketCORS', 'DeleteBucketPolicy'],
      ['DeleteBucket', 'PutObject', 'GetBucketCORS'],
    ],
    [
      'QcloudCOSDataFullControl',
      ['GetObject', 'PutObject', 'DeleteObject', 'GetBucket'],
      ['PutBucketCORS', 'DeleteBucket'],
    ],
    ['QcloudCOSDataReadOnly', ['GetObject', 'HeadObject', 'GetBucket'], ['PutObject', 'GetBucketCORS']],
    ['QcloudCOSDataWriteOnly', ['PutObject', 'UploadPart'], ['GetObject', 'DeleteObject', 'GetBucket']],
    ['QcloudCOSGetServiceAccess', ['GetService'], ['GetBucket', 'GetObject']],
    ['QcloudCOSListOnly', ['GetService', 'GetBucket'], ['GetObject', 'GetBucketCORS']],
  ])('%s', (name, can, cannot) => {
    expect(can.filter((action) => !allowed(name, action))).toEqual([]);
    expect(cannot.filter((action) => allowed(name, action))).toEqual([]);
  });

  test('there are nine', () => expect(PRESET_POLICIES.size).toBe(9));
});

test('conditions are asked once for all keys of a request, and again for the next', () => {
  const text = doc({ resource: 'qcs::cos:::b-1/*', condition: { string_equal: { 'cos:content-type': 'x' } } });
  const [statement] = compilePolicy(text, BUCKET).statements;
  let asked = 0;
  const requestOf = (type: string) => {
    const facts = { get: () => (asked++ >= 0 ? [type] : undefined) };
    return (key: string) =>
      statement!.covers({
        ...{ identity: ANONYMOUS, actions: ['GetObject'], facts },
        resource: { appid: '1', ownerUin: '2', region: 'r', bucket: 'b-1', keys: [key] },
      });
  };
  const first = requestOf('x');
  expect(['a', 'b', 'c'].map(first)).toEqual([true, true, true]);
  expect(asked).toBe(1);
  expect(requestOf('y')('a')).toBe(false);
  expect(asked).toBe(2);
  expect(first('a')).toBe(true);
});
