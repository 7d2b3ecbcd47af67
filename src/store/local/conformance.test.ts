import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { blobStoreSuite } from '../conformance/blob-store-suite.ts';
import { metaStoreSuite } from '../conformance/meta-store-suite.ts';
import { openLocalStore } from './index.ts';

const dirs: string[] = [];

afterAll(async () => {
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

const open = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'cosette-local-'));
  dirs.push(dir);
  return openLocalStore({ dir, durability: 'relaxed' });
};

// A million rows take too long for every run.
const sizes = process.env['COSETTE_SLOW_TESTS'] ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];

metaStoreSuite('local', open, { sizes });
blobStoreSuite('local', open);
