/** How far the reports of an inventory are: what a restart goes on from. */
import type { BucketEntry } from '../../model/buckets.ts';
import { pack, unpack } from '../../model/records/pack.ts';
import type { Services } from '../../model/services.ts';
import { type Inventory, runKey } from './catalogue.ts';

export interface ReportFile {
  /** bytes */
  readonly size: number;
  /** hex */
  readonly md5: string;
}

export interface Totals {
  /** Versions that were looked at, and bytes of them. */
  readonly listed: number;
  readonly listedBytes: number;
  /** Those in the report. */
  readonly kept: number;
  readonly keptBytes: number;
}

export const NO_TOTALS: Totals = { listed: 0, listedBytes: 0, kept: 0, keptBytes: 0 };

export interface Progress {
  /** The report it is of, ms since the epoch. */
  readonly runMs: number;
  /** The walk goes on behind this version; both empty at the beginning. */
  readonly key: string;
  readonly versionId: string;
  /** Those that are written. */
  readonly files: readonly ReportFile[];
  readonly totals: Totals;
}

export interface RunState {
  /** Midnight of the first report and of the last one that is complete. */
  readonly firstMs: number | undefined;
  readonly doneMs: number | undefined;
  /** Of the report under way. */
  readonly progress: Progress | undefined;
}

export const NOT_RUN: RunState = { firstMs: undefined, doneMs: undefined, progress: undefined };

export async function readRunState(services: Services, bucket: BucketEntry, inventory: Inventory): Promise<RunState> {
  const key = runKey(bucket.record.id, inventory.kind, inventory.configuration.id);
  const [row] = await services.store.meta.get([key]);
  return row === undefined ? NOT_RUN : unpackRunState(row.value);
}

/** @returns false where the inventory was changed or taken away meanwhile, or its bucket was */
export async function writeRunState(
  services: Services,
  bucket: BucketEntry,
  { kind, row, configuration }: Inventory,
  state: RunState,
): Promise<boolean> {
  const key = runKey(bucket.record.id, kind, configuration.id);
  const done = await services.store.meta.commit({
    guards: [{ key: row.key, version: row.version }],
    puts: [{ key, value: packRunState(state) }],
  });
  return done.ok;
}

export function packRunState({ firstMs, doneMs, progress: p }: RunState): Buffer {
  const { listed, listedBytes, kept, keptBytes } = p?.totals ?? NO_TOTALS;
  const files = p?.files.flatMap(({ size, md5 }) => [size, Buffer.from(md5, 'hex')]) ?? [];
  const progress =
    p === undefined ? null : [p.runMs, p.key, p.versionId, files, [listed, listedBytes, kept, keptBytes]];
  return pack([1, firstMs ?? null, doneMs ?? null, progress]);
}

type PackedProgress = [number, string, string, (number | Buffer)[], [number, number, number, number]];

export function unpackRunState(stored: Buffer): RunState {
  const [, firstMs, doneMs, p] = unpack(stored) as [number, number | null, number | null, PackedProgress | null];
  return {
    firstMs: firstMs ?? undefined,
    doneMs: doneMs ?? undefined,
    progress: p === null ? undefined : unpackProgress(p),
  };
}

function unpackProgress([runMs, key, versionId, flat, totals]: PackedProgress): Progress {
  const files: ReportFile[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    files.push({ size: flat[i] as number, md5: (flat[i + 1] as Buffer).toString('hex') });
  }
  const [listed, listedBytes, kept, keptBytes] = totals;
  return { runMs, key, versionId, files, totals: { listed, listedBytes, kept, keptBytes } };
}
