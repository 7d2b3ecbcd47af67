/** Which resources a statement covers: spec/access.md §4.1, §4.2, §10. */
import { describe, expect, test } from 'vitest';
import { referenceVerdict, type Scenario } from '../fixture.ts';
import { APPID, BUCKET, OWNER, policy, SCENARIO, verdictOf, WHO } from './fixture.ts';

type Row = readonly [resource: string | readonly string[], keys: string, covered: boolean, Partial<Scenario>?];

const IN = `qcs::cos:ap-guangzhou:uid/${APPID}:`;
const SERVICE = { bucket: undefined, region: undefined };
const AT = { region: 'ap-beijing' };

/** Resource of the statement, key of the request (`''` the bucket; several by `|`), whether it is covered. */
const ROWS: readonly Row[] = [
  ['*', 'doc/a.txt', true],
  ['*', '', true],
  ['*', '', true, SERVICE],
  // the service needs the bare form
  [`${IN}*`, '', false, SERVICE],
  ['qcs::cos:::*', '', false, SERVICE],
  // objects
  [`${IN}${BUCKET}/doc/a.txt`, 'doc/a.txt', true],
  [`${IN}${BUCKET}/doc/a.txt`, 'doc/a.txt2', false],
  [`${IN}${BUCKET}/doc/a.txt`, 'doc/a', false],
  [`${IN}${BUCKET}/doc/a.txt`, 'Doc/a.txt', false],
  [`${IN}${BUCKET}/doc/*`, 'doc/a.txt', true],
  [`${IN}${BUCKET}/doc/*`, 'doc/x/y/z', true],
  [`${IN}${BUCKET}/doc/*`, 'doc/', true],
  [`${IN}${BUCKET}/doc/*`, 'doc', false],
  [`${IN}${BUCKET}/doc/*`, 'docs/a', false],
  [`${IN}${BUCKET}/doc/*`, '', false],
  [`${IN}${BUCKET}/doc*`, 'docs/a', true],
  [`${IN}${BUCKET}/*`, 'doc/a.txt', true],
  [`${IN}${BUCKET}/*`, '', true],
  [`${IN}${BUCKET}/*.txt`, 'doc/a.txt', true],
  [`${IN}${BUCKET}/*.txt`, 'doc/a.txt.bak', false],
  [`${IN}${BUCKET}/d*/*.txt`, 'doc/a.txt', true],
  [`${IN}${BUCKET}/d*b*.txt`, 'doc/a.txt', false],
  [`${IN}${BUCKET}/a*a`, 'a', false],
  [`${IN}${BUCKET}/a*a`, 'aa', true],
  [`${IN}${BUCKET}/ab*ba`, 'aba', false],
  [`${IN}${BUCKET}/**`, 'doc/a.txt', true],
  [`${IN}${BUCKET}/a?c`, 'abc', false],
  [`${IN}${BUCKET}/a?c`, 'a?c', true],
  [`${IN}${BUCKET}/a.c`, 'abc', false],
  [`${IN}${BUCKET}/[ab]`, 'a', false],
  [`${IN}${BUCKET}/a:b:c`, 'a:b:c', true],
  [`${IN}${BUCKET}/图 片/*`, '图 片/1', true],
  [`${IN}${BUCKET}/a%20b`, 'a b', false],
  [`${IN}${BUCKET}/a b`, 'a b', true],
  [`${IN}${BUCKET}/line\nbreak`, 'line\nbreak', true],
  [`${IN}${BUCKET}/*`, 'line\nbreak', true],
  [`${IN}${BUCKET}/*`, '/', true],
  [`${IN}${BUCKET}//x`, '/x', true],
  // the bucket itself
  [`${IN}${BUCKET}/`, '', true],
  [`${IN}${BUCKET}`, '', true],
  [`${IN}${BUCKET}/`, 'doc/a.txt', false],
  [`${IN}${BUCKET}`, 'doc/a.txt', false],
  [`${IN}${BUCKET}*`, 'doc/a.txt', true],
  // other buckets
  [`${IN}other-${APPID}/*`, 'doc/a.txt', false],
  [`${IN}${BUCKET}1/*`, 'doc/a.txt', false],
  [`${IN}*`, 'doc/a.txt', true],
  [`${IN}*`, '', true],
  [`${IN}*/*`, 'doc/a.txt', true],
  [`${IN}*/*`, '', true],
  [`${IN}de*`, 'doc/a.txt', true],
  [`${IN}de*`, '', true],
  [`${IN}fe*`, '', false],
  [`${IN}*-${APPID}`, '', true],
  [`${IN}*-${APPID}/doc/*`, 'doc/a.txt', true],
  [`${IN}`, '', false],
  // regions
  [`qcs::cos::uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', true],
  [`qcs::cos:*:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', true],
  [`qcs::cos:*:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', true, AT],
  [`${IN}${BUCKET}/*`, 'doc/a.txt', false, AT],
  [`qcs::cos:ap-*:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', true, AT],
  [`qcs::cos:eu-*:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', false, AT],
  [`qcs::cos:gz:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', false],
  // accounts
  [`qcs::cos:ap-guangzhou:uin/${OWNER}:${BUCKET}/*`, 'doc/a.txt', true],
  [`qcs::cos:ap-guangzhou:uin/200000000001:${BUCKET}/*`, 'doc/a.txt', false],
  [`qcs::cos:ap-guangzhou:uid/1260000000:${BUCKET}/*`, 'doc/a.txt', false],
  [`qcs::cos:ap-guangzhou:uid/${OWNER}:${BUCKET}/*`, 'doc/a.txt', false],
  [`qcs::cos:ap-guangzhou:uid/*:${BUCKET}/*`, 'doc/a.txt', true],
  [`qcs::cos:ap-guangzhou:*:${BUCKET}/*`, 'doc/a.txt', true],
  [`qcs::cos:ap-guangzhou::${BUCKET}/*`, 'doc/a.txt', true],
  ['qcs::cos:::*', 'doc/a.txt', true],
  ['qcs::cos:::*', 'doc/a.txt', false, { appid: '1260000000', ownerUin: '200000000001', bucket: 'x-1260000000' }],
  [`qcs::cos:ap-guangzhou:${APPID}:${BUCKET}/*`, 'doc/a.txt', false],
  // project and service
  [`qcs:id/0:cos:ap-guangzhou:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', true],
  [`qcs::cvm:ap-guangzhou:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', false],
  [`qcs::*:ap-guangzhou:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', true],
  [`QCS::cos:ap-guangzhou:uid/${APPID}:${BUCKET}/*`, 'doc/a.txt', false],
  [`${BUCKET}/*`, 'doc/a.txt', false],
  ['qcs::cos', 'doc/a.txt', false],
  ['', 'doc/a.txt', false],
  ['**', 'doc/a.txt', false],
  // the form without APPID in the bucket's name
  [`${IN}prefix//${APPID}/demo/*`, 'doc/a.txt', true],
  [`${IN}prefix//${APPID}/demo/*`, '', true],
  [`${IN}prefix//${APPID}/demo/doc/*`, 'doc/a.txt', true],
  [`${IN}prefix//${APPID}/demo/doc/*`, 'pic/a.txt', false],
  [`${IN}prefix//${APPID}/demo/doc/a.txt`, 'doc/a.txt', true],
  [`${IN}prefix//${APPID}/demo/doc/a.txt`, 'doc/a.txt2', false],
  [`${IN}prefix//${APPID}/demo/doc/`, 'doc/a.txt', false],
  [`${IN}prefix//${APPID}/demo`, '', true],
  [`${IN}prefix//${APPID}/demo`, 'doc/a.txt', false],
  [`${IN}prefix//${APPID}/*`, 'doc/a.txt', true],
  [`${IN}prefix//${APPID}/other/*`, 'doc/a.txt', false],
  [`${IN}prefix//1260000000/demo/*`, 'doc/a.txt', false],
  [`${IN}prefix//${APPID}/${BUCKET}/*`, 'doc/a.txt', false],
  [`${IN}prefix//${APPID}/demo/a//b`, 'a//b', true],
  // the form that names the bucket twice
  [`${IN}${BUCKET}//${APPID}/demo/doc/*`, 'doc/a.txt', true],
  [`${IN}${BUCKET}//${APPID}/demo/doc/*`, 'pic/a.txt', false],
  [`${IN}${BUCKET}//${APPID}/demo/*`, '', true],
  [`${IN}${BUCKET}//${APPID}/demo/doc/*`, `/${APPID}/demo/doc/x`, true],
  [`${IN}${BUCKET}//${APPID}/other/doc/*`, 'doc/a.txt', false],
  [`${IN}${BUCKET}//1260000000/demo/doc/*`, 'doc/a.txt', false],
  // lists
  [[`${IN}other-${APPID}/*`, `${IN}${BUCKET}/doc/*`], 'doc/a.txt', true],
  [[`${IN}other-${APPID}/*`, `${IN}${BUCKET}/pic/*`], 'doc/a.txt', false],
  [['nonsense', '*'], 'doc/a.txt', true],
  // listings ask about the bucket and about their prefix
  [`${IN}${BUCKET}/doc/*`, '|doc/', true],
  [`${IN}${BUCKET}/doc/*`, '|doc/sub', true],
  [`${IN}${BUCKET}/doc/*`, '|doc', false],
  [`${IN}${BUCKET}/doc/*`, '|', false],
  [`${IN}${BUCKET}/`, '|doc/', true],
  // variables
  [`${IN}${BUCKET}/users/\${uin}/*`, 'users/100000000011/x', true],
  [`${IN}${BUCKET}/users/\${uin}/*`, 'users/100000000012/x', false],
  [`${IN}${BUCKET}/users/\${uin}/*`, 'users/100000000012/x', true, { who: WHO.user2 }],
  [`${IN}${BUCKET}/\${owner_uin}/\${uin}`, `${OWNER}/100000000011`, true],
  [`${IN}${BUCKET}/\${app_id}`, APPID, true],
  ['qcs::cos:ap-guangzhou:uid/${app_id}:demo-${app_id}/*', 'doc/a.txt', true],
  ['qcs::cos:ap-guangzhou:uin/${owner_uin}:*', 'doc/a.txt', true],
  [`${IN}${BUCKET}/\${name}`, '${name}', true],
  [`${IN}${BUCKET}/\${UIN}`, '100000000011', false],
  [`${IN}${BUCKET}/\${uin`, '${uin', true],
];

describe('resources', () => {
  test.each(ROWS.map(([resource, keys, covered, over]) => [resource, keys, covered, over ?? {}] as const))(
    '%j for %j: %s',
    (resource, keys, covered, over) => {
      const statement = (effect: string) => ({ effect, action: '*', resource });
      const scenario: Scenario = { ...SCENARIO, keys: keys.split('|'), ...over };
      const allowing = { ...scenario, policies: [policy(statement('allow'))] };
      const denying = { ...scenario, policies: [policy(statement('deny'))] };
      const home = scenario.ownerUin === OWNER;
      expect(verdictOf(allowing)).toBe(covered && home ? 'allow' : 'undecided');
      expect(verdictOf(denying)).toBe(covered ? 'deny' : 'undecided');
      for (const each of [allowing, denying]) expect(referenceVerdict(each)).toBe(verdictOf(each));
    },
  );

  test('the anonymous have no values for variables', () => {
    const statement = { principal: '*', effect: 'allow', action: '*', resource: `${IN}${BUCKET}/*\${uin}*` };
    const open = { ...SCENARIO, bucketPolicy: policy(statement), keys: ['undefined'], who: WHO.anonymous };
    expect(verdictOf(open)).toBe('undecided');
    expect(referenceVerdict(open)).toBe('undecided');
  });

  test('a bucket policy that names no account means the owner of the bucket', () => {
    const bucketPolicy = policy({ principal: '*', effect: 'allow', action: '*', resource: 'qcs::cos:::*' });
    for (const who of [WHO.anonymous, WHO.foreignUser]) {
      expect(verdictOf({ ...SCENARIO, bucketPolicy, who })).toBe('allow');
    }
  });

  test('counts its cases', () => expect(ROWS).toHaveLength(118));
});
