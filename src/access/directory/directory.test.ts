import { describe, expect, it } from 'vitest';
import { IDENTITIES } from '../../model/keys.ts';
import { checked } from '../../store/checked.ts';
import { openMemoryStore } from '../../store/memory/index.ts';
import type { MetaStore } from '../../store/meta-store.ts';
import type { AccessKey } from '../identity.ts';
import { memorySecrets } from '../secrets.ts';
import { createAccount } from './accounts.ts';
import { Directory } from './directory.ts';
import { directoryFixture, OPERATOR, policyText } from './fixture.ts';
import { createGroup, deleteGroup, setMembership } from './groups.ts';
import { createKey, deleteKey, listKeys, setKeyEnabled } from './keys.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { putPolicy, setAttached } from './policies.ts';
import { type Entry, packEntry, rowKeyOf } from './records.ts';
import { createRole } from './roles.ts';
import { openSecretKey } from './state.ts';
import { createUser, deleteUser, setUserDisabled } from './users.ts';

const OWNER = OPERATOR.uin;

async function allRows(meta: MetaStore) {
  return (await meta.scan({ from: IDENTITIES, to: Buffer.from('j'), limit: 10_000 })).rows;
}

describe('the first account', () => {
  it('is there without a row', async () => {
    const { open, meta } = directoryFixture();
    const directory = await open();
    const { secretId, secretKey, appid, uin } = OPERATOR;
    const identity = { kind: 'root', appid, ownerUin: uin, uin, name: '', secretId, policies: [] };
    expect(directory.find(secretId)).toEqual({ secretId, secretKey, enabled: true, identity });
    expect(directory.find(secretId, 'ignored')).toBe(directory.find(secretId));
    expect(directory.account(appid)).toMatchObject({ uin });
    expect(directory.accountByUin(uin)).toMatchObject({ appid });
    expect(directory.identityOf(uin, uin)).toMatchObject({ kind: 'root', secretId: '' });
    expect(await allRows(meta)).toEqual([]);
  });

  it('hides an account that it collides with, after it was configured anew', async () => {
    const { open } = directoryFixture();
    const before = await open();
    const other = await createAccount(before, { name: 'other' });
    const key = await createKey(before, other.uin, other.uin);
    const after = await open({ ...OPERATOR, appid: other.appid });
    expect(after.find(key.secretId)).toBeUndefined();
    expect(after.account(other.appid)?.uin).toBe(OWNER);
    expect(after.state.notes).toEqual([`account ${other.uin} (APPID ${other.appid}) is hidden by the first account`]);
    expect((await open()).find(key.secretId)?.secretKey).toBe(key.secretKey);
  });
});

