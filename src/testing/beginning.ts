/** What a server for tests begins with, and goes back to by `reset`: nothing, or a snapshot. */
import { randomBytes } from 'node:crypto';
import {
  DEFAULT_APPID,
  DEFAULT_UIN,
  type FirstAccount,
  KEY_FILE,
  type StoredAccount,
  token,
} from '../access/key-file.ts';
import { MemoryKeyring } from '../features/encryption/local-keyring.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import type { TestClock } from '../platform/test-clock.ts';
import type { TestFolder } from '../platform/test-folder.ts';
import { restoreFolder } from '../server/snapshot/restore-folder.ts';
import { readSnapshotFile } from '../server/snapshot/snapshot-file.ts';
import type { MemoryStore } from '../store/memory/index.ts';
import { type Keys, readState } from './snapshot.ts';

/** Where a server in memory begins. */
export interface Beginning {
  /** Made anew each time. */
  readonly store: () => MemoryStore;
  readonly account: FirstAccount;
  readonly keys: Keys;
  /** How far the clock is ahead, ms. */
  readonly offsetMs: number;
}

const freshKeys = (clock: TestClock): Keys => ({ secret: randomBytes(32), keyring: new MemoryKeyring({ clock }) });

/** @param file of a snapshot @throws Error for options that name another account than the file; as `readState` */
export async function beginInMemory(
  config: ServerConfig,
  clock: TestClock,
  newStore: () => MemoryStore,
  file: string | undefined,
): Promise<Beginning> {
  const keys = freshKeys(clock);
  if (file === undefined) return { store: newStore, account: accountOf(config, undefined), keys, offsetMs: 0 };
  const { parts, account } = await readState(file, newStore(), clock, keys);
  assertAccount(config, account);
  const { store, offsetMs, secret, keyring } = parts;
  return { store: () => store.copy(), account: accountOf(config, account), keys: { secret, keyring }, offsetMs };
}

/**
 * Puts a snapshot into an empty folder.
 * @param pair the key file that stays; undefined takes that of the snapshot
 * @returns how far the clock is ahead, ms
 */
export async function beginInFolder(
  config: ServerConfig,
  folder: TestFolder,
  clock: TestClock,
  file: string,
  pair: Buffer | undefined,
): Promise<number> {
  const options = { force: false, clock: clock.real };
  const { header } = await restoreFolder(readSnapshotFile(file), folder.path, options);
  assertAccount(config, header);
  if (pair !== undefined) await folder.write(KEY_FILE, pair);
  return header.clockOffsetMs;
}

/** Moves the clock to where a snapshot had it. */
export function setAhead(clock: TestClock, offsetMs: number): void {
  clock.resume();
  if (offsetMs !== 0) clock.set(Math.round(clock.nowMs() + offsetMs));
}

function accountOf({ account }: ServerConfig, stored: StoredAccount | undefined): FirstAccount {
  const { appid = stored?.appid ?? DEFAULT_APPID, uin = stored?.uin ?? DEFAULT_UIN } = account;
  const pair = stored?.pair;
  const { secretId = pair?.secretId ?? `AKID${token(32, randomBytes)}` } = account;
  const { secretKey = pair?.secretKey ?? token(32, randomBytes) } = account;
  return { appid, uin, secretId, secretKey, origin: 'seeds', notes: [] };
}

/** @throws Error */
function assertAccount({ account }: ServerConfig, { appid, uin }: { readonly appid: string; readonly uin: string }) {
  if ((account.appid ?? appid) !== appid || (account.uin ?? uin) !== uin) {
    throw new Error(`the snapshot belongs to the account ${appid} (UIN ${uin}): leave the options appid and uin out`);
  }
}
