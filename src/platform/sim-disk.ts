/**
 * A disk in memory that can lose power: it knows what is durable and what was only written. `crash` gives the disk as
 * it may stand afterwards: of the changes that no sync covered, files keep any 512-byte sectors, sizes any earlier
 * value, folders any entries; a renaming is there as a whole or not at all. The same seed gives the same outcome.
 */
import type { Disk, DiskFile, OpenMode } from './disk.ts';
import { SimFile } from './sim-file.ts';
import { EntryLog, SimFolder, type SimNode } from './sim-folder.ts';
import { SeededRandom } from './sim-random.ts';

export type SimOperation = 'open' | 'read' | 'write' | 'sync' | 'truncate' | 'mkdir' | 'rename' | 'remove' | 'syncDir';

export interface SimDiskOptions {
  /** Decides what a failed sync leaves behind; default 1. */
  readonly seed?: number;
  /** Bytes that files may hold together; a write beyond fails with ENOSPC. Default 1 GiB. */
  readonly capacityBytes?: number;
  /** Folders that exist from the start, durably. */
  readonly folders?: readonly string[];
}

interface Fault {
  readonly operation: SimOperation;
  readonly code: 'ENOSPC' | 'EIO';
  readonly partialBytes: number;
  left: number;
}

export class SimDisk implements Disk {
  readonly #options: SimDiskOptions;
  readonly #random: SeededRandom;
  readonly #capacity: number;
  #root = new SimFolder();
  readonly #log = new EntryLog();
  #sequence = 0;
  #faults: Fault[] = [];
  #powerLeft = Number.POSITIVE_INFINITY;

