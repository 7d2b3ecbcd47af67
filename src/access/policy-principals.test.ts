import { expect, it } from 'vitest';
import { principalsOf } from './policy-principals.ts';

const policy = (...statements: object[]) => JSON.stringify({ version: '2.0', statement: statements });
const allow = { effect: 'allow', action: '*', resource: '*' };

it('names each identity once, roots as ACLs do', () => {
  const text = policy(
    { ...allow, principal: { qcs: ['qcs::cam::uin/1:root', 'qcs::cam::uin/1:uin/2', 'qcs::cam::uin/1:roleName/r'] } },
    { ...allow, Principal: { qcs: 'qcs::cam::uin/1:uin/2' } },
    { ...allow, principal: { qcs: [' qcs::cam::uin/1:uin/1'] } },
  );
  expect(principalsOf(text)).toEqual(['qcs::cam::uin/1:uin/1', 'qcs::cam::uin/1:uin/2', 'qcs::cam::uin/1:roleName/r']);
});

it('takes the principal of the document, and leaves everybody out', () => {
  const top = JSON.stringify({ version: '2.0', principal: { qcs: ['qcs::cam::uin/1:uin/9'] }, statement: [allow] });
  expect(principalsOf(top)).toEqual(['qcs::cam::uin/1:uin/9']);
  const everybody = [
    '*',
    { qcs: ['*'] },
    { qcs: 'qcs::cam::anyone:anyone' },
    { qcs: ['qcs: : cam: : anonymous: anonymous'] },
  ];
  expect(principalsOf(policy(...everybody.map((principal) => ({ ...allow, principal }))))).toEqual([]);
});
