import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../platform/clock.ts';
import { KeyringFile } from './keyring-file.ts';
import { addKmsKey, addMasterKey, type KeyringState, NO_KEYS, rotateKmsKey, setKmsKeyState } from './keyring-state.ts';
import { FileKeyring, type KeyringOptions, MemoryKeyring } from './local-keyring.ts';

const dataKey = randomBytes(32);
const NONE = '3c1c131a-82a3-49e5-a33b-8f738d95168f';
const making = { nowMs: 1 };
const fails = (code: string) => expect.objectContaining({ code });

function inMemory(options: Partial<KeyringOptions> = {}, keys: KeyringState = NO_KEYS) {
  const clock = new ManualClock(1_700_000_000_000);
  return { keyring: new MemoryKeyring({ clock, ...options }, keys), clock };
}

function withKey(options: Partial<KeyringOptions> = {}) {
  const keys = addKmsKey(NO_KEYS, 'files', making);
  return { ...inMemory(options, keys), keyId: keys.kmsKeys[0]!.id };
}

const folders: string[] = [];
function folder(): string {
  const path = fs.mkdtempSync(join(tmpdir(), 'cosette-keyring-'));
  folders.push(path);
  return path;
}
afterEach(() => {
  for (const path of folders.splice(0)) fs.rmSync(path, { recursive: true, force: true });
});

describe('SSE-COS keys', () => {
  it('are made on first use, once', () => {
    const { keyring } = inMemory();
    const one = keyring.wrapForCos(dataKey);
    const two = keyring.wrapForCos(dataKey);
    expect(two.masterKeyId).toBe(one.masterKeyId);
    expect(two.wrapped).not.toEqual(one.wrapped);
    expect(keyring.unwrapForCos(one)).toEqual(dataKey);
    expect(keyring.unwrapForCos(two)).toEqual(dataKey);
  });

  it('wrap with the newest and open with all', () => {
    const { keyring } = inMemory();
    const old = keyring.wrapForCos(dataKey);
    keyring.change((keys) => addMasterKey(keys, making));
    const fresh = keyring.wrapForCos(dataKey);
    expect(fresh.masterKeyId).not.toBe(old.masterKeyId);
    expect(keyring.unwrapForCos(old)).toEqual(dataKey);
    expect(keyring.unwrapForCos(fresh)).toEqual(dataKey);
    const swapped = { ...old, masterKeyId: fresh.masterKeyId };
    expect(() => keyring.unwrapForCos(swapped)).toThrow(fails('KmsInternalException'));
  });

  it('fail as the service’s fault when they are gone or their bytes are damaged', () => {
    const { keyring } = inMemory();
    const wrapped = keyring.wrapForCos(dataKey);
    expect(() => keyring.unwrapForCos({ ...wrapped, masterKeyId: NONE })).toThrow(fails('KmsInternalException'));
    expect(() => inMemory().keyring.unwrapForCos(wrapped)).toThrow(fails('KmsInternalException'));
    fc.assert(
      fc.property(fc.nat(wrapped.wrapped.length * 8 - 1), (bit) => {
        const tampered = Buffer.from(wrapped.wrapped);
        tampered[bit >> 3]! ^= 1 << (bit & 7);
        expect(() => keyring.unwrapForCos({ ...wrapped, wrapped: tampered })).toThrow(fails('KmsInternalException'));
      }),
    );
  });

  it('are not counted as calls of the key service', () => {
    const { keyring } = inMemory({ requestsPerSecond: 0 });
    expect(keyring.unwrapForCos(keyring.wrapForCos(dataKey))).toEqual(dataKey);
  });
});

