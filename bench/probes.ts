/** What the machine can do without a server: files made durable, digests. */
import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { BodyHash } from '../src/platform/hash/body-hash.ts';
import { bodyOf } from './load/job.ts';

/** Files per second of this size, each written and synced, so many at a time. */
export async function durableFilesPerSecond(
  folder: string,
  bytes: number,
  concurrency: number,
  ms: number,
): Promise<number> {
  const place = join(folder, 'durable-files');
  mkdirSync(place);
  const body = bodyOf(bytes);
  const startedAt = performance.now();
  let files = 0;
  const writer = async (number: number): Promise<void> => {
    for (let count = 0; performance.now() - startedAt < ms; count++) {
      const file = await open(join(place, `${number}-${count}`), 'wx');
      await file.writeFile(body);
      await file.datasync();
      await file.close();
      files += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, number) => writer(number)));
  const seconds = (performance.now() - startedAt) / 1000;
  rmSync(place, { recursive: true });
  return files / seconds;
}

const CHUNK = 256 * 1024;

/** MD5 and CRC-64 of a body that comes in pieces, bytes per second: the most that an upload could reach on one core. */
export function hashedBytesPerSecond(bytes: number): number {
  const body = bodyOf(bytes);
  const startedAt = performance.now();
  const hash = new BodyHash();
  for (let at = 0; at < bytes; at += CHUNK) hash.update(body.subarray(at, at + CHUNK));
  hash.digest();
  return bytes / ((performance.now() - startedAt) / 1000);
}
