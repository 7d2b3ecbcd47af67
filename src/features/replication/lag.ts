/** How far destinations are behind their sources. */
import { afterPrefix } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import type { Row } from '../../store/meta-store.ts';
import { OUTBOX, parseOutboxKey, unpackOutbox } from './outbox.ts';

/** Rows that are counted. */
const MOST_COUNTED = 10_000;
const PAGE = 1_000;

export interface QueueLag {
  /** First bytes of its rows. */
  readonly queue: Buffer;
  /** Full names. */
  readonly source: string;
  readonly destination: string;
  /** Age of the oldest version that the destination does not have, ms. */
  readonly lagMs: number;
  /** Versions and markers that wait. */
  readonly waiting: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

export interface Lag {
  /** Those that are behind. */
  readonly queues: readonly QueueLag[];
  /** Of the one that is furthest behind, ms; 0 when nothing waits. */
  readonly lagMs: number;
  readonly waiting: number;
  readonly more: boolean;
}

/** Costs in proportion to what waits, at most a few reads for each destination. */
export async function replicationLag(services: Services): Promise<Lag> {
  const queues: QueueLag[] = [];
  for await (const first of queueHeads(services)) queues.push(await lagOf(services, first));
  return {
    queues,
    lagMs: Math.max(0, ...queues.map(({ lagMs }) => lagMs)),
    waiting: queues.reduce((sum, { waiting }) => sum + waiting, 0),
    more: queues.some(({ more }) => more),
  };
}

/** The first row of each queue. */
export async function* queueHeads({ store }: Services): AsyncGenerator<Row> {
  let from: Buffer = OUTBOX;
  for (;;) {
    const { rows } = await store.meta.scan({ from, to: afterPrefix(OUTBOX), limit: 1 });
    const row = rows[0];
    if (row === undefined) return;
    yield row;
    from = afterPrefix(parseOutboxKey(row.key).queue);
  }
}

async function lagOf({ store, clock }: Services, first: Row): Promise<QueueLag> {
  const { queue } = parseOutboxKey(first.key);
  const { source, destination, sinceMs } = unpackOutbox(first.value);
  let waiting = 0;
  let from: Buffer | undefined = queue;
  while (from !== undefined && waiting < MOST_COUNTED) {
    const page: { rows: Row[]; resume?: Buffer } = await store.meta.scan({ from, to: afterPrefix(queue), limit: PAGE });
    waiting += page.rows.length;
    from = page.resume;
  }
  const lagMs = Math.max(0, clock.nowMs() - sinceMs);
  return { queue, source, destination: destination.bucket, lagMs, waiting, more: from !== undefined };
}

/** For administrators. */
export function lagText({ lagMs, waiting, more }: Lag): string {
  if (waiting === 0) return 'nothing waits';
  return `${waiting}${more ? ' and more' : ''} wait, the oldest for ${(lagMs / 1_000).toFixed(1)} s`;
}
