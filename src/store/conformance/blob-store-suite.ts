/** What every engine promises as a BlobStore. The parts stand in files of their own. */
import { describe } from 'vitest';
import { attachTests } from './blob-attach.ts';
import { deleteTests } from './blob-delete.ts';
import { readTests } from './blob-read.ts';
import { writeTests } from './blob-write.ts';
import type { OpenStore } from './harness.ts';

export interface BlobStoreSuiteOptions {
  /** Size of the largest body written, bytes; default 5 MiB and an odd rest. */
  readonly largeBytes?: number;
  /** Random runs of each property; default 30. */
  readonly runs?: number;
}

/** @param open opens an empty store of its own each time */
export function blobStoreSuite(name: string, open: OpenStore, options: BlobStoreSuiteOptions = {}): void {
  const { largeBytes = 5 * 1024 ** 2 + 4_321, runs = 30 } = options;
  describe(`${name}: BlobStore`, () => {
    writeTests(open, largeBytes);
    readTests(open, largeBytes, runs);
    attachTests(open);
    deleteTests(open, runs);
  });
}
