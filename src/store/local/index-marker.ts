/**
 * The file `RUNNING` in the index folder: there while a process works on the index, and after one that ended without a
 * sync (killed, or durability `relaxed`). It says what may still be trusted.
 */
import fs from 'node:fs';
import { dirname, join } from 'node:path';

export interface Marker {
  /** Boot of the system that wrote it; the same boot still has every page that a killed process wrote. */
  readonly boot: string;
  /** Start-ups in a row that did not get as far as a running store: the index may kill whoever opens it. */
  readonly starts: number;
}

const pathIn = (dir: string): string => join(dir, 'RUNNING');

export function readMarker(dir: string): Marker | undefined {
  let text: string;
  try {
    text = fs.readFileSync(pathIn(dir), 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { boot, starts } = JSON.parse(text) as Partial<Marker>;
    return { boot: String(boot ?? ''), starts: Number(starts ?? 0) };
  } catch {
    // Torn: written in another boot, or never whole.
    return { boot: '', starts: 0 };
  }
}

/** @param durable survives a power loss when it returns */
export function writeMarker(dir: string, marker: Marker, durable: boolean): void {
  replaceFile(pathIn(dir), Buffer.from(JSON.stringify(marker)), durable);
}

export function removeMarker(dir: string): void {
  fs.rmSync(pathIn(dir), { force: true });
  syncDir(dir);
}

/** Writes a file as a whole: whoever reads it finds the old or the new content. */
export function replaceFile(path: string, content: Buffer, durable: boolean): void {
  const temporary = `${path}.new`;
  const fd = fs.openSync(temporary, 'w', 0o600);
  try {
    fs.writeSync(fd, content);
    if (durable) fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, path);
  if (durable) syncDir(dirname(path));
}

export function syncDir(dir: string): void {
  if (process.platform === 'win32') return;
  const fd = fs.openSync(dir, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
