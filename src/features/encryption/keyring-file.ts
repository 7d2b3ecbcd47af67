/**
 * The keyring of a data folder, `keyring.json`: read by the server, changed by it (a key made on first use) and by the
 * command line at the same time.
 *
 * Readers need no lock: the file is replaced whole by renaming, and every replacement is another file to `stat`. Writers
 * read, change and replace under a lock that names its holder, so that none loses what another wrote and a killed one
 * locks nobody out. All is synchronous: a change is over in a few milliseconds, and the server makes two in its life.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { KeyFileError } from '../../access/key-file.ts';
import type { Clock } from '../../platform/clock.ts';
import { FolderLockedError, type Lock, lockFolder } from '../../platform/folder-lock.ts';
import { formatKeyring, parseKeyring } from './keyring-format.ts';
import { type KeyringState, NO_KEYS } from './keyring-state.ts';

export const KEYRING_FILE = 'keyring.json';
const LOCK_FOLDER = 'keyring.lock';
/** bytes; some ten thousand keys */
const MAX_FILE = 4 * 1024 * 1024;
/** How old what `current` gives may be, ms. */
const LOOK_EVERY_MS = 1_000;
const LOCK_POLL_MS = 5;

export class KeyringFile {
  readonly #path: string;
  readonly #dataDir: string;
  readonly #clock: Clock;
  readonly #lockWaitMs: number;
  #state = NO_KEYS;
  /** Of the file that `#state` was read from; undefined before there was one. */
  #seen: string | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** Reads nothing yet. @param lockWaitMs how long a change may wait for another process, ms, blocking this one */
  constructor(dataDir: string, clock: Clock, lockWaitMs = 250) {
    this.#dataDir = dataDir;
    this.#path = join(dataDir, KEYRING_FILE);
    this.#clock = clock;
    this.#lockWaitMs = lockWaitMs;
  }

  get path(): string {
    return this.#path;
  }

  /** The keys as they are or were within the last second; none when there is no file yet. @throws as `fresh` */
  current(): KeyringState {
    const elapsed = this.#clock.monotonicMs() - this.#lookedAtMs;
    return elapsed < LOOK_EVERY_MS ? this.#state : this.fresh();
  }

  /**
   * The keys as they are.
   * @throws KeyFileError when the file cannot be used or was there and is gone; Node's own errors
   */
  fresh(): KeyringState {
    const lookedAtMs = this.#clock.monotonicMs();
    const found = fs.statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    if (found === undefined && this.#seen !== undefined) throw this.#unusable('it was there and is gone');
    if (found !== undefined && markOf(found) !== this.#seen) this.#read();
    this.#lookedAtMs = lookedAtMs;
    return this.#state;
  }

  /**
   * Replaces the keys by `edit` of what they are; durable on return. Writes nothing when `edit` gives back its argument.
   * @throws KeyFileError; Node's own errors; what `edit` throws
   */
  change(edit: (state: KeyringState) => KeyringState): KeyringState {
    fs.mkdirSync(join(this.#dataDir, LOCK_FOLDER), { recursive: true, mode: 0o700 });
    const lock = this.#lock();
    try {
      const before = this.fresh();
      const after = edit(before);
      if (after !== before) this.#write(after);
      return after;
    } finally {
      lock.release();
    }
  }

  /** For a person: what should be mended. No secrets. */
  notes(): string[] {
    const found = fs.statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined || process.platform === 'win32' || (found.mode & 0o077) === 0) return [];
    return [`${this.#path} can be read by other users of this machine: chmod 600 it`];
  }

  #read(): void {
    const fd = fs.openSync(this.#path, 'r');
    try {
      const opened = fs.fstatSync(fd, { bigint: true });
      if (opened.size > MAX_FILE) throw this.#unusable('it is too large');
      const parsed = parseKeyring(fs.readFileSync(fd, 'utf8'));
      if (typeof parsed === 'string') throw this.#unusable(parsed);
      this.#state = parsed;
      this.#seen = markOf(opened);
    } finally {
      fs.closeSync(fd);
    }
  }

  /** Whole or not at all: written aside, synced, renamed, the folder synced. */
  #write(state: KeyringState): void {
    const text = formatKeyring(state);
    if (text.length > MAX_FILE)
      throw new KeyFileError(`the key file ${this.#path} is full: it cannot hold another key`);
    const aside = `${this.#path}.new`;
    fs.rmSync(aside, { force: true });
    const fd = fs.openSync(aside, 'wx', 0o600);
    try {
      fs.writeFileSync(fd, text);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
    fs.renameSync(aside, this.#path);
    this.#syncFolder();
    this.#state = state;
    this.#seen = markOf(fs.statSync(this.#path, { bigint: true }));
  }

  #syncFolder(): void {
    if (process.platform === 'win32') return;
    const fd = fs.openSync(this.#dataDir, 'r');
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  #lock(): Lock {
    for (let waitedMs = 0; ; waitedMs += LOCK_POLL_MS) {
      try {
        return lockFolder(join(this.#dataDir, LOCK_FOLDER), () => this.#clock.nowMs());
      } catch (error) {
        if (!(error instanceof FolderLockedError)) throw error;
        if (waitedMs >= this.#lockWaitMs) {
          throw new KeyFileError(`the key file ${this.#path} is being changed by another process: try again`);
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
      }
    }
  }

  #unusable(why: string): KeyFileError {
    return new KeyFileError(
      `the key file ${this.#path} cannot be used: ${why}. Repair it or put a copy back: objects that were encrypted ` +
        'with its keys cannot be read without it',
    );
  }
}

function markOf({ ino, mtimeNs, size }: fs.BigIntStats): string {
  return `${ino} ${mtimeNs} ${size}`;
}
