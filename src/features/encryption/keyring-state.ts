/** The keys of a keyring as immutable data, and the changes there are to them. Nothing that opens objects is ever lost. */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { KmsKeyDescription, KmsKeyState } from './keyring.ts';

export interface KeyringState {
  /** SSE-COS; the last one wraps, all unwrap. */
  readonly masterKeys: readonly MasterKey[];
  readonly kmsKeys: readonly KmsKey[];
  readonly defaultKmsKeyId: string | undefined;
}

export interface KeyMaterial {
  /** ms since the epoch */
  readonly createdMs: number;
  /** 32 bytes, secret */
  readonly key: Buffer;
}

export interface MasterKey extends KeyMaterial {
  readonly id: string;
}

export interface KmsKey {
  readonly id: string;
  readonly description: string;
  readonly state: KmsKeyState;
  /** Version 1 first; the last one wraps, all unwrap. */
  readonly versions: readonly KeyMaterial[];
}

export interface Making {
  /** ms since the epoch */
  readonly nowMs: number;
  readonly randomBytes?: ((size: number) => Buffer) | undefined;
}

export const WRAPPING_KEY_BYTES = 32;
export const MAX_DESCRIPTION = 256;
export const NO_KEYS: KeyringState = { masterKeys: [], kmsKeys: [], defaultKmsKeyId: undefined };

/** Shows on one line of a terminal and no more than it says. */
export function isDescription(text: string): boolean {
  return text.length <= MAX_DESCRIPTION && !/\p{C}|\p{Zl}|\p{Zp}/u.test(text);
}

export function findKmsKey(state: KeyringState, id: string): KmsKey | undefined {
  return state.kmsKeys.find((key) => key.id === id);
}

export function addMasterKey(state: KeyringState, making: Making): KeyringState {
  const key = { id: newId(making), ...newMaterial(making) };
  return { ...state, masterKeys: [...state.masterKeys, key] };
}

/** Appends a key; `kmsKeys.at(-1)` of the result. */
export function addKmsKey(state: KeyringState, description: string, making: Making): KeyringState {
  const key: KmsKey = { id: newId(making), description, state: 'Enabled', versions: [newMaterial(making)] };
  return { ...state, kmsKeys: [...state.kmsKeys, key] };
}

export function addDefaultKmsKey(state: KeyringState, making: Making): KeyringState {
  const more = addKmsKey(state, 'Default key of COS', making);
  return { ...more, defaultKmsKeyId: more.kmsKeys.at(-1)?.id };
}

/** @returns undefined when there is no such key; the same state when nothing changes */
export function setKmsKeyState(state: KeyringState, id: string, to: KmsKeyState): KeyringState | undefined {
  return changeKmsKey(state, id, (key) => (key.state === to ? key : { ...key, state: to }));
}

/** @returns undefined when there is no such key */
export function rotateKmsKey(state: KeyringState, id: string, making: Making): KeyringState | undefined {
  return changeKmsKey(state, id, (key) => ({ ...key, versions: [...key.versions, newMaterial(making)] }));
}

export function describeKmsKey(state: KeyringState, key: KmsKey): KmsKeyDescription {
  return {
    keyId: key.id,
    description: key.description,
    state: key.state,
    createdMs: key.versions[0]?.createdMs ?? 0,
    versions: key.versions.length,
    isDefault: key.id === state.defaultKmsKeyId,
  };
}

function changeKmsKey(state: KeyringState, id: string, change: (key: KmsKey) => KmsKey): KeyringState | undefined {
  const at = state.kmsKeys.findIndex((key) => key.id === id);
  const key = state.kmsKeys[at];
  if (key === undefined) return undefined;
  const changed = change(key);
  return changed === key ? state : { ...state, kmsKeys: state.kmsKeys.with(at, changed) };
}

function newMaterial({ nowMs, randomBytes = systemRandomBytes }: Making): KeyMaterial {
  return { createdMs: nowMs, key: randomBytes(WRAPPING_KEY_BYTES) };
}

/** A random UUID (version 4). */
function newId({ randomBytes = systemRandomBytes }: Making): string {
  const bytes = Buffer.from(randomBytes(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
