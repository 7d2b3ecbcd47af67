import { expect, it } from 'vitest';
import type { SignedIdentity } from '../identity.ts';
import { isTrustPrincipal, parseRoleArn, trusts } from './trust.ts';

const O = '100000000001';
const common = { appid: '1250000000', secretId: '', policies: [] };
const root: SignedIdentity = { ...common, kind: 'root', ownerUin: O, uin: O, name: '' };
const anna: SignedIdentity = { ...common, kind: 'user', ownerUin: O, uin: '100000000011', name: 'anna' };
const role: SignedIdentity = { ...common, kind: 'role', ownerUin: O, uin: '4611686018000000001', name: 'deploy' };
const stranger: SignedIdentity = { ...root, ownerUin: '2', uin: '2' };

it.each<[principal: string, trusted: readonly SignedIdentity[]]>([
  [`qcs::cam::uin/${O}:root`, [root]],
  [`qcs::cam::uin/${O}:uin/${O}`, [root]],
  [`qcs::cam::uin/${O}:uin/100000000011`, [anna]],
  [`qcs::cam::uin/${O}:uin/*`, [anna]],
  [`qcs::cam::uin/${O}:roleName/deploy`, [role]],
  [`qcs::cam::uin/${O}:role/4611686018000000001`, [role]],
  ['qcs::cam::uin/2:root', [stranger]],
  [`qcs::cam::uin/${O}:uin/1`, []],
  [`qcs::cam::uin/${O}:roleName/anna`, []],
  ['qcs::cam::uin/3:uin/*', []],
])('%s', (principal, trusted) => {
  expect(isTrustPrincipal(principal)).toBe(true);
  for (const asking of [root, anna, role, stranger]) {
    expect(trusts({ trust: ['qcs::cam::uin/9:root', principal] }, asking)).toBe(trusted.includes(asking));
  }
});

it('nothing else is a principal', () => {
  for (const text of ['', '*', `qcs::cam::uin/${O}:uin/`, `qcs::cam::uin/${O}:root `, `x qcs::cam::uin/${O}:root`]) {
    expect(isTrustPrincipal(text)).toBe(false);
    expect(trusts({ trust: [text] }, root)).toBe(false);
  }
});

it('reads ARNs of roles', () => {
  expect(parseRoleArn(`qcs::cam::uin/${O}:roleName/a.b`)).toEqual({ ownerUin: O, name: 'a.b' });
  expect(parseRoleArn(`qcs::cam::uin/${O}:role/7`)).toEqual({ ownerUin: O, id: '7' });
  for (const text of ['', `qcs::cam::uin/${O}:root`, `qcs::cam::uin/${O}:role/x`])
    expect(parseRoleArn(text)).toBeUndefined();
});