describe('key pairs', () => {
  it('sign as who they belong to, and are told once', async () => {
    const directory = await directoryFixture().open();
    const { uin } = await createUser(directory, OWNER, 'anna');
    const key = await createKey(directory, OWNER, uin);
    expect(key.secretId).toMatch(/^AKID[A-Za-z0-9]{32}$/);
    expect(key.secretKey).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(directory.find(key.secretId)).toMatchObject({ secretKey: key.secretKey, enabled: true });
    expect(directory.find(key.secretId)?.identity).toMatchObject({ kind: 'user', uin, name: 'anna', ownerUin: OWNER });
    expect(JSON.stringify(listKeys(directory, OWNER))).not.toContain(key.secretKey);
  });

  it('lie sealed in their rows, and open with the same secret only', async () => {
    const { open, meta, clock, secrets } = directoryFixture();
    const directory = await open();
    const keys = [await createKey(directory, OWNER, OWNER), await createKey(directory, OWNER, OWNER)];
    const rows = await allRows(meta);
    expect(rows).toHaveLength(3);
    for (const { key, value } of rows) {
      for (const { secretKey } of keys) expect(Buffer.concat([key, value]).includes(secretKey)).toBe(false);
    }
    expect((await open()).find(keys[0]!.secretId)?.secretKey).toBe(keys[0]!.secretKey);
    const stranger = await Directory.open({ meta, clock, operator: OPERATOR, secrets: memorySecrets() });
    for (const { secretId } of keys) expect(stranger.find(secretId)).toBeUndefined();
    expect(stranger.state.notes).toEqual([expect.stringContaining('2 stored key pairs cannot be read')]);
    // A seal is bound to its SecretId: rows cannot be exchanged.
    const [one, other] = keys.map(({ secretId }) => directory.home(OWNER).keys.get(secretId)!);
    const sealer = secrets.sealer('secret-keys');
    expect(openSecretKey(sealer, one!)).toBe(keys[0]!.secretKey);
    expect(openSecretKey(sealer, { ...one!, sealed: other!.sealed })).toBeUndefined();
  });

  it('are two a root or user at most, even when many are made at once in several processes', async () => {
    const { open } = directoryFixture();
    const directories = [await open(), await open(), await open()];
    const { uin } = await createUser(directories[0]!, OWNER, 'anna');
    const outcomes = await Promise.allSettled(
      [...directories, ...directories, ...directories].map((directory) => createKey(directory, OWNER, uin)),
    );
    const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(outcomes.length - refused.length).toBe(2);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'Limit' });
    expect(listKeys(directories[2]!, OWNER).filter((key) => key.uin === uin)).toHaveLength(2);
    await createKey(directories[0]!, OWNER, OWNER);
    await createKey(directories[0]!, OWNER, OWNER);
    await expect(createKey(directories[1]!, OWNER, OWNER)).rejects.toMatchObject({ code: 'Limit' });
    expect(listKeys(directories[1]!, OWNER)).toHaveLength(5);
  });

  it('are disabled, enabled and deleted, but not the pair of the data folder', async () => {
    const directory = await directoryFixture().open();
    const { secretId } = await createKey(directory, OWNER, OWNER);
    await setKeyEnabled(directory, OWNER, secretId, false);
    expect(directory.find(secretId)?.enabled).toBe(false);
    await setKeyEnabled(directory, OWNER, secretId, true);
    expect(directory.find(secretId)?.enabled).toBe(true);
    await deleteKey(directory, OWNER, secretId);
    expect(directory.find(secretId)).toBeUndefined();
    await expect(deleteKey(directory, OWNER, secretId)).rejects.toMatchObject({ code: 'NotFound' });
    for (const change of [
      deleteKey(directory, OWNER, OPERATOR.secretId),
      setKeyEnabled(directory, OWNER, OPERATOR.secretId, false),
    ]) {
      await expect(change).rejects.toMatchObject({ code: 'Invalid' });
    }
    expect(directory.find(OPERATOR.secretId)?.enabled).toBe(true);
  });

  it('of another account are not there', async () => {
    const directory = await directoryFixture().open();
    const other = await createAccount(directory, { name: 'other' });
    const { secretId } = await createKey(directory, OWNER, OWNER);
    await expect(deleteKey(directory, other.uin, secretId)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(createKey(directory, other.uin, OWNER)).rejects.toMatchObject({ code: 'NotFound' });
  });
});

describe('what another process changed', () => {
  it('is seen after a refresh, which reads nothing while nothing changed', async () => {
    const inner = checked(openMemoryStore()).meta;
    let scans = 0;
    const meta: MetaStore = {
      get: (keys) => inner.get(keys),
      collapse: (request) => inner.collapse(request),
      commit: (commit) => inner.commit(commit),
      scan(request) {
        scans++;
        return inner.scan(request);
      },
    };
    const { open } = directoryFixture(meta);
    const [here, there] = [await open(), await open()];
    const { uin } = await createUser(there, OWNER, 'anna');
    const key = await createKey(there, OWNER, uin);
    expect(here.find(key.secretId)).toBeUndefined();
    const { generation } = here;
    await here.refresh();
    expect(here.find(key.secretId)?.identity).toMatchObject({ uin });
    expect(here.generation).toBeGreaterThan(generation);
    const before = scans;
    await here.refresh();
    expect(scans).toBe(before);
    await setUserDisabled(there, OWNER, uin, true);
    await here.refresh();
    expect(here.find(key.secretId)?.enabled).toBe(false);
    expect(here.identityOf(OWNER, uin)).toBeUndefined();
    await deleteUser(there, OWNER, uin);
    await here.refresh();
    expect(here.find(key.secretId)).toBeUndefined();
    expect(here.state.rows.size).toBe(0);
  });
});

