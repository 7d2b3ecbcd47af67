/** Makes the inventory reports that are due, at midnight and when they are asked for. Source: spec/buckets.md §21. */
import { CosError } from '../../errors/cos-error.ts';
import { hasConfig } from '../../model/bucket-configs.ts';
import { type BucketEntry, findBucket, loadBucket } from '../../model/buckets.ts';
import { afterPrefix } from '../../model/keys.ts';
import { unpackBucket } from '../../model/records/bucket.ts';
import type { Services } from '../../model/services.ts';
import type { Row } from '../../store/meta-store.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import { midnightBefore } from '../lifecycle/calendar.ts';
import { INVENTORY, type Inventory, inventoriesOf, removeInventory } from './catalogue.ts';
import { placeOf } from './configuration.ts';
import { FILE_LINES, makeReport, ReportStopped } from './report.ts';
import { type Progress, type RunState, readRunState, writeRunState } from './run-state.ts';
import { dueOf } from './schedule.ts';

/** Prefix of the rows of all buckets. */
const BUCKETS = Buffer.from('b');

/** Services for which a report was asked. */
const asked = new WeakSet<Services>();

/** There is a report to be made at once. */
export function askForReports(services: Services): void {
  asked.add(services);
}

/** It was changed or taken away while its report was made. */
class InventoryChanged extends Error {}

export class InventoryJob implements Job {
  readonly name = 'inventory';
  readonly description = 'Writes the inventory reports of buckets, after midnight and when they are asked for.';
  readonly #services: Services;
  readonly #fileLines: number;
  /** The midnight that has been carried out, since the process began. */
  #doneMs: number | undefined;
  #reports = 0;

  /** @param fileLines lines of one file; fewer in tests */
  constructor(services: Services, fileLines = FILE_LINES) {
    this.#services = services;
    this.#fileLines = fileLines;
  }

  due(nowMs: number): number {
    if (asked.has(this.#services)) return nowMs;
    const { lifecycle: calendar } = this.#services.settings;
    const midnightMs = midnightBefore(calendar, nowMs);
    return midnightMs === this.#doneMs ? midnightMs + calendar.dayMs : midnightMs;
  }

  async run(context: JobContext): Promise<void> {
    const { clock, settings } = this.#services;
    asked.delete(this.#services);
    const midnightMs = midnightBefore(settings.lifecycle, clock.nowMs());
    this.#reports = 0;
    let failure: unknown;
    for await (const name of this.#buckets()) {
      for (const inventory of await this.#inventories(name)) {
        if (context.signal.aborted) return;
        try {
          await this.#runOne(name, inventory, midnightMs, context);
        } catch (error) {
          if (error instanceof ReportStopped) return;
          // The others have their reports first.
          if (!(error instanceof InventoryChanged)) failure ??= error;
        }
      }
    }
    if (failure !== undefined) throw failure;
    this.#doneMs = midnightMs;
  }

  async #inventories(name: string): Promise<Inventory[]> {
    const bucket = await findBucket(this.#services, name);
    if (bucket === undefined) return [];
    const once = await inventoriesOf(this.#services, bucket, 'o');
    return [...once, ...(await inventoriesOf(this.#services, bucket, 's'))];
  }

  async #runOne(name: string, inventory: Inventory, midnightMs: number, context: JobContext): Promise<void> {
    const source = await findBucket(this.#services, name);
    if (source === undefined) return;
    const calendar = this.#services.settings.lifecycle;
    const state = await readRunState(this.#services, source, inventory);
    const due = dueOf(inventory, state, midnightMs, calendar);
    if (due === undefined) return;
    const destination = await this.#destination(source, inventory);
    if (destination !== undefined) await this.#report(source, destination, inventory, { state, ...due }, context);
    if (inventory.kind === 'o') {
      await removeInventory(this.#services, name, 'o', inventory.configuration.id);
    } else {
      const done = { firstMs: due.firstMs, doneMs: due.runMs, progress: undefined };
      await writeRunState(this.#services, source, inventory, done);
    }
  }

  /** undefined where it cannot be written to any more: there is no report then. */
  async #destination(source: BucketEntry, { configuration }: Inventory): Promise<BucketEntry | undefined> {
    const destination = await findBucket(this.#services, placeOf(configuration.destination).bucket);
    if (destination === undefined) return undefined;
    const { ownerUin, region } = destination.record;
    return ownerUin === source.record.ownerUin && region === source.record.region ? destination : undefined;
  }

  async #report(
    source: BucketEntry,
    destination: BucketEntry,
    inventory: Inventory,
    { state, runMs, day }: { state: RunState; runMs: number; day: string },
    { signal, progress: show }: JobContext,
  ): Promise<void> {
    const { configuration } = inventory;
    const save = async (progress: Progress): Promise<void> => {
      const next = { firstMs: state.firstMs, doneMs: state.doneMs, progress };
      if (!(await writeRunState(this.#services, source, inventory, next))) throw new InventoryChanged();
    };
    const report = {
      services: this.#services,
      source,
      destination,
      configuration,
      runMs,
      day,
      fileLines: this.#fileLines,
      signal,
      onProgress: ({ listed }: { readonly listed: number }) =>
        show(listed, undefined, `${source.record.name}: ${configuration.id}; ${this.#reports} reports before`),
      save,
    };
    try {
      await makeReport(report, state.progress?.runMs === runMs ? state.progress : undefined);
      this.#reports += 1;
    } catch (error) {
      // One of the two buckets went meanwhile.
      if (!(error instanceof CosError) || error.code !== 'NoSuchBucket') throw error;
      await loadBucket(this.#services, source.record.name).catch(() => {
        throw new InventoryChanged();
      });
    }
  }

  /** Full names of the buckets that have inventories. */
  async *#buckets(): AsyncGenerator<string> {
    let from: Buffer | undefined = BUCKETS;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await this.#services.store.meta.scan({
        from,
        to: afterPrefix(BUCKETS),
        limit: 1_000,
      });
      for (const row of page.rows) {
        const record = unpackBucket(row.value);
        if (hasConfig({ row, record }, INVENTORY)) yield record.name;
      }
      from = page.resume;
    }
  }
}
