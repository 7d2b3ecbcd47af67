/** What the directory refuses. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createAccount, deleteAccount, findAccount } from './accounts.ts';
import type { Directory } from './directory.ts';
import { directoryFixture, OPERATOR, policyText } from './fixture.ts';
import { createGroup, deleteGroup, findGroup, membersOf, setMembership } from './groups.ts';
import { createKey } from './keys.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { deletePolicy, findPolicy, putPolicy, setAttached } from './policies.ts';
import { createRole, deleteRole, findRole, setTrust } from './roles.ts';
import type { DirectoryErrorCode } from './types.ts';
import { createUser, deleteUser, findUser } from './users.ts';

const OWNER = OPERATOR.uin;
const ROOT = `qcs::cam::uin/${OWNER}:root`;
let directory: Directory;
beforeEach(async () => {
  directory = await directoryFixture().open();
});

/** Synchronous refusals count as well. */
async function refused(code: DirectoryErrorCode, work: () => unknown): Promise<void> {
  await expect((async () => work())()).rejects.toMatchObject({ name: 'DirectoryError', code });
}

describe('accounts', () => {
  const none = async () => false;

  it('have unique UINs, APPIDs and names', async () => {
    const made = await createAccount(directory, { name: '测试 team', uin: '200000000002', appid: '1300000002' });
    expect(made).toMatchObject({ uin: '200000000002', appid: '1300000002', name: '测试 team' });
    const chosen = await createAccount(directory, { name: 'third' });
    expect(chosen.uin).toMatch(/^1\d{11}$/);
    expect(chosen.appid).toMatch(/^13\d{8}$/);
    const { uin } = await createUser(directory, OWNER, 'anna');
    for (const given of [
      { name: 'third' },
      { name: 'x', uin: OWNER },
      { name: 'x', uin },
      { name: 'x', uin: made.uin },
      { name: 'x', appid: OPERATOR.appid },
      { name: 'x', appid: made.appid },
    ]) {
      await refused('Exists', () => createAccount(directory, given));
    }
    for (const given of [
      { name: '' },
      { name: 'a\nb' },
      { name: 'x'.repeat(65) },
      { name: 'x', uin: '1234' },
      { name: 'x', uin: '12345a' },
      { name: 'x', appid: '1'.repeat(16) },
    ]) {
      await refused('Invalid', () => createAccount(directory, given));
    }
    for (const given of [made.uin, made.appid, made.name]) expect(findAccount(directory.state, given)).toEqual(made);
    await refused('NotFound', () => findAccount(directory.state, 'nobody'));
  });

  it('go with the keys of their root, once nothing else is left', async () => {
    const { uin, appid } = await createAccount(directory, { name: 'other' });
    const { secretId } = await createKey(directory, uin, uin);
    await refused('Invalid', () => deleteAccount(directory, OWNER, none));
    await refused('InUse', () => deleteAccount(directory, uin, async (asked) => asked === appid));
    await createUser(directory, uin, 'anna');
    await refused('InUse', () => deleteAccount(directory, uin, none));
    await deleteUser(directory, uin, 'anna');
    expect(directory.find(secretId)).toBeDefined();
    await deleteAccount(directory, uin, none);
    expect(directory.find(secretId)).toBeUndefined();
    expect(directory.accountByUin(uin)).toBeUndefined();
    expect(directory.state.rows.size).toBe(0);
    await refused('NotFound', () => deleteAccount(directory, uin, none));
    await refused('NotFound', () => createUser(directory, uin, 'anna'));
  });
});

describe('names', () => {
  it('are checked, unique in their kind and account, and found like numbers', async () => {
    for (const name of ['', '123', 'a b', 'a/b', '.a', '-a', 'é', 'x'.repeat(65), 'root']) {
      await refused('Invalid', () => createUser(directory, OWNER, name));
    }
    const anna = await createUser(directory, OWNER, 'anna@example.com');
    expect(anna.uin).toMatch(/^1\d{11}$/);
    await refused('Exists', () => createUser(directory, OWNER, 'anna@example.com'));
    await createGroup(directory, OWNER, 'anna@example.com');
    const other = await createAccount(directory, { name: 'other' });
    await createUser(directory, other.uin, 'anna@example.com');
    expect(findUser(directory, OWNER, 'anna@example.com')).toEqual(anna);
    expect(findUser(directory, OWNER, anna.uin)).toEqual(anna);
    await refused('NotFound', () => findUser(directory, other.uin, anna.uin));
    await refused('NotFound', () => findUser(directory, OWNER, 'bert'));
    await refused('NotFound', () => findUser(directory, OWNER, '__proto__'));
  });
});