describe('SSE-KMS keys', () => {
  it('wrap by name; the default is made on first use', () => {
    const { keyring, keyId, clock } = withKey();
    const named = keyring.wrapForKms(keyId, undefined, dataKey);
    expect(named).toMatchObject({ keyId, keyVersion: 1, context: undefined });
    const byDefault = keyring.wrapForKms(undefined, 'e30=', dataKey);
    expect(byDefault.keyId).not.toBe(keyId);
    expect(keyring.wrapForKms(undefined, undefined, dataKey).keyId).toBe(byDefault.keyId);
    for (const wrapped of [named, byDefault]) expect(keyring.unwrapForKms(wrapped)).toEqual(dataKey);
    expect(keyring.describe(byDefault.keyId)).toMatchObject({ isDefault: true, createdMs: clock.nowMs() });
    expect(keyring.describe(keyId)).toMatchObject({ isDefault: false, description: 'files', versions: 1 });
  });

  it('open with the version that wrapped', () => {
    const { keyring, keyId } = withKey();
    const old = keyring.wrapForKms(keyId, undefined, dataKey);
    keyring.change((keys) => rotateKmsKey(keys, keyId, making)!);
    const fresh = keyring.wrapForKms(keyId, undefined, dataKey);
    expect(fresh.keyVersion).toBe(2);
    for (const wrapped of [old, fresh]) expect(keyring.unwrapForKms(wrapped)).toEqual(dataKey);
    for (const keyVersion of [2, 3, 0]) {
      expect(() => keyring.unwrapForKms({ ...old, keyVersion })).toThrow(fails('KmsException'));
    }
  });

  it('open only what they wrapped for the same context', () => {
    const { keyring, keyId } = withKey();
    const wrapped = keyring.wrapForKms(keyId, 'eyJhIjoiYiJ9', dataKey);
    const other = keyring.wrapForKms(undefined, 'eyJhIjoiYiJ9', dataKey);
    for (const change of [
      { context: undefined },
      { context: 'e30=' },
      { keyId: other.keyId },
      { wrapped: other.wrapped },
      { wrapped: Buffer.alloc(0) },
    ]) {
      expect(() => keyring.unwrapForKms({ ...wrapped, ...change })).toThrow(fails('KmsException'));
    }
    expect(keyring.unwrapForKms(wrapped)).toEqual(dataKey);
  });

  it('are unknown or disabled, also for data keys opened before', () => {
    const { keyring, keyId } = withKey();
    const wrapped = keyring.wrapForKms(keyId, undefined, dataKey);
    expect(keyring.unwrapForKms(wrapped)).toEqual(dataKey);
    keyring.change((keys) => setKmsKeyState(keys, keyId, 'Disabled')!);
    expect(() => keyring.unwrapForKms(wrapped)).toThrow(fails('KmsKeyDisabled'));
    expect(() => keyring.wrapForKms(keyId, undefined, dataKey)).toThrow(fails('KmsKeyDisabled'));
    expect(keyring.describe(keyId).state).toBe('Disabled');
    keyring.change((keys) => setKmsKeyState(keys, keyId, 'Enabled')!);
    expect(keyring.unwrapForKms(wrapped)).toEqual(dataKey);
    for (const id of [NONE, '', '__proto__']) {
      expect(() => keyring.wrapForKms(id, undefined, dataKey)).toThrow(fails('KmsKeyNotExist'));
      expect(() => keyring.unwrapForKms({ ...wrapped, keyId: id })).toThrow(fails('KmsKeyNotExist'));
      expect(() => keyring.describe(id)).toThrow(fails('KmsKeyNotExist'));
    }
  });

  it('are throttled; data keys opened lately are not', () => {
    const { keyring, keyId, clock } = withKey({ requestsPerSecond: 3 });
    const wrapped = keyring.wrapForKms(keyId, undefined, dataKey);
    for (let at = 0; at < 10; at++) keyring.unwrapForKms(wrapped);
    keyring.describe(keyId);
    expect(() => keyring.wrapForKms(keyId, undefined, dataKey)).toThrow(fails('KmsFreqControl'));
    expect(() => keyring.describe(keyId)).toThrow(fails('KmsFreqControl'));
    expect(keyring.unwrapForKms(wrapped)).toEqual(dataKey);
    clock.advance(1000);
    expect(keyring.describe(keyId).versions).toBe(1);
  });

  it('forget the data keys used longest ago', () => {
    const { keyring, keyId } = withKey({ requestsPerSecond: 5, cachedDataKeys: 1 });
    const one = keyring.wrapForKms(keyId, undefined, dataKey);
    const two = keyring.wrapForKms(keyId, undefined, dataKey);
    for (const wrapped of [one, two, one]) keyring.unwrapForKms(wrapped);
    expect(keyring.unwrapForKms(one)).toEqual(dataKey);
    expect(() => keyring.unwrapForKms(two)).toThrow(fails('KmsFreqControl'));
  });
});

