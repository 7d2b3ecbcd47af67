/** What the commands `cosette kms …` do; each returns the text to print. No key material is ever part of it. */
import { KeyFileError } from '../access/key-file.ts';
import type { KmsKeyDescription, KmsKeyState } from '../features/encryption/keyring.ts';
import { KeyringFile } from '../features/encryption/keyring-file.ts';
import {
  addKmsKey,
  addMasterKey,
  describeKmsKey,
  findKmsKey,
  isDescription,
  type KeyringState,
  MAX_DESCRIPTION,
  type Making,
  rotateKmsKey,
  setKmsKeyState,
} from '../features/encryption/keyring-state.ts';
import { type Clock, systemClock } from '../platform/clock.ts';

export interface KmsFolder {
  readonly file: KeyringFile;
  readonly clock: Clock;
}

/** How long a command waits while a server or another command changes the keys, ms. */
const LOCK_WAIT_MS = 5_000;

/** Nothing is read or made yet. All functions below throw KeyFileError, with what to do about it. */
export function openKmsFolder(dataDir: string, clock: Clock = systemClock): KmsFolder {
  return { file: new KeyringFile(dataDir, clock, LOCK_WAIT_MS), clock };
}

export function listKeys({ file }: KmsFolder): string {
  const keys = file.fresh();
  const rows = keys.kmsKeys.map((key) => rowOf(describeKmsKey(keys, key)));
  const masters = keys.masterKeys.length;
  const active = keys.masterKeys.at(-1);
  const foot = active === undefined ? '' : `\nSSE-COS: ${counted(masters, 'master key')}, active ${active.id}`;
  if (rows.length === 0) return `No keys for SSE-KMS: cosette kms create makes one.${foot}\n`;
  const head = ['KEY ID', 'STATE', 'VERSIONS', 'CREATED', 'DESCRIPTION'];
  return `${tableOf([head, ...rows])}${foot}\n`;
}

/** @returns the id alone, for scripts */
export function createKey({ file, clock }: KmsFolder, description: string): string {
  if (!isDescription(description)) {
    throw new KeyFileError(`a description is one line of at most ${MAX_DESCRIPTION} characters`);
  }
  const key = file.change((keys) => addKmsKey(keys, description, makingAt(clock))).kmsKeys.at(-1);
  return `${key?.id}\n`;
}

export function setState({ file }: KmsFolder, id: string, state: KmsKeyState): string {
  changeKey(file, id, (keys) => setKmsKeyState(keys, id, state));
  return `${id} ${state}\n`;
}

export function rotateKey({ file, clock }: KmsFolder, id: string): string {
  const keys = changeKey(file, id, (before) => rotateKmsKey(before, id, makingAt(clock)));
  return `${id} version ${findKmsKey(keys, id)?.versions.length}\n`;
}

export function rotateMaster({ file, clock }: KmsFolder): string {
  const key = file.change((keys) => addMasterKey(keys, makingAt(clock))).masterKeys.at(-1);
  return `${key?.id}\n`;
}

function changeKey(
  file: KeyringFile,
  id: string,
  change: (keys: KeyringState) => KeyringState | undefined,
): KeyringState {
  const unknown = () => new KeyFileError(`${file.path} holds no key ${id}: cosette kms list shows those it holds`);
  // Before anything is made in a folder that may be a mistake.
  if (findKmsKey(file.fresh(), id) === undefined) throw unknown();
  return file.change((keys) => {
    const changed = change(keys);
    if (changed === undefined) throw unknown();
    return changed;
  });
}

function makingAt(clock: Clock): Making {
  return { nowMs: clock.nowMs() };
}

function rowOf({ keyId, state, versions, createdMs, description, isDefault }: KmsKeyDescription): string[] {
  const note = isDefault ? ' (default)' : '';
  return [keyId, state, String(versions), new Date(createdMs).toISOString(), `${description}${note}`.trim()];
}

function tableOf(rows: readonly string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