describe('rights', () => {
  const labels = (key: AccessKey | undefined) => key?.identity.policies.map(({ label }) => label);

  it('are those of the user and of its groups, each once, as they are now', async () => {
    const directory = await directoryFixture().open();
    const { uin } = await createUser(directory, OWNER, 'anna');
    const { secretId } = await createKey(directory, OWNER, uin);
    await createGroup(directory, OWNER, 'readers');
    await setMembership(directory, OWNER, 'readers', 'anna', true);
    await putPolicy(directory, OWNER, { name: 'up', text: policyText('allow', 'cos:PutObject'), replace: false });
    for (const [kind, id, policy] of [
      ['user', 'anna', 'up'],
      ['group', 'readers', 'up'],
      ['group', 'readers', 'QcloudCOSReadOnlyAccess'],
    ] as const) {
      await setAttached(directory, OWNER, { kind, id }, policy, true);
    }
    expect(labels(directory.find(secretId))).toEqual(['user policy up', 'preset policy QcloudCOSReadOnlyAccess']);
    const compiled = directory.find(secretId)!.identity.policies[0];
    await setAttached(directory, OWNER, { kind: 'user', id: 'anna' }, 'up', false);
    expect(directory.find(secretId)!.identity.policies).toContain(compiled);
    await putPolicy(directory, OWNER, { name: 'up', text: policyText('deny', 'cos:PutObject'), replace: true });
    expect(directory.find(secretId)!.identity.policies.map(({ statements }) => statements[0]!.effect)).toEqual([
      'deny',
      'allow',
    ]);
    await setMembership(directory, OWNER, 'readers', 'anna', false);
    expect(labels(directory.find(secretId))).toEqual([]);
  });

  it('that cannot be read any more forbid everything', async () => {
    const { meta, secrets, clock } = directoryFixture();
    const broken = {
      compile: () => {
        throw new Error('not understood');
      },
      preset: () => undefined,
      presets: [],
    };
    const fine = await Directory.open({ meta, secrets, clock, operator: OPERATOR });
    const { uin } = await createUser(fine, OWNER, 'anna');
    await putPolicy(fine, OWNER, { name: 'up', text: policyText('allow', '*'), replace: false });
    await setAttached(fine, OWNER, { kind: 'user', id: uin }, 'up', true);
    const later = await Directory.open({ meta, secrets, clock, operator: OPERATOR, policies: broken });
    const [policy] = later.identityOf(OWNER, uin)!.policies;
    expect(policy).toMatchObject({ label: 'user policy up (cannot be understood)', statements: [{ effect: 'deny' }] });
  });
});

describe('sessions and roles', () => {
  it('asks for temporary keys only where there is no such permanent key', async () => {
    const directory = await directoryFixture().open();
    const temporary = { ...directory.find(OPERATOR.secretId)!, secretId: 'AKIDtemporary' };
    expect(directory.find('AKIDtemporary', 'token')).toBeUndefined();
    const asked: string[] = [];
    directory.sessions = {
      open(secretId, token) {
        asked.push(`${secretId} ${token}`);
        return temporary;
      },
    };
    expect(directory.find('AKIDtemporary')).toBeUndefined();
    expect(directory.find('AKIDtemporary', 'token')).toBe(temporary);
    expect(directory.find(OPERATOR.secretId, 'token')?.secretId).toBe(OPERATOR.secretId);
    expect(asked).toEqual(['AKIDtemporary token']);
  });

  it('finds roles by both spellings of their ARN', async () => {
    const directory = await directoryFixture().open();
    const trust = [`qcs::cam::uin/${OWNER}:root`];
    const role = await createRole(directory, OWNER, { name: 'uploader', trust });
    expect(directory.roleByArn(`qcs::cam::uin/${OWNER}:roleName/uploader`)).toEqual(role);
    expect(directory.roleByArn(`qcs::cam::uin/${OWNER}:role/${role.id}`)).toEqual(role);
    for (const arn of ['', 'uploader', `qcs::cam::uin/1${OWNER}:roleName/uploader`, `qcs::cam::uin/${OWNER}:role/1`]) {
      expect(directory.roleByArn(arn)).toBeUndefined();
    }
    expect(directory.identityOf(OWNER, role.id)).toMatchObject({ kind: 'role', name: 'uploader', uin: role.id });
  });
});

it('is bounded, and can be changed when it is full', async () => {
  const { open, meta } = directoryFixture();
  const directory = await open();
  const { secretId } = await createKey(directory, OWNER, OWNER);
  const left = DIRECTORY_LIMITS.entries - 1;
  for (let at = 0; at < left; at += 90) {
    const puts = Array.from({ length: Math.min(90, left - at) }, (_, index): Entry => {
      const own = { ownerUin: OWNER, id: String(at + index), policies: [], createdMs: 0 };
      return { kind: 'group', record: { ...own, name: `g${at + index}` } };
    });
    const rows = puts.map((entry) => ({ key: rowKeyOf(entry), value: packEntry(entry) }));
    await meta.commit({ puts: [...rows, { key: IDENTITIES, value: Buffer.from([0]) }] });
  }
  await expect(createUser(directory, OWNER, 'anna')).rejects.toMatchObject({ code: 'Limit' });
  expect(directory.state.rows.size).toBe(DIRECTORY_LIMITS.entries);
  await setKeyEnabled(directory, OWNER, secretId, false);
  expect(directory.find(secretId)?.enabled).toBe(false);
  await deleteGroup(directory, OWNER, 'g0');
  await createUser(directory, OWNER, 'anna');
});

it('holds many identities', async () => {
  const directory = await directoryFixture().open();
  const users = await Promise.all(Array.from({ length: 60 }, (_, at) => createUser(directory, OWNER, `user-${at}`)));
  expect(new Set(users.map(({ uin }) => uin)).size).toBe(60);
  expect(directory.home(OWNER).users.size).toBe(60);
});
