/** The file `FORMAT` of a data folder: {"format":1}. */
import { join } from 'node:path';
import type { Disk } from '../../platform/disk.ts';
import { StoreError } from '../store.ts';

const FORMAT = 1;
const LIMIT = 4_096;

/** Checks the format of a folder, or marks a new one. @throws StoreError newer-format, damaged */
export async function checkFormat(disk: Disk, dir: string): Promise<void> {
  const path = join(dir, 'FORMAT');
  const size = await disk.size(path);
  if (size !== undefined) {
    const found = await readFormat(disk, path, size);
    if (found === FORMAT) return;
    throw new StoreError(
      'newer-format',
      `The data in ${dir} has format ${found}; this version of the program reads format ${FORMAT}. ` +
        'Start the version that wrote it, or a later one. Nothing was changed.',
    );
  }
  const temporary = join(dir, 'FORMAT.new');
  await disk.remove(temporary);
  const file = await disk.open(temporary, 'create');
  await file.write([Buffer.from(`${JSON.stringify({ format: FORMAT })}\n`)], 0);
  await file.sync();
  await file.close();
  await disk.rename(temporary, path);
  await disk.syncDir(dir);
}

async function readFormat(disk: Disk, path: string, size: number): Promise<number> {
  const text = Buffer.alloc(Math.min(size, LIMIT));
  const file = await disk.open(path, 'read');
  try {
    await file.read(text, 0);
  } finally {
    await file.close();
  }
  let format: unknown;
  try {
    format = (JSON.parse(text.toString()) as { format?: unknown }).format;
  } catch {
    format = undefined;
  }
  if (typeof format === 'number' && Number.isInteger(format) && format >= FORMAT) return format;
  throw new StoreError('damaged', `${path} does not name a format`);
}
