/** What lies in a data folder, file by file, against the bodies that should be there. For a store that is closed. */
import fs from 'node:fs';
import { join } from 'node:path';
import type { BlobRef } from '../blob-store.ts';
import { decodeRef } from './ref.ts';

/** Sizes are those of the files, bytes. */
export interface FolderReport {
  readonly format: number;
  readonly segments: number;
  readonly segmentBytes: number;
  /** Files of large bodies that should be there, and are. */
  readonly files: number;
  readonly fileBytes: number;
  /** Bodies that live in the log: as many bytes of the segments are theirs. */
  readonly logBodies: number;
  readonly logBodyBytes: number;
  readonly indexBytes: number;
  /** `log/RESERVE`, held back for a full disk. */
  readonly reserveBytes: number;
  /** Everything else: key file, lock … */
  readonly otherBytes: number;
  /** Files among those of large bodies that no body belongs to; paths below the data folder. */
  readonly strays: readonly StrayFile[];
  /** Files of large bodies whose size is not the body's. */
  readonly wrongSizes: readonly string[];
}

export interface StrayFile {
  readonly path: string;
  /** bytes */
  readonly size: number;
}

/** @param refs the bodies that should be there @throws errors of node:fs */
export function reportFolder(dir: string, refs: Iterable<BlobRef>): FolderReport {
  const expected = new Map<string, number>();
  let logBodies = 0;
  let logBodyBytes = 0;
  for (const ref of refs) {
    const decoded = decodeRef(ref);
    if (decoded === undefined) continue;
    if ('id' in decoded) expected.set(join('files', decoded.id.slice(0, 2), decoded.id), decoded.size);
    else {
      logBodies += 1;
      logBodyBytes += decoded.size;
    }
  }
  const sums = { segments: 0, segmentBytes: 0, files: 0, fileBytes: 0, indexBytes: 0, reserveBytes: 0, otherBytes: 0 };
  const strays: StrayFile[] = [];
  const wrongSizes: string[] = [];
  for (const { path, size } of filesBelow(dir, '')) {
    const [top, name = ''] = path.split('/');
    if (top === 'files') {
      const wanted = expected.get(path);
      if (wanted === undefined) strays.push({ path, size });
      else {
        sums.files += 1;
        sums.fileBytes += size;
        if (wanted !== size) wrongSizes.push(path);
      }
    } else if (top === 'log' && /^\d{8,10}\.seg$/.test(name)) {
      sums.segments += 1;
      sums.segmentBytes += size;
    } else if (top === 'log' && name.startsWith('RESERVE')) sums.reserveBytes += size;
    else if (top === 'index') sums.indexBytes += size;
    else sums.otherBytes += size;
  }
  return { format: formatOf(dir), ...sums, logBodies, logBodyBytes, strays, wrongSizes };
}

function* filesBelow(dir: string, below: string): Generator<StrayFile> {
  for (const entry of fs.readdirSync(join(dir, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(dir, path);
    else yield { path, size: fs.lstatSync(join(dir, path)).size };
  }
}

function formatOf(dir: string): number {
  return (JSON.parse(fs.readFileSync(join(dir, 'FORMAT'), 'utf8')) as { format: number }).format;
}
