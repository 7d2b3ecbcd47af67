/** What every engine promises as a MetaStore. The parts stand in files of their own. */
import { describe } from 'vitest';
import type { OpenStore } from './harness.ts';
import { collapseTests } from './meta-collapse.ts';
import { commitTests } from './meta-commit.ts';
import { conditionTests } from './meta-conditions.ts';
import { modelTests } from './meta-model.ts';
import { pageCostTests } from './meta-page-cost.ts';
import { scanTests } from './meta-scan.ts';
import { viewTests } from './rows-view.ts';

export interface MetaStoreSuiteOptions {
  /** Random runs of each property; default 30. */
  readonly runs?: number;
  /** Row counts at which a page must cost the same; default 10³ and 10⁵. */
  readonly sizes?: readonly number[];
}

/** @param open opens an empty store of its own each time */
export function metaStoreSuite(name: string, open: OpenStore, options: MetaStoreSuiteOptions = {}): void {
  const { runs = 30, sizes = [1_000, 100_000] } = options;
  describe(`${name}: MetaStore`, () => {
    commitTests(open);
    conditionTests(open);
    scanTests(open);
    modelTests(open, runs);
    viewTests(open, runs);
    collapseTests(open, runs);
    pageCostTests(open, sizes);
  });
}
