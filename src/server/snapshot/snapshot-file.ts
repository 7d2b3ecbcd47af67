/** The file that a snapshot is written to and read from. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OnProgress, SnapshotCounts } from '../../features/snapshot/format.ts';
import { inspectSnapshot } from '../../features/snapshot/inspect.ts';
import { SnapshotError } from '../../features/snapshot/snapshot-error.ts';

export interface Written {
  readonly counts: SnapshotCounts;
  /** Of the file. */
  readonly fileBytes: number;
}

export interface WriteOptions {
  /** Replace a file that is there. */
  readonly force: boolean;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Writes a snapshot and checks it on the way. The file appears whole or not at all: it is written as `FILE.partial`,
 * synced and renamed.
 * @throws SnapshotError; what the pieces throw; Node's own errors
 */
export async function writeSnapshotFile(
  path: string,
  pieces: AsyncIterable<Buffer>,
  { force, onProgress }: WriteOptions,
): Promise<Written> {
  const partial = `${path}.partial`;
  let fileBytes = 0;
  async function* written(file: FileHandle): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      await writeAll(file, piece);
      fileBytes += piece.length;
      yield piece;
    }
  }
  try {
    await assertFree(path, force);
    await rm(partial, { force: true });
    const file = await open(partial, 'wx', 0o600);
    let counts: SnapshotCounts;
    try {
      counts = await inspectSnapshot(written(file), onProgress);
      await file.sync();
    } finally {
      await file.close();
    }
    await assertFree(path, force);
    await rename(partial, path);
    await syncFolder(dirname(path));
    return { counts, fileBytes };
  } catch (error) {
    await cancel(pieces);
    await rm(partial, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new SnapshotError(
        `no space left for ${path} after ${fileBytes} bytes: free some, or choose another place. Nothing was left behind`,
      );
    }
    throw error;
  }
}

/** @throws SnapshotError when it is not there */
export async function* readSnapshotFile(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) yield piece as Buffer;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new SnapshotError(`there is no file ${path}`);
    if (code === 'EISDIR') throw new SnapshotError(`${path} is a folder: name the file of a snapshot`);
    throw error;
  }
}

/** @throws SnapshotError */
export async function assertFree(path: string, force: boolean): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isDirectory()) throw new SnapshotError(`${path} is a folder: name a file`);
  if (found !== undefined && !force) {
    throw new SnapshotError(`${path} is there already: choose another name, or replace it with --force`);
  }
}

async function writeAll(file: FileHandle, piece: Buffer): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
}

async function cancel(pieces: AsyncIterable<Buffer>): Promise<void> {
  await pieces[Symbol.asyncIterator]().return?.();
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
