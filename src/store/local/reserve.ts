/**
 * The file `log/RESERVE`: space that is given up when the disk is full, so that deleting can go on. While it is missing
 * the store takes only commits that make room.
 */
import { join } from 'node:path';
import type { Disk } from '../../platform/disk.ts';
import { isFull } from './errors.ts';

const STEP = 1024 ** 2;

export class Reserve {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #path: string;
  readonly #bytes: number;
  #held = true;
  #making: Promise<void> | undefined;

  /** @param dir the folder `log` @param bytes 0: no reserve, and never short of it */
  constructor(disk: Disk, dir: string, bytes: number) {
    this.#disk = disk;
    this.#dir = dir;
    this.#path = join(dir, 'RESERVE');
    this.#bytes = bytes;
  }

  /** False once it was given up, until it could be made again. */
  get held(): boolean {
    return this.#held;
  }

  /** bytes */
  get size(): number {
    return this.#bytes;
  }

  /** Makes the file unless it is there. Without space for it the reserve counts as given up; nothing is thrown. */
  make(): Promise<void> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /** Gives the space back. @throws the error of the disk */
  async giveUp(): Promise<void> {
    if (this.#bytes === 0) return;
    this.#held = false;
    await this.#making;
    this.#held = false;
    await this.#disk.remove(this.#path);
    await this.#disk.syncDir(this.#dir);
  }

  async #make(): Promise<void> {
    if (this.#bytes === 0) return;
    try {
      if ((await this.#disk.size(this.#path)) !== this.#bytes) await this.#write();
      this.#held = true;
    } catch (error) {
      // Any other error shows where it does harm.
      if (isFull(error)) this.#held = false;
      await this.#disk.remove(this.#path).catch(() => undefined);
    }
  }

  async #write(): Promise<void> {
    await this.#disk.remove(this.#path);
    const file = await this.#disk.open(this.#path, 'create');
    try {
      const zeros = Buffer.alloc(Math.min(STEP, this.#bytes));
      for (let at = 0; at < this.#bytes; at += zeros.length) {
        await file.write([zeros.subarray(0, Math.min(zeros.length, this.#bytes - at))], at);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
