import { describe, expect, it } from 'vitest';
import {
  addDefaultKmsKey,
  addKmsKey,
  addMasterKey,
  describeKmsKey,
  findKmsKey,
  isDescription,
  type KeyringState,
  NO_KEYS,
  rotateKmsKey,
  setKmsKeyState,
} from './keyring-state.ts';

const making = { nowMs: 1000 };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function withKey(): { keys: KeyringState; id: string } {
  const keys = addKmsKey(NO_KEYS, 'files', making);
  return { keys, id: keys.kmsKeys[0]!.id };
}

describe('a keyring', () => {
  it('adds master keys behind those it has', () => {
    const one = addMasterKey(NO_KEYS, making);
    const two = addMasterKey(one, { nowMs: 2000 });
    expect(two.masterKeys[0]).toBe(one.masterKeys[0]);
    expect(two.masterKeys.map(({ createdMs }) => createdMs)).toEqual([1000, 2000]);
    expect(two.masterKeys[1]?.id).toMatch(UUID);
    expect(two.masterKeys[1]?.key).toHaveLength(32);
    expect(two.masterKeys[1]?.key).not.toEqual(two.masterKeys[0]?.key);
    expect(NO_KEYS.masterKeys).toEqual([]);
  });

  it('describes its keys without their secrets', () => {
    const { keys, id } = withKey();
    expect(id).toMatch(UUID);
    expect(describeKmsKey(keys, keys.kmsKeys[0]!)).toEqual({
      keyId: id,
      description: 'files',
      state: 'Enabled',
      createdMs: 1000,
      versions: 1,
      isDefault: false,
    });
    const more = addDefaultKmsKey(keys, making);
    expect(more.kmsKeys.map((key) => describeKmsKey(more, key).isDefault)).toEqual([false, true]);
  });

  it('rotates by a further version; the time of the key stays', () => {
    const { keys, id } = withKey();
    const rotated = rotateKmsKey(keys, id, { nowMs: 5000 })!;
    const key = findKmsKey(rotated, id)!;
    expect(key.versions).toHaveLength(2);
    expect(key.versions[0]).toBe(keys.kmsKeys[0]?.versions[0]);
    expect(describeKmsKey(rotated, key)).toMatchObject({ createdMs: 1000, versions: 2 });
  });

  it('disables and enables', () => {
    const { keys, id } = withKey();
    const off = setKmsKeyState(keys, id, 'Disabled')!;
    expect(findKmsKey(off, id)?.state).toBe('Disabled');
    expect(findKmsKey(keys, id)?.state).toBe('Enabled');
    expect(findKmsKey(setKmsKeyState(off, id, 'Enabled')!, id)).toEqual(findKmsKey(keys, id));
    expect(setKmsKeyState(off, id, 'Disabled')).toBe(off);
  });

  it('changes no key it does not have', () => {
    const { keys } = withKey();
    expect(rotateKmsKey(keys, 'none', making)).toBeUndefined();
    expect(setKmsKeyState(keys, 'none', 'Disabled')).toBeUndefined();
    expect(findKmsKey(keys, '')).toBeUndefined();
  });
});

describe('isDescription', () => {
  it.each(['', 'für Akten – 文件', 'x'.repeat(256)])('takes %j', (text) => expect(isDescription(text)).toBe(true));
  it.each(['x'.repeat(257), 'a\nb', '\u001b[2J', 'a\u2028b', '\u202eabc'])('refuses %j', (text) =>
    expect(isDescription(text)).toBe(false),
  );
});
