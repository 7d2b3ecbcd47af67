/**
 * The first account: from seeds (environment or file), else a key pair that is made once and kept in the data folder as
 * `credentials.json`. Source: DESIGN §5, spec/protocol.md §3–§4.
 *
 * The file always records APPID and UIN, since the buckets belong to them; the key pair only when it was made here: what
 * comes from the environment is not written to disk.
 */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedIdentity } from './identity.ts';

export interface Account {
  /** Digits; the suffix of the account's bucket names. */
  readonly appid: string;
  /** Digits; the account's id in owners and grants. */
  readonly uin: string;
  readonly secretId: string;
  readonly secretKey: string;
}

export interface AccountSeeds {
  readonly secretId?: string | undefined;
  /** Comes with `secretId` or not at all. */
  readonly secretKey?: string | undefined;
  readonly appid?: string | undefined;
  readonly uin?: string | undefined;
}

export interface FirstAccount extends Account {
  /** Where the key pair came from; `generated` only in the start that made it. */
  readonly origin: 'generated' | 'file' | 'seeds';
  /** For the log: what differs between seeds and file, an open file mode. No secrets. */
  readonly notes: readonly string[];
}

/** The file is there but cannot be used. The message names it and says what to do. */
export class KeyFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyFileError';
  }
}

export const KEY_FILE = 'credentials.json';
export const DEFAULT_APPID = '1250000000';
export const DEFAULT_UIN = '100000000001';

const FORMAT = 1;
const MAX_FILE = 64 * 1024;
const ALPHANUMERICS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** What a key file holds. */
export interface StoredAccount {
  readonly appid: string;
  readonly uin: string;
  readonly pair: { readonly secretId: string; readonly secretKey: string } | undefined;
}

/**
 * @param dataDir made when it is missing
 * @throws KeyFileError; Node's own errors when the folder cannot be read or written
 */
export async function openFirstAccount(
  dataDir: string,
  seeds: AccountSeeds = {},
  randomBytes: (count: number) => Uint8Array = systemRandomBytes,
): Promise<FirstAccount> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, KEY_FILE);
  const notes: string[] = [];
  const stored = await readKeyFile(path, notes);
  const { appid, uin, account } = known(path, stored, seeds, notes);
  if (account?.origin === 'seeds' && stored === undefined) await writeKeyFile(dataDir, { appid, uin, pair: undefined });
  if (account !== undefined) return account;
  const pair = { secretId: `AKID${token(32, randomBytes)}`, secretKey: token(32, randomBytes) };
  await writeKeyFile(dataDir, { appid: stored?.appid ?? appid, uin: stored?.uin ?? uin, pair });
  return { appid, uin, ...pair, origin: 'generated', notes };
}

/**
 * The first account as it is, for commands that only look: nothing is made.
 * @returns undefined when there is no key pair yet
 * @throws as `openFirstAccount`
 */
export async function findFirstAccount(dataDir: string, seeds: AccountSeeds = {}): Promise<FirstAccount | undefined> {
  const path = join(dataDir, KEY_FILE);
  const notes: string[] = [];
  return known(path, await readKeyFile(path, notes), seeds, notes).account;
}

/** What seeds and file say together; no account when neither has a key pair. Adds to the notes. */
function known(path: string, stored: StoredAccount | undefined, seeds: AccountSeeds, notes: string[]) {
  const appid = seeds.appid ?? stored?.appid ?? DEFAULT_APPID;
  const uin = seeds.uin ?? stored?.uin ?? DEFAULT_UIN;
  for (const [name, seed, kept] of [
    ['APPID', seeds.appid, stored?.appid],
    ['UIN', seeds.uin, stored?.uin],
    ['SecretId', seeds.secretId, stored?.pair?.secretId],
    ['SecretKey', seeds.secretKey, stored?.pair?.secretKey],
  ] as const) {
    if (seed === undefined || kept === undefined || seed === kept) continue;
    const values = name === 'SecretKey' ? '' : ` (${seed}, not ${kept})`;
    notes.push(`the configured ${name} is used instead of the one in ${path}${values}`);
  }
  let account: FirstAccount | undefined;
  if (seeds.secretId !== undefined && seeds.secretKey !== undefined) {
    account = { appid, uin, secretId: seeds.secretId, secretKey: seeds.secretKey, origin: 'seeds', notes };
  } else if (stored?.pair !== undefined) {
    account = { appid, uin, ...stored.pair, origin: 'file', notes };
  }
  return { appid, uin, account };
}

