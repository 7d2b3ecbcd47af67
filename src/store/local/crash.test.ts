/**
 * Power loss on a simulated disk: whatever was acknowledged is there byte for byte, and nothing is there by half. The
 * index is not on that disk: it is thrown away each time, and built again from the log.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SimDisk } from '../../platform/sim-disk.ts';
import type { BlobRef, StagedBlob } from '../blob-store.ts';
import { noise } from '../conformance/harness.ts';
import { digestOf, key, md5Of, tempDir } from './harness.ts';
import { type LocalStore, openLocalStore } from './index.ts';

const INLINE = 2_000;
const RUNS = Number(process.env['COSETTE_TEST_RUNS'] ?? 150);
/** Every key is written by one lane, so that its states have an order. `p` writes two rows in one commit. */
const LANES = ['a', 'b', 'c', 'p'] as const;

interface Known {
  readonly value: string;
  readonly digest: string;
}

interface Step {
  readonly lane: (typeof LANES)[number];
  readonly kind: 'put' | 'put' | 'delete';
  readonly size: number;
  readonly streamed: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  lane: fc.constantFrom(...LANES),
  kind: fc.constantFrom('put', 'put', 'put', 'delete'),
  size: fc.oneof(fc.nat(INLINE), fc.integer({ min: INLINE + 1, max: 3 * INLINE })),
  streamed: fc.boolean(),
});
const round = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
  /** Operations of the disk before the power goes off. */
  operations: fc.integer({ min: 5, max: 140 }),
  seed: fc.integer(),
  compacting: fc.boolean(),
});

const open = (dir: string, disk: SimDisk): Promise<LocalStore> => {
  rmSync(join(dir, 'index'), { recursive: true, force: true });
  return openLocalStore({
    dir,
    disk,
    segmentBytes: 6_000,
    inlineLimitBytes: INLINE,
    reserveBytes: 4_000,
    compaction: { background: false },
  });
};

class Model {
  /** What each lane's rows may hold: one state that was acknowledged, perhaps one that was not answered. */
  readonly possible = new Map<string, (Known | undefined)[]>(LANES.map((lane) => [lane, [undefined]]));
  /** Bodies whose deletion was acknowledged. */
  readonly deleted: BlobRef[] = [];
  acknowledged = 0;
  #serial = 0;

  async run(store: LocalStore, steps: readonly Step[], compacting: boolean): Promise<void> {
    let running = true;
    const lanes = LANES.map(async (lane) => {
      for (const one of steps) if (one.lane === lane) await this.#step(store, one);
    });
    const compaction = (async () => {
      while (compacting && running) {
        await store.compact();
        await new Promise(setImmediate);
      }
    })().catch(() => undefined);
    await Promise.allSettled(lanes);
    running = false;
    await compaction;
  }

  async #step(store: LocalStore, { lane, kind, size, streamed }: Step): Promise<void> {
    const names = lane === 'p' ? ['p1', 'p2'] : [lane];
    const [before] = this.possible.get(lane)!;
    const [row] = await store.meta.get([key(names[0]!)]);
    let next: Known | undefined;
    let blob: StagedBlob | undefined;
    if (kind === 'put') {
      this.#serial += 1;
      const body = noise(size, this.#serial);
      next = { value: `${this.#serial}`, digest: md5Of(body) };
      if (streamed || size > INLINE) {
        const writer = await store.blobs.create();
        await writer.write(body.subarray(0, 900));
        await writer.write(body.subarray(900));
        blob = await writer.finish();
      } else blob = store.blobs.stage(body);
    }
    this.possible.set(lane, [before, next]);
    const result = await store.meta.commit({
      checks: [{ key: key(names[0]!), version: row?.version ?? 0 }],
      ...(next === undefined
        ? { deletes: names.map(key) }
        : {
            puts: names.map((name, i) => ({
              key: key(name),
              value: Buffer.from(next.value),
              ...(i === 0 ? { blob: blob! } : {}),
            })),
          }),
    });
    expect(result.ok).toBe(true);
    this.possible.set(lane, [next]);
    this.acknowledged += 1;
    if (row?.blob === undefined) return;
    await store.blobs.delete([row.blob]);
    this.deleted.push(row.blob);
  }

  /** Compares with what is there, and goes on from that. */
  async verify(store: LocalStore): Promise<void> {
    for (const [lane, possible] of this.possible) {
      const name = lane === 'p' ? 'p1' : lane;
      const [row] = await store.meta.get([key(name)]);
      const found = row && { value: row.value.toString(), digest: await digestOf(store, row.blob!) };
      expect(possible).toContainEqual(found);
      this.possible.set(lane, [found]);
      if (lane !== 'p') continue;
      const [second] = await store.meta.get([key('p2')]);
      expect(second?.value.toString()).toBe(found?.value);
    }
    for (const ref of this.deleted) expect(await digestOf(store, ref)).toBe('missing');
    expect((await store.blobs.usage()).orphans).toBe(0);
  }
}

describe('power loss', () => {
  it('takes nothing that was acknowledged and shows nothing by half', { timeout: 600_000 }, async () => {
    const parent = tempDir();
    const dir = join(parent, 'data');
    let acknowledged = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
        let disk = new SimDisk({ folders: [parent] });
        const model = new Model();
        for (const { steps, operations, seed, compacting } of rounds) {
          disk.powerOffAfter(operations);
          let store: LocalStore | undefined;
          try {
            store = await open(dir, disk);
            await model.run(store, steps, compacting);
          } catch (error) {
            // The power went off while it was opened.
            expect((error as Error).message).toContain('EIO');
          }
          disk.powerOff();
          await store?.close().catch(() => undefined);
          disk = disk.crash({ seed });
          const again = await open(dir, disk);
          await model.verify(again).finally(() => again.close());
        }
        acknowledged += model.acknowledged;
      }),
      { numRuns: RUNS },
    );
    expect(acknowledged).toBeGreaterThan(RUNS);
  });
});