  constructor(options: SimDiskOptions = {}) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed ?? 1);
    this.#capacity = options.capacityBytes ?? 1024 ** 3;
    for (const path of options.folders ?? []) {
      for (const folder of this.#makeFolders(path)) this.#log.sync(folder, 0);
    }
  }

  /** Operations that changed or synced something so far: a test counts them once, then cuts the power at each. */
  get operations(): number {
    return this.#sequence;
  }

  /**
   * Lets the nth operation of this kind from now on fail (1: the next).
   * @param partialBytes for `write`: so many bytes are written before it fails
   */
  fail(operation: SimOperation, nth: number, code: 'ENOSPC' | 'EIO', partialBytes = 0): void {
    this.#faults.push({ operation, code, partialBytes, left: nth });
  }

  /** The power goes off in the midst of the operation after so many further ones that change or sync something. */
  powerOffAfter(operations: number): void {
    this.#powerLeft = operations;
  }

  /** Everything fails with EIO from now on, also what is under way. */
  powerOff(): void {
    this.#powerLeft = -1;
  }

  /** The disk as it may stand after a power loss at this moment. This one stays as it is. */
  crash({ seed }: { readonly seed: number }): SimDisk {
    const random = new SeededRandom(seed);
    const { folders: _, ...options } = this.#options;
    const out = new SimDisk({ ...options, seed });
    out.#root = this.#log.crashed(this.#root, random);
    return out;
  }

  async open(path: string, mode: OpenMode): Promise<DiskFile> {
    this.#start('open', path, mode === 'create');
    const { folder, name } = this.#locate('open', path);
    let node = folder.seen.get(name);
    if (mode === 'create') {
      if (node !== undefined) throw diskError('EEXIST', 'open', path);
      node = new SimFile();
      this.#log.add(this.#sequence, folder, name, node);
      this.#assertPower('open', path);
    }
    if (node === undefined) throw diskError('ENOENT', 'open', path);
    if (node instanceof SimFolder) throw diskError('EISDIR', 'open', path);
    return this.#handle(node, path, mode !== 'read');
  }

  async mkdir(path: string): Promise<void> {
    this.#start('mkdir', path, true);
    this.#makeFolders(path);
    this.#assertPower('mkdir', path);
  }

  async list(path: string): Promise<string[]> {
    this.#assertPower('scandir', path);
    const node = this.#find(path);
    if (node instanceof SimFile) throw diskError('ENOTDIR', 'scandir', path);
    return node === undefined ? [] : [...node.seen.keys()].sort();
  }

  async size(path: string): Promise<number | undefined> {
    this.#assertPower('stat', path);
    const node = this.#find(path);
    return node instanceof SimFile ? node.size : undefined;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#start('rename', from, true);
    const source = this.#locate('rename', from);
    const target = this.#locate('rename', to);
    const node = source.folder.seen.get(source.name);
    if (node === undefined) throw diskError('ENOENT', 'rename', from);
    const replaced = target.folder.seen.get(target.name);
    if (replaced === node) return;
    if (replaced instanceof SimFolder) throw diskError('EISDIR', 'rename', to);
    this.#log.rename(this.#sequence, source, target, node);
    this.#assertPower('rename', from);
  }

  async remove(path: string): Promise<void> {
    this.#start('remove', path, true);
    const node = this.#find(path);
    if (node === undefined) return;
    if (node instanceof SimFolder && node.seen.size > 0) throw diskError('ENOTEMPTY', 'remove', path);
    const { folder, name } = this.#locate('remove', path);
    this.#log.remove(this.#sequence, folder, name, node);
    this.#assertPower('remove', path);
  }

  async syncDir(path: string): Promise<void> {
    this.#start('syncDir', path, true);
    const upTo = this.#sequence;
    await nextTurn();
    const node = this.#find(path);
    if (!(node instanceof SimFolder)) throw diskError('ENOENT', 'fsync', path);
    this.#assertPower('fsync', path);
    this.#log.sync(node, upTo);
  }

  #handle(file: SimFile, path: string, writable: boolean): DiskFile {
    let open = true;
    const assertOpen = (syscall: string, writing: boolean) => {
      if (!open || (writing && !writable)) throw diskError('EBADF', syscall, path);
    };
    return {
      write: async (buffers, position) => {
        assertOpen('write', true);
        const data = Buffer.concat(buffers);
        const fault = this.#fault('write');
        const fits = Math.max(0, this.#capacity - this.#used() + file.size - position);
        const length = Math.min(data.length, fault?.partialBytes ?? fits);
        this.#count();
        if (length > 0) file.write(this.#sequence, data.subarray(0, length), position);
        this.#assertPower('write', path);
        if (length < data.length || fault) throw diskError(fault?.code ?? 'ENOSPC', 'write', path);
      },
      read: async (target, position) => {
        assertOpen('read', false);
        this.#start('read', path, false);
        return file.read(target, position);
      },
      sync: async () => {
        assertOpen('fdatasync', false);
        const fault = this.#fault('sync');
        this.#count();
        const upTo = this.#sequence;
        await nextTurn();
        this.#assertPower('fdatasync', path);
        if (fault === undefined) return file.sync(upTo);
        file.syncFailed(this.#random);
        throw diskError(fault.code, 'fdatasync', path);
      },
      truncate: async (length) => {
        assertOpen('ftruncate', true);
        this.#start('truncate', path, true);
        file.truncate(this.#sequence, length);
        this.#assertPower('ftruncate', path);
      },
      size: async () => {
        assertOpen('fstat', false);
        this.#assertPower('fstat', path);
        return file.size;
      },
      close: async () => {
        assertOpen('close', false);
        open = false;
      },
    };
  }

  /** Counts an operation and lets it fail where a fault is due. */
  #start(operation: SimOperation, path: string, changes: boolean): void {
    const fault = this.#fault(operation);
    if (changes) this.#count();
    else this.#assertPower(operation, path);
    if (fault === undefined) return;
    throw diskError(fault.code, operation, path);
  }

  #fault(operation: SimOperation): Fault | undefined {
    let due: Fault | undefined;
    for (const fault of this.#faults) {
      if (fault.operation !== operation) continue;
      fault.left -= 1;
      if (fault.left === 0) due ??= fault;
    }
    if (due !== undefined) this.#faults = this.#faults.filter(({ left }) => left > 0);
    return due;
  }

  #count(): void {
    if (this.#powerLeft < 0) throw diskError('EIO', 'power', '');
    this.#powerLeft -= 1;
    this.#sequence += 1;
  }

  #assertPower(syscall: string, path: string): void {
    if (this.#powerLeft < 0) throw diskError('EIO', syscall, path);
  }

  /** @returns the folders on the way, without the last */
  #makeFolders(path: string): SimFolder[] {
    const way: SimFolder[] = [];
    let folder = this.#root;
    for (const name of parts(path)) {
      let next = folder.seen.get(name);
      if (next instanceof SimFile) throw diskError('EEXIST', 'mkdir', path);
      if (next === undefined) {
        next = new SimFolder();
        this.#log.add(this.#sequence, folder, name, next);
      }
      way.push(folder);
      folder = next;
    }
    return way;
  }

  #find(path: string): SimNode | undefined {
    let node: SimNode | undefined = this.#root;
    for (const name of parts(path)) {
      if (!(node instanceof SimFolder)) return undefined;
      node = node.seen.get(name);
    }
    return node;
  }

  #locate(syscall: string, path: string): { folder: SimFolder; name: string } {
    const names = parts(path);
    const name = names.pop();
    const folder = this.#find(`/${names.join('/')}`);
    if (name === undefined) throw diskError('EBUSY', syscall, path);
    if (folder === undefined) throw diskError('ENOENT', syscall, path);
    if (folder instanceof SimFile) throw diskError('ENOTDIR', syscall, path);
    return { folder, name };
  }

  /** Bytes of all files that have a name. */
  #used(): number {
    const sum = (folder: SimFolder): number => {
      let total = 0;
      for (const node of folder.seen.values()) total += node instanceof SimFile ? node.size : sum(node);
      return total;
    };
    return sum(this.#root);
  }
}

function parts(path: string): string[] {
  if (!path.startsWith('/')) throw diskError('EINVAL', 'path', path);
  return path.split('/').filter((part) => part !== '');
}

/** Syncs end in a later turn of the event loop, as on a real disk: what is written meanwhile is not covered. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function diskError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}
