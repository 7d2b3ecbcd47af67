import { rm } from 'node:fs/promises';
import type { Clock } from '../../platform/clock.ts';
import { IndexDb } from './index-db.ts';
import { IndexState } from './index-state.ts';
import type { LocalStoreEvent, LocalStoreOptions } from './options.ts';
import { recover } from './recover.ts';
import type { Segments } from './segments.ts';

export interface OpenedIndex {
  readonly index: IndexState;
  readonly nextSequence: number;
  readonly closeIndex: () => Promise<void>;
}

export interface IndexOpening {
  /** the folder `index` */
  readonly dir: string;
  readonly segments: Segments;
  readonly options: LocalStoreOptions;
  readonly clock: Clock;
  readonly log: (event: LocalStoreEvent) => void;
}

export async function openIndex({ dir, segments, options, log }: IndexOpening): Promise<OpenedIndex> {
  if (options.rebuildIndex) await rm(dir, { recursive: true, force: true });
  const db = new IndexDb(dir);
  try {
    const index = new IndexState(db);
    const { nextSequence } = await recover(segments, index, log);
    return { index, nextSequence, closeIndex: () => db.close() };
  } catch (error) {
    await db.close();
    throw error;
  }
}
