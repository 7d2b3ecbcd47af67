/** When a condition holds: spec/access.md §5. */
import { describe, expect, test } from 'vitest';
import { referenceVerdict, type Scenario } from '../fixture.ts';
import { policy, SCENARIO, verdictOf, WHO } from './fixture.ts';

type Value = string | readonly string[] | undefined;
type Row = readonly [operator: string, key: string, operands: unknown, request: Value, holds: boolean];

const IP = 'qcs:ip';
const TYPE = 'cos:content-type';
const LENGTH = 'cos:content-length';
const NOW = 'qcs:current_time';
const TAG = 'qcs:request_tag';
const NOON = '2026-03-01T12:00:00Z';

/** Operator, key, operands, values of the request (undefined: absent), whether it holds – for allow and for deny. */
const ROWS: readonly Row[] = [
  // strings
  ['string_equal', TYPE, 'image/png', 'image/png', true],
  ['string_equal', TYPE, 'image/png', 'image/PNG', false],
  ['string_equal', TYPE, ['a', 'image/png'], 'image/png', true],
  ['string_equal', TYPE, ['a', 'b'], 'image/png', false],
  ['string_equal', TYPE, 'image/*', 'image/png', false],
  ['string_equal', TYPE, 'image/*', 'image/*', true],
  ['string_equal', TYPE, '', '', true],
  ['string_equal', TYPE, 'image/png', undefined, false],
  ['string_equal', TYPE, 7, '7', true],
  ['string_equal', TYPE, true, 'true', true],
  ['String_Equal', TYPE, 'a', 'a', true],
  ['STRING_EQUAL', ' Cos:Content-Type ', 'a', 'a', true],
  ['string_equal ', 'cos: content-type', 'a', 'a', true],
  ['string_not_equal', TYPE, 'image/png', 'image/gif', true],
  ['string_not_equal', TYPE, 'image/png', 'image/png', false],
  ['string_not_equal', TYPE, ['a', 'b'], 'a', false],
  ['string_not_equal', TYPE, ['a', 'b'], 'b', false],
  ['string_not_equal', TYPE, ['a', 'b'], 'c', true],
  ['string_not_equal', TYPE, 'a', undefined, false],
  ['string_equal_ignore_case', TYPE, 'Image/PNG', 'image/png', true],
  ['string_equal_ignore_case', TYPE, 'image/png', 'image/gif', false],
  ['string_equal_ignore_case', TYPE, ['X', 'IMAGE/GIF'], 'image/gif', true],
  ['string_not_equal_ignore_case', TYPE, 'IMAGE/PNG', 'image/png', false],
  ['string_not_equal_ignore_case', TYPE, 'IMAGE/PNG', 'image/gif', true],
  ['string_not_equal_ignore_case', TYPE, 'IMAGE/PNG', undefined, false],
  ['string_like', TYPE, 'image/*', 'image/png', true],
  ['string_like', TYPE, 'image/*', 'Image/png', false],
  ['string_like', TYPE, '*png', 'image/png', true],
  ['string_like', TYPE, '*age*', 'image/png', true],
  ['string_like', TYPE, 'i*e/*g', 'image/png', true],
  ['string_like', TYPE, 'image', 'image/png', false],
  ['string_like', TYPE, '*', '', true],
  ['string_like', TYPE, ['text/*', 'image/*'], 'image/png', true],
  ['string_like', TYPE, '*', undefined, false],
  ['string_not_like', TYPE, 'image/*', 'image/png', false],
  ['string_not_like', TYPE, 'image/*', 'text/plain', true],
  ['string_not_like', TYPE, ['image/*', 'text/*'], 'text/plain', false],
  ['string_not_like', TYPE, 'image/*', undefined, false],
  ['binary_equal', TYPE, 'aW1hZ2UvcG5n', 'image/png', true],
  ['binary_equal', TYPE, 'aW1hZ2UvcG5n', 'image/gif', false],
  ['binary_equal', TYPE, ['AAA=', '5Zu+'], '图', true],
  ['binary_equal', TYPE, 'aW1hZ2UvcG5n', undefined, false],
  // addresses
  ['ip_equal', IP, '10.0.0.1', '10.0.0.1', true],
  ['ip_equal', IP, '10.0.0.1', '10.0.0.2', false],
  ['ip_equal', IP, '10.0.0.0/8', '10.200.3.4', true],
  ['ip_equal', IP, '10.0.0.0/8', '11.0.0.1', false],
  ['ip_equal', IP, '10.217.182.3/24', '10.217.182.200', true],
  ['ip_equal', IP, '10.217.182.3/24', '10.217.183.3', false],
  ['ip_equal', IP, '0.0.0.0/0', '8.8.8.8', true],
  ['ip_equal', IP, '10.0.0.0/31', '10.0.0.1', true],
  ['ip_equal', IP, '10.0.0.0/31', '10.0.0.2', false],
  ['ip_equal', IP, ['192.168.1.0/24', '101.226.100.185'], '101.226.100.185', true],
  ['ip_equal', IP, ['192.168.1.0/24', '101.226.100.185'], '101.226.100.186', false],
  ['ip_equal', IP, '2001:db8::/32', '2001:db8:1::5', true],
  ['ip_equal', IP, '2001:db8::/32', '2001:db9::5', false],
  ['ip_equal', IP, '2001:DB8::0:1', '2001:db8::1', true],
  ['ip_equal', IP, '2001:db8:0:ffff::1/64', '2001:db8:0:ffff:1::', true],
  ['ip_equal', IP, '10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['ip_equal', IP, '10.0.0.0/8', '::1', false],
  ['ip_equal', IP, '::1', '127.0.0.1', false],
  ['ip_equal', IP, '10.0.0.0/8', 'unknown', false],
  ['ip_equal', IP, '10.0.0.0/8', undefined, false],
  ['Ip_equal', 'qcs:ip ', '10.0.0.0/8', '10.0.0.1', true],
  ['ip_not_equal', IP, '10.0.0.0/8', '11.0.0.1', true],
  ['ip_not_equal', IP, '10.0.0.0/8', '10.0.0.1', false],
  ['ip_not_equal', IP, ['10.0.0.0/8', '11.0.0.0/8'], '11.0.0.1', false],
  ['ip_not_equal', IP, ['10.0.0.0/8', '11.0.0.0/8'], '12.0.0.1', true],
  ['ip_not_equal', IP, '10.0.0.0/8', 'unknown', false],
  ['ip_not_equal', IP, '10.0.0.0/8', undefined, false],
  // numbers
  ['numeric_equal', LENGTH, '10', '10', true],
  ['numeric_equal', LENGTH, 10, '10', true],
  ['numeric_equal', LENGTH, '10', '010', true],
  ['numeric_equal', LENGTH, ['1', '10'], '10', true],
  ['numeric_equal', LENGTH, '10', '11', false],
  ['numeric_equal', LENGTH, '10', 'x', false],
  ['numeric_equal', LENGTH, '10', '', false],
  ['numeric_equal', LENGTH, '10', undefined, false],
  ['numeric_equal', 'cos:tls-version', 1.2, '1.2', true],
  ['numeric_equal', 'cos:tls-version', '1.20', '1.2', true],
  ['numeric_not_equal', LENGTH, '10', '11', true],
  ['numeric_not_equal', LENGTH, '10', '10', false],
  ['numeric_not_equal', LENGTH, ['10', '11'], '11', false],
  ['numeric_not_equal', LENGTH, '10', 'x', false],
  ['numeric_not_equal', LENGTH, '10', undefined, false],
  ['numeric_greater_than', LENGTH, '10', '11', true],
  ['numeric_greater_than', LENGTH, '10', '10', false],
  ['numeric_greater_than', LENGTH, '10', '9', false],
  ['numeric_greater_than', LENGTH, ['20', '10'], '15', true],
  ['numeric_greater_than_equal', LENGTH, '10', '10', true],
  ['numeric_greater_than_equal', LENGTH, '10', '9', false],
  ['numeric_greater_than_equal', 'cos:tls-version', '1.2', '1.3', true],
  ['numeric_less_than', LENGTH, '10', '9', true],
  ['numeric_less_than', LENGTH, '10', '10', false],
  ['numeric_less_than', LENGTH, '-1', '-2', true],
  ['numeric_less_than', 'cos:tls-version', 1.2, '1.1', true],
  ['numeric_less_than', LENGTH, '10', undefined, false],
  ['numeric_less_than_equal', LENGTH, '10', '10', true],
  ['numeric_less_than_equal', LENGTH, '10', '11', false],
  ['numeric_less_than_equal', LENGTH, '1048576', '999999', true],
  // dates
  ['date_equal', NOW, NOON, NOON, true],
  ['date_equal', NOW, '2026-03-01T20:00:00+08:00', NOON, true],
  ['date_equal', NOW, '2026-03-01T20:00:00+0800', NOON, true],
  ['date_equal', NOW, '2026-03-01T12:00:00', NOON, true],
  ['date_equal', NOW, '2026-03-01', '2026-03-01T00:00:00Z', true],
  ['date_equal', NOW, '2026-03-01T12:00:00.5Z', NOON, false],
  ['date_equal', NOW, NOON, 'soon', false],
  ['date_not_equal', NOW, '2026-03-01T12:00:01Z', NOON, true],
  ['date_not_equal', NOW, NOON, NOON, false],
  ['date_less_than', NOW, '2026-03-01T12:00:01Z', NOON, true],
  ['date_less_than', NOW, NOON, NOON, false],
  ['date_less_than_equal', NOW, NOON, NOON, true],
  ['date_less_than_equal', NOW, '2026-03-01T11:59:59Z', NOON, false],
  ['date_greater_than', NOW, '2026-02-28T23:00:00-02:00', NOON, true],
  ['date_greater_than', NOW, NOON, NOON, false],
  ['date_greater_than_equal', NOW, NOON, NOON, true],
  ['date_greater_than_equal', NOW, '2027-01-01', NOON, false],
  ['date_greater_than', NOW, NOON, undefined, false],
  // booleans
  ['bool_equal', 'cos:secure-transport', 'true', 'true', true],
  ['bool_equal', 'cos:secure-transport', true, 'true', true],
  ['bool_equal', 'cos:secure-transport', 'True', 'true', true],
  ['bool_equal', 'cos:secure-transport', false, 'true', false],
  ['bool_equal', 'cos:secure-transport', 'false', 'false', true],
  ['bool_equal', 'cos:secure-transport', ['true', 'false'], 'false', true],
  ['bool_equal', 'cos:secure-transport', 'true', undefined, false],
  ['bool_equal', 'cos:secure-transport', 'false', 'maybe', false],
  // presence
  ['null_equal', TYPE, 'true', undefined, true],
  ['null_equal', TYPE, 'true', 'a', false],
  ['null_equal', TYPE, 'false', 'a', true],
  ['null_equal', TYPE, false, undefined, false],
  ['null_equal', TYPE, true, undefined, true],
  ['null_equal', TYPE, ['true', 'false'], 'a', true],
  ['Null_Equal', TAG, 'true', [], true],
  ['null_equal', 'qcs:vpc', 'true', undefined, true],
  ['null_equal', 'qcs:mfa', 'true', undefined, true],
  ['null_equal', 'cos:nonsense', 'true', undefined, false],
  ['null_equal', 'cos:nonsense', 'false', undefined, false],
  // _if_exist
  ['string_equal_if_exist', TYPE, 'a', undefined, true],
  ['string_equal_if_exist', TYPE, 'a', 'a', true],
  ['string_equal_if_exist', TYPE, 'a', 'b', false],
  ['string_not_equal_if_exist', TYPE, 'a', undefined, true],
  ['string_not_equal_if_exist', TYPE, 'a', 'a', false],
  ['ip_equal_if_exist', IP, '10.0.0.0/8', undefined, true],
  ['numeric_less_than_if_exist', LENGTH, '10', undefined, true],
  ['numeric_less_than_if_exist', LENGTH, '10', '11', false],
  ['date_less_than_if_exist', NOW, NOON, undefined, true],
  ['bool_equal_if_exist', 'cos:secure-transport', 'true', undefined, true],
  ['String_Like_If_Exist', TYPE, 'a*', undefined, true],
  ['string_equal_if_exist', 'cos:nonsense', 'a', undefined, false],
  // several values in the request
  ['for_any_value:string_equal', TAG, ['a&1', 'b&2'], ['b&2', 'c&3'], true],
  ['for_any_value:string_equal', TAG, ['a&1', 'b&2'], ['c&3', 'd&4'], false],
  ['for_any_value:string_equal', TAG, ['a&1'], undefined, false],
  ['for_any_value:string_equal_if_exist', TAG, ['a&1'], undefined, true],
  ['for_any_value:string_not_equal', TAG, ['a&1'], ['a&1', 'b&2'], true],
  ['for_any_value:string_not_equal', TAG, ['a&1'], ['a&1'], false],
  ['for_any_value:string_like', TAG, ['a&*'], ['b&1', 'a&9'], true],
  ['for_all_value:string_equal', TAG, ['a&1', 'b&2'], ['a&1', 'b&2'], true],
  ['for_all_value:string_equal', TAG, ['a&1', 'b&2'], ['a&1'], true],
  ['for_all_value:string_equal', TAG, ['a&1', 'b&2'], ['a&1', 'c&3'], false],
  ['for_all_value:string_equal', TAG, ['a&1'], undefined, false],
  ['for_all_value:string_equal', TAG, ['a&1'], [], false],
  ['for_all_value:string_equal_if_exist', TAG, ['a&1'], [], true],
  ['for_all_value:string_not_equal', TAG, ['a&1'], ['b&2', 'c&3'], true],
  ['for_all_value:string_not_equal', TAG, ['a&1'], ['a&1', 'c&3'], false],
  ['For_All_Value:String_Like', TAG, ['a&*'], ['a&1', 'a&2'], true],
  ['string_equal', TAG, 'a&1', ['a&1', 'b&2'], true],
  ['string_not_equal', TAG, 'a&1', ['a&1', 'b&2'], false],
  ['string_not_equal', TAG, 'a&1', ['c&3', 'b&2'], true],
  ['string_equal', 'qcs:resource_tag', 'team&blue', ['team&blue'], true],
  // every other key
  ['string_equal', 'qcs:vpc', 'vpc-1', 'vpc-1', true],
  ['string_equal', 'qcs:vpc', 'vpc-1', undefined, false],
  ['string_equal', 'vpc:requester_vpc', 'vpc-1', 'vpc-1', true],
  ['string_equal', 'cos:x-cos-storage-class', 'STANDARD_IA', 'STANDARD_IA', true],
  ['string_equal', 'cos:x-cos-acl', 'private', 'public-read', false],
  ['string_equal', 'cos:x-cos-acl', 'private', 'private', true],
  ['string_equal', 'qcs:mfa', '1', undefined, false],
  ['string_equal', 'cos:nonsense', 'a', 'a', false],
  ['string_not_equal', 'cos:nonsense', 'a', 'b', false],
  ['string_equal', '__proto__x', 'a', 'a', false],
  ['string_equal', 'qcs:uin', '100000000011', undefined, true],
  ['string_equal', 'qcs:uin', '100000000012', '100000000012', false],
  ['string_equal', 'qcs:owner_uin', '100000000001', undefined, true],
  ['string_equal', 'qcs:uin', '${uin}', undefined, true],
  ['string_equal', TYPE, 'u/${uin}', 'u/100000000011', true],
  ['string_like', TYPE, 'u/${owner_uin}/*', 'u/100000000001/x', true],
  ['string_like', TYPE, 'u/${uin}/*', 'u/100000000012/x', false],
  ['string_equal_ignore_case', TYPE, 'U/${uin}', 'u/100000000011', true],
  // values of query parameters are written percent-encoded
  ['string_equal', 'cos:prefix', 'folder1%2F', 'folder1/', true],
  ['string_equal', 'cos:prefix', 'folder1', 'folder1', true],
  ['string_equal', 'cos:prefix', 'folder1%2F', 'folder2/', false],
  ['string_equal', 'cos:prefix', '%E5%9B%BE%20%2A%21%27%28%29~-._', "图 *!'()~-._", true],
  ['string_equal', 'cos:prefix', '', '', true],
  ['string_equal', 'cos:prefix', '%EF%BF%BD', '\ud800', true],
  ['string_like', 'cos:prefix', 'folder1%2F*', 'folder1/sub/', true],
  ['string_not_equal', 'cos:prefix', 'folder1%2F', 'folder1/', false],
  ['string_not_equal', 'cos:prefix', 'folder1%2F', 'folder2/', true],
  ['string_equal', 'cos:response-content-type', 'image%2Fjpeg', 'image/jpeg', true],
  ['string_equal', 'cos:versionid', 'MTg0NDUx', 'MTg0NDUx', true],
  ['string_equal', 'cos:versionid', 'null', 'null', true],
  ['string_equal', 'cos:versionid', '', '', false],
  ['string_not_equal_if_exist', 'cos:versionid', 'x', '', true],
  ['null_equal', 'cos:versionid', 'true', '', true],
  ['string_equal', TYPE, 'image%2Fpng', 'image/png', false],
];

const statement = (effect: string, condition: unknown) => ({ effect, action: '*', resource: '*', condition });
const ALL = policy({ effect: 'allow', action: '*', resource: '*' });

function check(effect: string, condition: unknown, facts: Record<string, readonly string[]>, holds: boolean): void {
  const mine = policy(statement(effect, condition));
  const scenario = { ...SCENARIO, facts, policies: effect === 'allow' ? [mine] : [ALL, mine] };
  const verdict = effect === 'allow' ? (holds ? 'allow' : 'undecided') : holds ? 'deny' : 'allow';
  expect([effect, verdictOf(scenario)]).toEqual([effect, verdict]);
  expect([effect, referenceVerdict(scenario)]).toEqual([effect, verdict]);
}

const factsOf = (key: string, value: Value) =>
  value === undefined ? {} : { [key.replace(/ /g, '').toLowerCase()]: typeof value === 'string' ? [value] : value };

describe('conditions', () => {
  test.each(ROWS)('%s of %s: %j for %j: %s', (operator, key, operands, value, holds) => {
    for (const effect of ['allow', 'deny'])
      check(effect, { [operator]: { [key]: operands } }, factsOf(key, value), holds);
  });

  /** Values of query parameters written plainly: equal for allow, not for deny. */
  test.each([
    ['string_equal', 'cos:prefix', 'folder1/', 'folder1/', true, false],
    ['string_like', 'cos:prefix', 'folder1/*', 'folder1/x', true, false],
    ['string_not_equal', 'cos:prefix', 'folder1/', 'folder1/', false, true],
    ['string_not_like', 'cos:prefix', 'folder1/*', 'folder1/x', false, true],
    ['string_equal', 'cos:response-content-type', 'image/jpeg', 'image/jpeg', true, false],
    ['string_equal', 'cos:versionid', 'a+b', 'a+b', true, false],
  ] as const)('%s of %s: %j for %j: allow %s, deny %s', (operator, key, operand, value, allows, denies) => {
    check('allow', { [operator]: { [key]: operand } }, { [key]: [value] }, allows);
    check('deny', { [operator]: { [key]: operand } }, { [key]: [value] }, denies);
  });

  /** Several keys and operators: all must hold. */
  test.each([
    [{ string_equal: { [TYPE]: 'a', 'cos:x-cos-acl': 'private' } }, true],
    [{ string_equal: { [TYPE]: 'a', 'cos:x-cos-acl': 'other' } }, false],
    [{ string_equal: { [TYPE]: 'b', 'cos:x-cos-acl': 'private' } }, false],
    [{ string_equal: { [TYPE]: 'a' }, ip_equal: { [IP]: '10.0.0.0/8' } }, true],
    [{ string_equal: { [TYPE]: 'a' }, ip_equal: { [IP]: '11.0.0.0/8' } }, false],
    [{ string_equal: { [TYPE]: 'a' }, String_Equal: { [TYPE]: 'b' } }, false],
    [{ numeric_greater_than: { [LENGTH]: 5 }, numeric_less_than: { [LENGTH]: 15 } }, true],
    [{}, true],
    [{ string_equal: {} }, true],
  ])('%j: %s', (condition, holds) => {
    const facts = { [TYPE]: ['a'], 'cos:x-cos-acl': ['private'], [IP]: ['10.0.0.1'], [LENGTH]: ['10'] };
    for (const effect of ['allow', 'deny']) check(effect, condition, facts, holds);
  });

  test('the anonymous have no uin', () => {
    for (const [operator, holds] of [
      ['string_equal', false],
      ['string_not_equal', false],
      ['string_not_equal_if_exist', true],
    ] as const) {
      for (const key of ['qcs:uin', 'qcs:owner_uin']) {
        const open = { principal: '*', ...statement('allow', { [operator]: { [key]: '1' } }) };
        const scenario = { ...SCENARIO, who: WHO.anonymous, bucketPolicy: policy(open), facts: { [key]: ['1'] } };
        expect(verdictOf(scenario)).toBe(holds ? 'allow' : 'undecided');
        expect(referenceVerdict(scenario)).toBe(holds ? 'allow' : 'undecided');
      }
    }
  });

  test('what is too long to be looked at is denied where it is denied, and not allowed where it is allowed', () => {
    const long = { [TYPE]: ['a'.repeat(1_025)] };
    const just = { [TYPE]: ['a'.repeat(1_024)] };
    const verdict = (effect: 'allow' | 'deny', facts: Scenario['facts']) => {
      const own = statement(effect, { string_like: { [TYPE]: 'b*' } });
      return verdictOf({ ...SCENARIO, policies: [policy(own)], facts });
    };
    expect(verdict('deny', long)).toBe('deny');
    expect(verdict('deny', just)).toBe('undecided');
    const any = statement('allow', { string_like: { [TYPE]: 'a*' } });
    expect(verdictOf({ ...SCENARIO, policies: [policy(any)], facts: long })).toBe('undecided');
    expect(verdictOf({ ...SCENARIO, policies: [policy(any)], facts: just })).toBe('allow');
  });

  test('counts its cases', () => expect(ROWS).toHaveLength(202));
});
