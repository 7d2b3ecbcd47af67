/**
 * Large bodies, a file each. A file is written as `files/open/<id>` and stays there until a commit holds it: that
 * folder is the journal of open writes, and all that has to be searched after a crash. Then it moves to
 * `files/<first two digits>/<id>`.
 */
import { join } from 'node:path';
import type { Disk, DiskFile } from '../../platform/disk.ts';
import type { BlobHandle, BlobRef } from '../blob-store.ts';
import { StoreError } from '../store.ts';
import { DirSync } from './dir-sync.ts';
import { diskError } from './errors.ts';
import { decodeRef, encodeFileRef, FILE_ID_BYTES } from './ref.ts';

export interface OpenFile {
  readonly ref: (size: number) => BlobRef;
  readonly file: DiskFile;
  readonly id: string;
}

export class LargeFiles {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #openDir: string;
  readonly #sync: boolean;
  readonly #randomBytes: (size: number) => Buffer;
  readonly #openSync: DirSync;
  readonly #rootSync: DirSync;
  readonly #folders = new Map<string, Promise<DirSync>>();
  /** Files of writers and of staged blobs. */
  readonly #owned = new Set<string>();
  readonly #moves = new Map<string, Promise<void>>();

  /** @param dir the folder `files` */
  constructor(disk: Disk, dir: string, sync: boolean, randomBytes: (size: number) => Buffer) {
    this.#disk = disk;
    this.#dir = dir;
    this.#openDir = join(dir, 'open');
    this.#sync = sync;
    this.#randomBytes = randomBytes;
    this.#openSync = new DirSync(disk, this.#openDir, sync);
    this.#rootSync = new DirSync(disk, dir, sync);
  }

  async create(): Promise<OpenFile> {
    const bytes = this.#randomBytes(FILE_ID_BYTES);
    const id = bytes.toString('hex');
    this.#owned.add(id);
    try {
      const file = await this.#disk.open(join(this.#openDir, id), 'create');
      return { id, file, ref: (size) => encodeFileRef(bytes, size) };
    } catch (error) {
      this.#owned.delete(id);
      throw diskError(error, 'A file for a body cannot be made');
    }
  }

  /** Makes a written file durable, content and name, and closes it. */
  async finish({ file }: OpenFile): Promise<void> {
    try {
      try {
        if (this.#sync) await file.sync();
      } finally {
        await file.close();
      }
      await this.#openSync.sync();
    } catch (error) {
      throw diskError(error, 'A body cannot be made durable');
    }
  }

  /** Removes a file that no commit holds. */
  async discard(id: string): Promise<void> {
    await this.#disk.remove(join(this.#openDir, id));
    this.#owned.delete(id);
  }

  /** A commit holds the file from now on: it leaves the journal, some time. */
  attached(ref: BlobRef): void {
    const id = idOf(ref);
    const move = this.#move(id)
      .catch(() => undefined)
      .then(() => {
        this.#owned.delete(id);
        this.#moves.delete(id);
      });
    this.#moves.set(id, move);
  }

  async open(ref: BlobRef): Promise<BlobHandle> {
    const id = idOf(ref);
    const file =
      (await this.#tryOpen(this.#pathOf(id))) ??
      (await this.#tryOpen(join(this.#openDir, id))) ??
      // It may have moved in between.
      (await this.#tryOpen(this.#pathOf(id)));
    if (file === undefined) throw new StoreError('missing', 'The body is gone');
    return handleOf(file, ref.readUIntBE(1 + FILE_ID_BYTES, 6));
  }

  /** Removes the files, durably. Those that are gone are no error. */
  async remove(refs: readonly BlobRef[]): Promise<void> {
    const folders = new Set<string>();
    for (const ref of refs) {
      const id = idOf(ref);
      await this.#moves.get(id);
      await this.#disk.remove(this.#pathOf(id));
      await this.#disk.remove(join(this.#openDir, id));
      folders.add(id.slice(0, 2));
    }
    for (const name of folders) await (await this.#folder(name)).sync();
    await this.#openSync.sync();
  }

  /** Ids in the journal that neither a writer nor a staged blob owns. */
  async unowned(): Promise<string[]> {
    return (await this.#disk.list(this.#openDir)).filter((id) => !this.#owned.has(id));
  }

  /** After a crash: moves on what a commit holds and removes the rest. @returns how many were removed */
  async recover(isHeld: (id: Buffer) => boolean): Promise<number> {
    let removed = 0;
    for (const name of await this.#disk.list(this.#openDir)) {
      const path = join(this.#openDir, name);
      const id = Buffer.from(name, 'hex');
      if (id.length === FILE_ID_BYTES && isHeld(id)) await this.#move(name);
      else {
        await this.#disk.remove(path);
        removed += 1;
      }
    }
    if (removed > 0) await this.#openSync.sync();
    return removed;
  }

  /** Waits until every file is where it belongs. */
  async close(): Promise<void> {
    await Promise.all(this.#moves.values());
  }

  async #move(id: string): Promise<void> {
    await this.#folder(id.slice(0, 2));
    // Not synced: should a power loss undo it, the file stands in the journal as before.
    await this.#disk.rename(join(this.#openDir, id), this.#pathOf(id));
  }

  /** The folder of an id, there durably. */
  #folder(name: string): Promise<DirSync> {
    let folder = this.#folders.get(name);
    if (folder === undefined) {
      const path = join(this.#dir, name);
      folder = this.#disk
        .mkdir(path)
        .then(() => this.#rootSync.sync())
        .then(() => new DirSync(this.#disk, path, this.#sync));
      this.#folders.set(name, folder);
      folder.catch(() => this.#folders.delete(name));
    }
    return folder;
  }

  async #tryOpen(path: string): Promise<DiskFile | undefined> {
    try {
      return await this.#disk.open(path, 'read');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw diskError(error, 'A body cannot be opened');
    }
  }

  #pathOf(id: string): string {
    return join(this.#dir, id.slice(0, 2), id);
  }
}

function idOf(ref: BlobRef): string {
  const decoded = decodeRef(ref);
  if (decoded === undefined || !('id' in decoded)) throw new StoreError('missing', 'No body of that name');
  return decoded.id;
}

function handleOf(file: DiskFile, size: number): BlobHandle {
  let open = true;
  return {
    size,
    async read(position, target) {
      if (!open) throw new StoreError('misuse', 'The handle is closed');
      const length = Math.max(0, Math.min(target.length, size - position));
      if (length === 0) return 0;
      const read = await file.read(target.subarray(0, length), position);
      if (read < length) throw new StoreError('damaged', 'The file of a body is shorter than it was');
      return read;
    },
    async close() {
      if (!open) return;
      open = false;
      await file.close();
    },
  };
}
