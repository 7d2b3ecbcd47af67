/**
 * The keyring of this server: keys from a file, or in memory for tests. Source: spec/objects.md §5, spec/errors.md (Kms…).
 *
 * A refusal never comes from an old view of the keys: what is unknown or disabled is looked up once more. A permission
 * may be a second old.
 */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { CosError } from '../../errors/cos-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { CallRate } from './call-rate.ts';
import type { Keyring, KmsKeyDescription, WrappedByCos, WrappedByKms } from './keyring.ts';
import { KeyringFile } from './keyring-file.ts';
import {
  addDefaultKmsKey,
  addMasterKey,
  describeKmsKey,
  findKmsKey,
  type KeyMaterial,
  type KeyringState,
  type KmsKey,
  type Making,
  NO_KEYS,
} from './keyring-state.ts';
import { type Binding, unwrapKey, wrapKey } from './wrap.ts';

export interface KeyringSource {
  /** May be a second old. */
  current(): KeyringState;
  fresh(): KeyringState;
  change(edit: (state: KeyringState) => KeyringState): KeyringState;
}

export interface KeyringOptions {
  readonly clock: Clock;
  /** Calls for SSE-KMS keys; opening a data key again that was opened lately is none. Default 10,000. */
  readonly requestsPerSecond?: number | undefined;
  /** Opened data keys kept in memory, about 300 bytes each; at least 1. Default 8,192. */
  readonly cachedDataKeys?: number | undefined;
  readonly randomBytes?: ((size: number) => Buffer) | undefined;
}

const REQUESTS_PER_SECOND = 10_000;
const CACHED_DATA_KEYS = 8_192;

export class LocalKeyring implements Keyring {
  readonly #source: KeyringSource;
  readonly #clock: Clock;
  readonly #randomBytes: (size: number) => Buffer;
  readonly #rate: CallRate;
  readonly #opened: LRUCache<string, Buffer>;

  constructor(source: KeyringSource, options: KeyringOptions) {
    this.#source = source;
    this.#clock = options.clock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
    this.#rate = new CallRate(options.requestsPerSecond ?? REQUESTS_PER_SECOND, options.clock);
    this.#opened = new LRUCache({ max: options.cachedDataKeys ?? CACHED_DATA_KEYS });
  }

  wrapForCos(dataKey: Buffer): WrappedByCos {
    const master =
      this.#keys('current').masterKeys.at(-1) ??
      this.#made((keys) => (keys.masterKeys.length > 0 ? keys : addMasterKey(keys, this.#making()))).masterKeys.at(-1);
    if (master === undefined) throw new CosError('KmsInternalException');
    const wrapped = wrapKey(master.key, cosBinding(master.id), dataKey, this.#randomBytes);
    return { masterKeyId: master.id, wrapped };
  }

  unwrapForCos({ masterKeyId, wrapped }: WrappedByCos): Buffer {
    const find = (keys: KeyringState) => keys.masterKeys.find(({ id }) => id === masterKeyId);
    const master = find(this.#keys('current')) ?? find(this.#keys('fresh'));
    if (master === undefined) throw new CosError('KmsInternalException');
    const dataKey = this.#open(master, cosBinding(masterKeyId), wrapped);
    if (dataKey === undefined) throw new CosError('KmsInternalException');
    return dataKey;
  }

  wrapForKms(keyId: string | undefined, context: string | undefined, dataKey: Buffer): WrappedByKms {
    this.#countCall();
    const key = this.#usable(keyId ?? this.#defaultKeyId());
    const keyVersion = key.versions.length;
    const version = key.versions[keyVersion - 1]!;
    const wrapped = wrapKey(version.key, kmsBinding(key.id, keyVersion, context), dataKey, this.#randomBytes);
    return { keyId: key.id, keyVersion, context, wrapped };
  }

  unwrapForKms({ keyId, keyVersion, context, wrapped }: WrappedByKms): Buffer {
    const version =
      this.#usable(keyId).versions[keyVersion - 1] ?? findKmsKey(this.#keys('fresh'), keyId)?.versions[keyVersion - 1];
    if (version === undefined) throw new CosError('KmsException');
    const dataKey = this.#open(version, kmsBinding(keyId, keyVersion, context), wrapped, () => this.#countCall());
    if (dataKey === undefined) throw new CosError('KmsException');
    return dataKey;
  }

  describe(keyId: string): KmsKeyDescription {
    this.#countCall();
    for (const view of ['current', 'fresh'] as const) {
      const keys = this.#keys(view);
      const key = findKmsKey(keys, keyId);
      if (key !== undefined) return describeKmsKey(keys, key);
    }
    throw new CosError('KmsKeyNotExist');
  }

  #usable(keyId: string): KmsKey {
    const key = findKmsKey(this.#keys('current'), keyId);
    if (key?.state === 'Enabled') return key;
    const now = findKmsKey(this.#keys('fresh'), keyId);
    if (now === undefined) throw new CosError('KmsKeyNotExist');
    if (now.state !== 'Enabled') throw new CosError('KmsKeyDisabled');
    return now;
  }

  #defaultKeyId(): string {
    const id =
      this.#keys('current').defaultKmsKeyId ??
      this.#made((keys) => (keys.defaultKmsKeyId !== undefined ? keys : addDefaultKmsKey(keys, this.#making())))
        .defaultKmsKeyId;
    if (id === undefined) throw new CosError('KmsInternalException');
    return id;
  }

  /** @param beforeOpening called when the data key is not among those opened lately */
  #open({ key }: KeyMaterial, binding: Binding, wrapped: Buffer, beforeOpening?: () => void): Buffer | undefined {
    const name = `${JSON.stringify(binding)}${wrapped.toString('latin1')}`;
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    beforeOpening?.();
    const dataKey = unwrapKey(key, binding, wrapped);
    if (dataKey !== undefined) this.#opened.set(name, dataKey);
    return dataKey;
  }

  #countCall(): void {
    if (!this.#rate.take()) throw new CosError('KmsFreqControl');
  }

  #making(): Making {
    return { nowMs: this.#clock.nowMs(), randomBytes: this.#randomBytes };
  }

  #keys(view: 'current' | 'fresh'): KeyringState {
    return serviceFailure(() => this.#source[view]());
  }

  #made(edit: (keys: KeyringState) => KeyringState): KeyringState {
    return serviceFailure(() => this.#source.change(edit));
  }
}

/** Keys of a data folder: `keyring.json`, made on first use. */
export class FileKeyring extends LocalKeyring {
  /** For a person: what should be mended. No secrets. */
  readonly notes: readonly string[];

  constructor(dataDir: string, options: KeyringOptions) {
    const file = new KeyringFile(dataDir, options.clock);
    super(file, options);
    this.notes = file.notes();
  }
}

/** Keys that end with the process; `change` is what the command line does to a file. */
export class MemoryKeyring extends LocalKeyring {
  readonly change: KeyringSource['change'];

  constructor(options: KeyringOptions, keys: KeyringState = NO_KEYS) {
    let state = keys;
    const look = () => state;
    const change: KeyringSource['change'] = (edit) => {
      state = edit(state);
      return state;
    };
    super({ current: look, fresh: look, change }, options);
    this.change = change;
  }
}

function cosBinding(masterKeyId: string): Binding {
  return ['cosette sse-cos 1', masterKeyId];
}

function kmsBinding(keyId: string, keyVersion: number, context: string | undefined): Binding {
  return ['cosette sse-kms 1', keyId, keyVersion, context ?? null];
}

function serviceFailure<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CosError('KmsInternalException', { cause });
  }
}
