/** Whom a bucket policy names: spec/access.md §1. */
import { describe, expect, test } from 'vitest';
import { referenceVerdict } from '../fixture.ts';
import { FOREIGN, OWNER, policy, SCENARIO, verdictOf, WHO, type WhoName } from './fixture.ts';

const ALL: readonly WhoName[] = [
  'anonymous',
  'root',
  'user',
  'user2',
  'role',
  'foreignRoot',
  'foreignUser',
  'foreignRole',
];
const FOREIGN_ALL: readonly WhoName[] = ['foreignRoot', 'foreignUser', 'foreignRole'];

/** Principal, and whom an allow for it lets in besides the owner's root; foreign ones have all rights at home. */
const ROWS: readonly (readonly [principal: unknown, lets: readonly WhoName[]])[] = [
  ['*', ALL],
  [['*'], ALL],
  [{ qcs: '*' }, ALL],
  [{ qcs: ['*'] }, ALL],
  [{ Qcs: ['*'] }, ALL],
  [{ qcs: ['qcs::cam::anyone:anyone'] }, ALL],
  [{ qcs: ['qcs::cam::anonymous:anonymous'] }, ALL],
  [{ qcs: ['qcs: : cam: : anonymous: anonymous'] }, ALL],
  [{ qcs: [' * '] }, ALL],
  [{ qcs: [`qcs::cam::uin/${OWNER}:uin/${OWNER}`] }, []],
  [{ qcs: [`qcs::cam::uin/${OWNER}:root`] }, []],
  [{ qcs: [`qcs::cam::uin/${OWNER}:uin/100000000011`] }, ['user']],
  [{ qcs: `qcs::cam::uin/${OWNER}:uin/100000000011` }, ['user']],
  [`qcs::cam::uin/${OWNER}:uin/100000000011`, ['user']],
  [{ qcs: [`qcs::cam:: uin/${OWNER} : uin/100000000011`] }, ['user']],
  [{ qcs: [`qcs::cam::uin/${OWNER}:uin/100000000011`, `qcs::cam::uin/${OWNER}:uin/100000000012`] }, ['user', 'user2']],
  [{ qcs: [`qcs::cam::uin/${OWNER}:uin/*`] }, ['user', 'user2']],
  [{ qcs: [`qcs::cam::uin/${OWNER}:uin/1*`] }, []],
  [{ qcs: [`qcs::cam::uin/${FOREIGN}:uin/100000000011`] }, []],
  [{ qcs: [`qcs::cam::uin/${OWNER}:role/4611686018427397919`] }, ['role']],
  [{ qcs: [`qcs::cam::uin/${OWNER}:roleName/uploader`] }, ['role']],
  [{ qcs: [`qcs::cam::uin/${OWNER}:roleName/Uploader`] }, []],
  [{ qcs: [`qcs::cam::uin/${OWNER}:role/uploader`] }, []],
  [{ qcs: [`qcs::cam::uin/${OWNER}:uin/4611686018427397919`] }, []],
  [{ qcs: [`qcs::cam::uin/${OWNER}:role/100000000011`] }, []],
  [{ qcs: [`qcs::cam::uin/${OWNER}:groupid/100000000011`] }, []],
  [{ qcs: [`qcs::cam::uin/${FOREIGN}:uin/${FOREIGN}`] }, FOREIGN_ALL],
  [{ qcs: [`qcs::cam::uin/${FOREIGN}:root`] }, FOREIGN_ALL],
  [{ qcs: [`qcs::cam::uin/${FOREIGN}:uin/200000000011`] }, ['foreignUser']],
  [{ qcs: [`qcs::cam::uin/${FOREIGN}:uin/*`] }, ['foreignUser']],
  [{ qcs: [`qcs::cam::uin/${FOREIGN}:roleName/uploader`] }, ['foreignRole']],
  [{ qcs: ['qcs::cam::uin/999:uin/999'] }, []],
  [{ service: ['scf.qcloud.com'] }, []],
  [{ service: ['scf.qcloud.com'], qcs: ['*'] }, ALL],
  [{ qcs: ['nobody'] }, []],
  [{ qcs: [''] }, []],
  [{ qcs: ['uin/100000000011'] }, []],
  [{ qcs: ['100000000011'] }, []],
];

describe('principals', () => {
  const all = policy({ effect: 'allow', action: '*', resource: '*' });

  test.each(ROWS)('%j lets in %j', (principal, lets) => {
    const bucketPolicy = policy({ principal, effect: 'allow', action: '*', resource: '*' });
    const old = { ...(bucketPolicy as object), principal };
    for (const name of ALL) {
      const policies = FOREIGN_ALL.includes(name) && name !== 'foreignRoot' ? [all] : [];
      const scenario = { ...SCENARIO, who: WHO[name], policies, bucketPolicy };
      const verdict = name === 'root' || lets.includes(name) ? 'allow' : 'undecided';
      expect([name, verdictOf(scenario)]).toEqual([name, verdict]);
      expect([name, referenceVerdict(scenario)]).toEqual([name, verdict]);
      expect([name, verdictOf({ ...scenario, bucketPolicy: old })]).toEqual([name, verdict]);
    }
  });

  test('a principal of its own counts, not that of the document', () => {
    const bucketPolicy = {
      version: '2.0',
      principal: '*',
      statement: [{ principal: { qcs: ['nobody'] }, effect: 'allow', action: '*', resource: '*' }],
    };
    const scenario = { ...SCENARIO, bucketPolicy };
    expect(verdictOf(scenario)).toBe('undecided');
    expect(referenceVerdict(scenario)).toBe('undecided');
  });

  test('user and session policies ignore principals', () => {
    const mine = policy({ principal: { qcs: ['nobody'] }, effect: 'allow', action: '*', resource: '*' });
    expect(verdictOf({ ...SCENARIO, policies: [mine], session: mine })).toBe('allow');
    const odd = policy({ principal: 7, effect: 'allow', action: '*', resource: '*' });
    expect(verdictOf({ ...SCENARIO, policies: [odd] })).toBe('allow');
  });

  test('counts its cases', () => expect(ROWS).toHaveLength(38));
});