describe('FileKeyring', () => {
  it('opens after a restart what it wrapped before', () => {
    const dir = folder();
    const clock = new ManualClock(1);
    const before = new FileKeyring(dir, { clock });
    const cos = before.wrapForCos(dataKey);
    const kms = before.wrapForKms(undefined, 'e30=', dataKey);
    const after = new FileKeyring(dir, { clock });
    expect(after.unwrapForCos(cos)).toEqual(dataKey);
    expect(after.unwrapForKms(kms)).toEqual(dataKey);
  });

  it('uses one master key and one default key, whoever comes first', () => {
    const dir = folder();
    const clock = new ManualClock(1);
    const [one, other] = [new FileKeyring(dir, { clock }), new FileKeyring(dir, { clock })];
    for (const keyring of [one, other]) expect(() => keyring.describe(NONE)).toThrow(fails('KmsKeyNotExist'));
    expect(other.wrapForCos(dataKey).masterKeyId).toBe(one.wrapForCos(dataKey).masterKeyId);
    const [first, second] = [one, other].map((keyring) => keyring.wrapForKms(undefined, undefined, dataKey));
    expect(second?.keyId).toBe(first?.keyId);
  });

  it('refuses a key within a second of its disabling, and takes what was made or enabled at once', () => {
    const dir = folder();
    const clock = new ManualClock(1);
    const keyring = new FileKeyring(dir, { clock });
    keyring.wrapForKms(undefined, undefined, dataKey);
    const admin = new KeyringFile(dir, clock);
    const keyId = admin.change((keys) => addKmsKey(keys, '', making)).kmsKeys.at(-1)!.id;
    const wrapped = keyring.wrapForKms(keyId, undefined, dataKey);
    clock.advance(500);
    keyring.unwrapForKms(wrapped);
    admin.change((keys) => setKmsKeyState(keys, keyId, 'Disabled')!);
    clock.advance(1000);
    expect(() => keyring.unwrapForKms(wrapped)).toThrow(fails('KmsKeyDisabled'));
    admin.change((keys) => setKmsKeyState(keys, keyId, 'Enabled')!);
    expect(keyring.unwrapForKms(wrapped)).toEqual(dataKey);
    admin.change((keys) => addMasterKey(rotateKmsKey(keys, keyId, making)!, making));
    clock.advance(1000);
    expect(keyring.wrapForKms(keyId, undefined, dataKey).keyVersion).toBe(2);
    expect(keyring.wrapForCos(dataKey).masterKeyId).toBe(admin.fresh().masterKeys.at(-1)?.id);
  });

  it('opens what another process wrapped with keys made just now', () => {
    const dir = folder();
    const clock = new ManualClock(1);
    const [one, other] = [new FileKeyring(dir, { clock }), new FileKeyring(dir, { clock })];
    const wrapped = one.wrapForKms(undefined, undefined, dataKey);
    expect(other.unwrapForKms(wrapped)).toEqual(dataKey);
    new KeyringFile(dir, clock).change((keys) => addMasterKey(rotateKmsKey(keys, wrapped.keyId, making)!, making));
    const late = new FileKeyring(dir, { clock });
    expect(other.unwrapForKms(late.wrapForKms(undefined, undefined, dataKey))).toEqual(dataKey);
    expect(other.unwrapForCos(late.wrapForCos(dataKey))).toEqual(dataKey);
  });

  it('fails as the service’s fault when its file cannot be used, and recovers with it', () => {
    const dir = folder();
    const clock = new ManualClock(1);
    const keyring = new FileKeyring(dir, { clock });
    const cos = keyring.wrapForCos(dataKey);
    const kms = keyring.wrapForKms(undefined, undefined, dataKey);
    const path = join(dir, 'keyring.json');
    const whole = fs.readFileSync(path);
    for (const damage of [() => fs.writeFileSync(path, '{'), () => fs.rmSync(path)]) {
      damage();
      clock.advance(1000);
      expect(() => keyring.unwrapForCos(cos)).toThrow(fails('KmsInternalException'));
      expect(() => keyring.wrapForCos(dataKey)).toThrow(fails('KmsInternalException'));
      expect(() => keyring.unwrapForKms(kms)).toThrow(fails('KmsInternalException'));
      expect(() => keyring.wrapForKms(undefined, undefined, dataKey)).toThrow(fails('KmsInternalException'));
      expect(() => keyring.describe(kms.keyId)).toThrow(fails('KmsInternalException'));
    }
    fs.writeFileSync(path, whole);
    expect(keyring.unwrapForCos(cos)).toEqual(dataKey);
    expect(keyring.unwrapForKms(kms)).toEqual(dataKey);
  });
});
