/**
 * The file operations that durability depends on, as an interface: tests replace the real disk by one that drops or
 * tears what was not synced (sim-disk.ts). Paths are absolute. Errors are Node's own (`code` ENOENT, ENOSPC …).
 */
export interface DiskFile {
  /** Writes all bytes of all buffers, one after the other, from `position` on. Not durable before `sync`. */
  write(buffers: readonly Buffer[], position: number): Promise<void>;
  /** Fills `target` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(target: Buffer, position: number): Promise<number>;
  /**
   * As `read`, but at once: for few bytes that the system most likely has in memory, where a turn through a thread costs
   * many times the read. A disk may lack it.
   */
  readNow?(target: Buffer, position: number): number;
  /** Makes content and size durable (fdatasync). The directory entry needs `Disk.syncDir`. */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  /** bytes */
  size(): Promise<number>;
  close(): Promise<void>;
}

export type OpenMode =
  /** must exist */
  | 'read'
  /** must exist */
  | 'read-write'
  /** must not exist */
  | 'create';

export interface Disk {
  /**
   * @param writeThrough a hint that every write will be followed by `sync`: the disk may then make writes durable
   *   themselves (O_DSYNC), which leaves `sync` nothing to do
   */
  open(path: string, mode: OpenMode, writeThrough?: boolean): Promise<DiskFile>;
  /** Creates the folder and its parents; no error when it exists. */
  mkdir(path: string): Promise<void>;
  /** Names in a folder, sorted; empty when the folder is absent. */
  list(path: string): Promise<string[]>;
  /** Size in bytes, or undefined when absent. */
  size(path: string): Promise<number | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** No error when absent. */
  remove(path: string): Promise<void>;
  /** Makes the entries of a folder durable. */
  syncDir(path: string): Promise<void>;
}