describe('groups', () => {
  it('are deleted without members only', async () => {
    await createGroup(directory, OWNER, 'readers');
    await createUser(directory, OWNER, 'anna');
    await setMembership(directory, OWNER, 'readers', 'anna', true);
    await setMembership(directory, OWNER, 'readers', 'anna', true);
    expect(membersOf(directory, findGroup(directory, OWNER, 'readers')).map(({ name }) => name)).toEqual(['anna']);
    await refused('InUse', () => deleteGroup(directory, OWNER, 'readers'));
    await refused('NotFound', () => setMembership(directory, OWNER, 'readers', 'bert', true));
    await refused('NotFound', () => setMembership(directory, OWNER, 'writers', 'anna', true));
    await setMembership(directory, OWNER, 'readers', 'anna', false);
    await deleteGroup(directory, OWNER, 'readers');
    await refused('NotFound', () => findGroup(directory, OWNER, 'readers'));
  });

  it('are ten a user at most', async () => {
    await createUser(directory, OWNER, 'anna');
    for (let at = 0; at <= DIRECTORY_LIMITS.groupsOfUser; at++) await createGroup(directory, OWNER, `g${at}`);
    for (let at = 0; at < DIRECTORY_LIMITS.groupsOfUser; at++) {
      await setMembership(directory, OWNER, `g${at}`, 'anna', true);
    }
    await refused('Limit', () => setMembership(directory, OWNER, `g${DIRECTORY_LIMITS.groupsOfUser}`, 'anna', true));
  });
});

describe('policies', () => {
  const text = policyText('allow', 'cos:GetObject');

  it('are checked before they are stored', async () => {
    for (const bad of ['', '{', '[]', '{}', policyText('maybe' as 'allow', '*')]) {
      await refused('Invalid', () => putPolicy(directory, OWNER, { name: 'p', text: bad, replace: false }));
    }
    const long = text + ' '.repeat(DIRECTORY_LIMITS.policyBytes);
    await refused('Limit', () => putPolicy(directory, OWNER, { name: 'p', text: long, replace: false }));
    const preset = 'QcloudCOSFullAccess';
    await refused('Exists', () => putPolicy(directory, OWNER, { name: preset, text, replace: true }));
    await putPolicy(directory, OWNER, { name: 'p', text, replace: true });
    await refused('Exists', () => putPolicy(directory, OWNER, { name: 'p', text, replace: false }));
    expect(findPolicy(directory, OWNER, 'p').text).toBe(text);
    expect(JSON.parse(findPolicy(directory, OWNER, preset).text)).toMatchObject({ version: '2.0' });
  });

  it('stay while they are attached', async () => {
    await putPolicy(directory, OWNER, { name: 'p', text, replace: false });
    await createUser(directory, OWNER, 'anna');
    await createRole(directory, OWNER, { name: 'anna', trust: [ROOT] });
    const user = { kind: 'user', id: 'anna' } as const;
    const role = { kind: 'role', id: 'anna' } as const;
    await setAttached(directory, OWNER, user, 'p', true);
    await setAttached(directory, OWNER, role, 'p', true);
    await refused('InUse', () => deletePolicy(directory, OWNER, 'p'));
    await setAttached(directory, OWNER, user, 'p', false);
    await refused('InUse', () => deletePolicy(directory, OWNER, 'p'));
    await setAttached(directory, OWNER, role, 'p', false);
    await deletePolicy(directory, OWNER, 'p');
    await refused('NotFound', () => deletePolicy(directory, OWNER, 'p'));
    await refused('NotFound', () => setAttached(directory, OWNER, user, 'p', true));
    await refused('NotFound', () => setAttached(directory, OWNER, { kind: 'group', id: 'anna' }, 'p', true));
    await refused('Invalid', () => deletePolicy(directory, OWNER, 'QcloudCOSFullAccess'));
  });

  it('are attached in bounded number', async () => {
    await createUser(directory, OWNER, 'anna');
    const user = { kind: 'user', id: 'anna' } as const;
    for (let at = 0; at <= DIRECTORY_LIMITS.attachedPolicies; at++) {
      await putPolicy(directory, OWNER, { name: `p${at}`, text, replace: false });
    }
    for (let at = 0; at < DIRECTORY_LIMITS.attachedPolicies; at++) {
      await setAttached(directory, OWNER, user, `p${at}`, true);
    }
    const last = `p${DIRECTORY_LIMITS.attachedPolicies}`;
    await refused('Limit', () => setAttached(directory, OWNER, user, last, true));
  });
});

describe('roles', () => {
  it('trust principals that exist in form', async () => {
    const bad = [[], ['*'], [`qcs::cam::uin/${OWNER}`], ['qcs::cam::anyone:anyone'], Array(51).fill(ROOT)];
    for (const trust of bad) await refused('Invalid', () => createRole(directory, OWNER, { name: 'r', trust }));
    for (const maxSessionS of [0, 899, 43_201, 1_000.5, Number.NaN]) {
      await refused('Invalid', () => createRole(directory, OWNER, { name: 'r', trust: [ROOT], maxSessionS }));
    }
    const role = await createRole(directory, OWNER, { name: 'r', trust: [ROOT, ROOT] });
    expect(role).toMatchObject({ trust: [ROOT], maxSessionS: 7_200 });
    expect(role.id).toMatch(/^4611686018\d{9}$/);
    await refused('Exists', () => createRole(directory, OWNER, { name: 'r', trust: [ROOT] }));
    await refused('Invalid', () => setTrust(directory, OWNER, 'r', ['x']));
    await setTrust(directory, OWNER, 'r', [`qcs::cam::uin/${OWNER}:uin/*`]);
    expect(findRole(directory, OWNER, role.id).trust).toEqual([`qcs::cam::uin/${OWNER}:uin/*`]);
    await deleteRole(directory, OWNER, 'r');
    expect(directory.identityOf(OWNER, role.id)).toBeUndefined();
  });
});
