/** What `snapshot` gives out: a copy of a memory store with what opens it; and the way into a file and back. */
import { type FirstAccount, KEY_FILE, keyFileText, parseKeyFile, type StoredAccount } from '../access/key-file.ts';
import { memorySecrets, parseSecret, SECRET_FILE, secretText } from '../access/secrets.ts';
import { KEYRING_FILE } from '../features/encryption/keyring-file.ts';
import { formatKeyring, parseKeyring } from '../features/encryption/keyring-format.ts';
import { NO_KEYS } from '../features/encryption/keyring-state.ts';
import { MemoryKeyring } from '../features/encryption/local-keyring.ts';
import type { SnapshotFile } from '../features/snapshot/items.ts';
import { restoreSnapshot } from '../features/snapshot/restore.ts';
import { saveSnapshot } from '../features/snapshot/save.ts';
import { Pins } from '../model/pins.ts';
import type { Clock } from '../platform/clock.ts';
import { readSnapshotFile, writeSnapshotFile } from '../server/snapshot/snapshot-file.ts';
import { withoutKeys } from '../server/snapshot/state-files.ts';
import { checked } from '../store/checked.ts';
import type { MemoryStore } from '../store/memory/index.ts';
import type { Snapshot } from './types.ts';

/** Keys that bodies and stored key pairs are encrypted with. */
export interface Keys {
  /** What `secrets` stands on. */
  readonly secret: Buffer;
  readonly keyring: MemoryKeyring;
}

export interface SnapshotParts extends Keys {
  readonly store: MemoryStore;
  readonly appid: string;
  readonly uin: string;
  readonly offsetMs: number;
}

/** Of the first account. */
type Pair = Pick<FirstAccount, 'secretId' | 'secretKey'>;

export class StateSnapshot implements Snapshot {
  readonly takenAt: Date;
  readonly bytes: number;
  readonly #parts: SnapshotParts;
  readonly #pair: Pair;

  /** @param parts with a store that nobody writes to */
  constructor(takenAt: Date, parts: SnapshotParts, pair: Pair) {
    this.takenAt = takenAt;
    this.bytes = parts.store.usedBytes;
    this.#parts = parts;
    this.#pair = pair;
  }

  async save(file: string): Promise<void> {
    const { store, appid, uin, offsetMs } = this.#parts;
    const services = { store: checked(store), pins: new Pins() };
    const header = { takenMs: this.takenAt.getTime(), appid, uin, clockOffsetMs: Math.round(offsetMs), keys: true };
    const files = async () => stateFiles({ appid, uin, ...this.#pair }, this.#parts, true);
    await writeSnapshotFile(file, saveSnapshot({ services, header, files }), { force: true });
  }

  /** @throws Error for what no `snapshot` gave out */
  static partsOf(snapshot: Snapshot): SnapshotParts {
    if (snapshot instanceof StateSnapshot) return snapshot.#parts;
    throw new Error('restore takes what snapshot gave, in the same process, or a file');
  }
}

/** What a folder would hold beside the store. */
export function stateFiles(
  { appid, uin, secretId, secretKey }: Pair & Pick<FirstAccount, 'appid' | 'uin'>,
  { secret, keyring }: Keys,
  withKeys: boolean,
): SnapshotFile[] {
  if (!withKeys) return withoutKeys({ appid, uin });
  const state = keyring.change((keys) => keys);
  return [
    { name: KEY_FILE, content: Buffer.from(keyFileText({ appid, uin, pair: { secretId, secretKey } })) },
    { name: SECRET_FILE, content: Buffer.from(secretText(secret)) },
    ...(state === NO_KEYS ? [] : [{ name: KEYRING_FILE, content: Buffer.from(formatKeyring(state)) }]),
  ];
}

export interface ReadState {
  readonly parts: SnapshotParts;
  readonly account: StoredAccount;
}

/**
 * @param store empty
 * @throws SnapshotError, KeyFileError, StoreError
 */
export async function readState(path: string, store: MemoryStore, clock: Clock, fresh: Keys): Promise<ReadState> {
  const { header, files } = await restoreSnapshot(readSnapshotFile(path), checked(store));
  const text = (name: string) => files.find((file) => file.name === name)?.content.toString();
  const [key, secret, ring] = [text(KEY_FILE), text(SECRET_FILE), text(KEYRING_FILE)];
  const { appid, uin, clockOffsetMs: offsetMs } = header;
  const state = ring === undefined ? NO_KEYS : parseKeyring(ring);
  if (typeof state === 'string') throw new Error(`the keyring of the snapshot cannot be used: ${state}`);
  const keys = {
    secret: secret === undefined ? fresh.secret : parseSecret(secret),
    keyring: new MemoryKeyring({ clock }, state),
  };
  const pair = key === undefined ? undefined : parseKeyFile(key).pair;
  return { parts: { store, appid, uin, offsetMs, ...keys }, account: { appid, uin, pair } };
}

export const secretsOf = ({ secret }: Keys) => memorySecrets(secret);
