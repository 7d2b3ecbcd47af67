import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../platform/clock.ts';
import { setKmsKeyState } from '../encryption/keyring-state.ts';
import { MemoryKeyring } from '../encryption/local-keyring.ts';
import { defaultEncryption, type GivenEncryption } from './rule.ts';

const keyring = new MemoryKeyring({ clock: new ManualClock(1) });
const { keyId } = keyring.wrapForKms(undefined, undefined, Buffer.alloc(32));

const of = (algorithm: string, more: Partial<GivenEncryption> = {}) =>
  defaultEncryption(keyring, {
    algorithm,
    keyId: undefined,
    kmsAlgorithm: undefined,
    bucketKeyEnabled: undefined,
    ...more,
  });
const code = (code: string) => expect.objectContaining({ code });

describe('defaultEncryption', () => {
  it('takes the two ways of encryption', () => {
    const bare = { keyId: undefined, kmsAlgorithm: undefined, bucketKeyEnabled: undefined };
    expect(of('AES256')).toEqual({ mode: 'cos', ...bare });
    expect(of('AES256', { bucketKeyEnabled: 'false' })).toEqual({ mode: 'cos', ...bare, bucketKeyEnabled: false });
    expect(of('KMS')).toEqual({ mode: 'kms', ...bare });
    expect(of('KMS', { keyId, kmsAlgorithm: 'AES256' })).toEqual({
      mode: 'kms',
      ...bare,
      keyId,
      kmsAlgorithm: 'AES256',
    });
  });

  it.each<[string, Partial<GivenEncryption>, string]>([
    ['AES789', {}, 'SSEContentNotSupported'],
    ['aes256', {}, 'SSEContentNotSupported'],
    ['AES256', { keyId }, 'InvalidArgument'],
    ['AES256', { kmsAlgorithm: 'AES256' }, 'InvalidArgument'],
    ['KMS', { kmsAlgorithm: 'DES' }, 'InvalidArgument'],
    ['KMS', { bucketKeyEnabled: 'maybe' }, 'InvalidArgument'],
    ['KMS', { keyId: 'x' }, 'KmsKeyNotExist'],
    ['KMS', { keyId: 'x'.repeat(1_000) }, 'KmsKeyNotExist'],
    ['SM4', {}, 'NotImplemented'],
    ['KMS', { kmsAlgorithm: 'SM4' }, 'NotImplemented'],
    ['AES256', { bucketKeyEnabled: 'true' }, 'NotImplemented'],
  ])('refuses %s with %j', (algorithm, more, expected) => {
    expect(() => of(algorithm, more)).toThrow(code(expected));
  });

  it('refuses a key that is disabled', () => {
    keyring.change((keys) => setKmsKeyState(keys, keyId, 'Disabled')!);
    expect(() => of('KMS', { keyId })).toThrow(code('KmsKeyDisabled'));
    keyring.change((keys) => setKmsKeyState(keys, keyId, 'Enabled')!);
    expect(of('KMS', { keyId }).keyId).toBe(keyId);
  });
});
