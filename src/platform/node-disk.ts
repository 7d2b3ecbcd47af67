/** The real disk: `Disk` over node:fs. Callbacks rather than promises, because one write path serves every commit. */
import fs from 'node:fs';
import type { Disk, DiskFile, OpenMode } from './disk.ts';

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;
/** Undefined where the system has no such flag (Windows). */
const O_DSYNC: number | undefined = fs.constants.O_DSYNC;
const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: O_RDONLY,
  'read-write': O_RDWR,
  create: O_RDWR | O_CREAT | O_EXCL,
};

class NodeFile implements DiskFile {
  readonly #fd: number;
  readonly #durable: boolean;

  /** @param durable opened with O_DSYNC: `sync` has nothing to do */
  constructor(fd: number, durable: boolean) {
    this.#fd = fd;
    this.#durable = durable;
  }

  write(buffers: readonly Buffer[], position: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = (rest: readonly Buffer[], at: number): void => {
        fs.writev(this.#fd, rest, at, (error, written) => {
          if (error) return reject(error);
          const left = behind(rest, written);
          if (left.length === 0) return resolve();
          step(left, at + written);
        });
      };
      const filled = buffers.filter(({ length }) => length > 0);
      if (filled.length === 0) resolve();
      else step(filled, position);
    });
  }

  read(target: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const step = (done: number): void => {
        fs.read(this.#fd, target, done, target.length - done, position + done, (error, read) => {
          if (error) reject(error);
          else if (read === 0 || done + read === target.length) resolve(done + read);
          else step(done + read);
        });
      };
      if (target.length === 0) resolve(0);
      else step(0);
    });
  }

  readNow(target: Buffer, position: number): number {
    let done = 0;
    while (done < target.length) {
      const read = fs.readSync(this.#fd, target, done, target.length - done, position + done);
      if (read === 0) break;
      done += read;
    }
    return done;
  }

  sync(): Promise<void> {
    if (this.#durable) return Promise.resolve();
    return new Promise((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }

  async truncate(length: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      fs.ftruncate(this.#fd, length, (error) => (error ? reject(error) : resolve()));
    });
    // O_DSYNC covers writes only.
    if (!this.#durable) return;
    await new Promise<void>((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#fd, (error, stat) => (error ? reject(error) : resolve(stat.size)));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      fs.close(this.#fd, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** What remains of the buffers once so many bytes of them are written. */
function behind(buffers: readonly Buffer[], written: number): readonly Buffer[] {
  let left = written;
  for (const [at, buffer] of buffers.entries()) {
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(at + 1)];
    left -= buffer.length;
  }
  return [];
}

export const nodeDisk: Disk = {
  async open(path, mode, writeThrough = false) {
    const durable = writeThrough && O_DSYNC !== undefined;
    const fd = await new Promise<number>((resolve, reject) => {
      const flags = FLAGS[mode] | (durable ? O_DSYNC : 0);
      fs.open(path, flags, 0o600, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    return new NodeFile(fd, durable);
  },
  async mkdir(path) {
    await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
  },
  async list(path) {
    try {
      return (await fs.promises.readdir(path)).sort();
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  },
  async size(path) {
    try {
      return (await fs.promises.stat(path)).size;
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
  rename: (from, to) => fs.promises.rename(from, to),
  async remove(path) {
    try {
      await fs.promises.unlink(path);
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  },
  async syncDir(path) {
    // Windows has no way to sync a folder and needs none: its journal orders entries.
    if (process.platform === 'win32') return;
    const folder = await fs.promises.open(path, O_RDONLY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
};

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
