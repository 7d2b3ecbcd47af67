/**
 * How the index survives a power loss without a sync for every transaction.
 *
 * lmdb never writes to a page of a snapshot that a reader holds. A checkpoint therefore pins the last snapshot with a
 * reader, copies the two pages at the head of the file that name the roots, syncs the file, and keeps the copy beside
 * it. Until the next checkpoint every page of that snapshot stays on the disk as it is; putting the copy back gives
 * exactly that snapshot again, and the log has what came later. Transactions go on all the while.
 *
 * A checkpoint is of use only while the pin lives: who opens the index for writing removes it first.
 */
import fs from 'node:fs';
import { join } from 'node:path';
import { crc32 } from '../../platform/hash/crc32.ts';
import type { IndexDb } from './index-db.ts';
import { replaceFile, syncDir } from './index-marker.ts';

/** Holds the two head pages for every page size that lmdb knows. What else is in there is the same, or free. */
const HEAD_BYTES = 64 * 1024;
const MAGIC = Buffer.from('CSTCHK01', 'latin1');
const HEADER_BYTES = 12;
const LMDB_MAGIC = 0xbeef_c0de;

const checkpointPath = (dir: string): string => join(dir, 'checkpoint');
export const dataPath = (dir: string): string => join(dir, 'data.mdb');

export class Checkpointer {
  readonly #db: IndexDb;
  readonly #dir: string;
  readonly #fd: number;
  #release: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param dir the folder of the index */
  constructor(db: IndexDb, dir: string) {
    this.#db = db;
    this.#dir = dir;
    this.#fd = fs.openSync(dataPath(dir), 'r+');
  }

  /** Resolves once a state of the index that is no older than the call would survive a power loss. */
  take(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  /** Waits for the one under way and releases the pin. */
  async close(): Promise<void> {
    await this.#next?.catch(() => undefined);
    await this.#running?.catch(() => undefined);
    this.#release?.();
    this.#release = undefined;
    fs.closeSync(this.#fd);
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const running = this.#take();
    this.#running = running;
    const done = () => {
      if (this.#running === running) this.#running = undefined;
    };
    running.then(done, done);
    return running;
  }

  async #take(): Promise<void> {
    const release = this.#db.pin();
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      const length = fs.readSync(this.#fd, head, 0, HEAD_BYTES, 0);
      await new Promise<void>((resolve, reject) => {
        fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()));
      });
      replaceFile(checkpointPath(this.#dir), encode(head.subarray(0, length)), true);
    } catch (error) {
      release();
      throw error;
    }
    this.#release?.();
    this.#release = release;
  }
}

function encode(head: Buffer): Buffer {
  const out = Buffer.alloc(HEADER_BYTES + head.length);
  MAGIC.copy(out);
  out.writeUInt32LE(crc32(head), 8);
  head.copy(out, HEADER_BYTES);
  return out;
}

/** Puts the index back to its last checkpoint. @returns false when there is none that is whole */
export function restoreCheckpoint(dir: string): boolean {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(checkpointPath(dir));
  } catch {
    return false;
  }
  const head = bytes.subarray(HEADER_BYTES);
  if (!bytes.subarray(0, 8).equals(MAGIC) || head.length === 0 || bytes.readUInt32LE(8) !== crc32(head)) return false;
  const fd = fs.openSync(dataPath(dir), 'r+');
  try {
    fs.writeSync(fd, head, 0, head.length, 0);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.rmSync(join(dir, 'lock.mdb'), { force: true });
  return true;
}

/**
 * True when both head pages look like lmdb's: it ends the process when it is given anything else. Page header of 24
 * bytes, then its magic number; size of a page 24 bytes further on.
 */
export function looksLikeIndex(dir: string): boolean {
  const fd = fs.openSync(dataPath(dir), 'r');
  const head = Buffer.alloc(HEAD_BYTES + 28);
  let length: number;
  try {
    length = fs.readSync(fd, head, 0, head.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const pageBytes = head.readUInt32LE(48);
  if (pageBytes < 512 || pageBytes > HEAD_BYTES || length < pageBytes + 28) return false;
  return head.readUInt32LE(24) === LMDB_MAGIC && head.readUInt32LE(pageBytes + 24) === LMDB_MAGIC;
}

/** Durably: a checkpoint whose pin is gone must never be put back. */
export function removeCheckpoint(dir: string): void {
  if (!fs.existsSync(checkpointPath(dir))) return;
  fs.rmSync(checkpointPath(dir), { force: true });
  syncDir(dir);
}

/** Syncs the data file of an index that is closed. */
export function syncIndex(dir: string): void {
  const fd = fs.openSync(dataPath(dir), 'r+');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