/** The root of an account, by its key. */
export function rootIdentity({ appid, uin, secretId }: Omit<Account, 'secretKey'>): SignedIdentity {
  return { kind: 'root', appid, ownerUin: uin, uin, name: '', secretId, policies: [] };
}

/** Alphanumerics, each equally likely: bytes from 248 on would favour the first eight and are thrown away. */
export function token(length: number, randomBytes: (count: number) => Uint8Array): string {
  let out = '';
  while (out.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && out.length < length) out += ALPHANUMERICS[byte % 62];
    }
  }
  return out;
}

async function readKeyFile(path: string, notes: string[]): Promise<StoredAccount | undefined> {
  let content: string;
  try {
    const facts = await stat(path);
    if (facts.size > MAX_FILE) throw unusable(path, 'it is too large');
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
      notes.push(`${path} can be read by other users of this machine: chmod 600 it`);
    }
    content = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseKeyFile(content, path);
}

/** The account of the file in a folder; undefined when there is no file. @throws as `openFirstAccount` */
export function storedAccount(dataDir: string): Promise<StoredAccount | undefined> {
  return readKeyFile(join(dataDir, KEY_FILE), []);
}

/** @param path for the message @throws KeyFileError */
export function parseKeyFile(content: string, path: string = KEY_FILE): StoredAccount {
  let data: unknown;
  try {
    data = JSON.parse(content);
  } catch {
    throw unusable(path, 'it is not valid JSON');
  }
  const fields = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  if (typeof fields['format'] === 'number' && fields['format'] > FORMAT) {
    throw unusable(path, `its format ${fields['format']} is newer than ${FORMAT}: it needs a newer cosette`);
  }
  const { appid, uin, secretId, secretKey } = fields;
  if (!matches(appid, /^\d{5,15}$/) || !matches(uin, /^\d{5,15}$/)) throw unusable(path, 'appid or uin is missing');
  if (secretId === undefined && secretKey === undefined) return { appid, uin, pair: undefined };
  if (!matches(secretId, /^[A-Za-z0-9]{4,128}$/) || !matches(secretKey, /^[\x21-\x7e]{8,256}$/)) {
    throw unusable(path, 'secretId or secretKey is missing or malformed');
  }
  return { appid, uin, pair: { secretId, secretKey } };
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function unusable(path: string, why: string): KeyFileError {
  return new KeyFileError(
    `the key file ${path} cannot be used: ${why}. Repair it, or move it away to have keys made anew`,
  );
}

export function keyFileText({ appid, uin, pair }: StoredAccount): string {
  return `${JSON.stringify({ format: FORMAT, appid, uin, ...pair }, undefined, 2)}\n`;
}

/** Whole or not at all: written aside, synced, renamed, the folder synced. */
async function writeKeyFile(dataDir: string, stored: StoredAccount): Promise<void> {
  const path = join(dataDir, KEY_FILE);
  const aside = `${path}.new`;
  await rm(aside, { force: true });
  await withFile(await open(aside, 'wx', 0o600), async (file) => {
    await file.writeFile(keyFileText(stored));
    await file.sync();
  });
  await rename(aside, path);
  if (process.platform === 'win32') return;
  await withFile(await open(dataDir, 'r'), (folder) => folder.sync());
}

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
