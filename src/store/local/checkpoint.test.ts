import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../platform/clock.ts';
import { SeededRandom } from '../../platform/sim-random.ts';
import { noise } from '../conformance/harness.ts';
import { Checkpointer, dataPath, looksLikeIndex, removeCheckpoint, restoreCheckpoint } from './checkpoint.ts';
import { commitRow, dump, key, tempDir } from './harness.ts';
import { type LocalStoreEvent, openLocalStore } from './index.ts';
import { IndexDb } from './index-db.ts';

const PAGE = 4_096;

function rowsOf(db: IndexDb): string[] {
  return [...db.entries(Buffer.from([0]))].map(({ key: name, value }) => `${name.toString()} ${value.toString('hex')}`);
}

/** Random puts and deletes in random transactions. */
function churn(db: IndexDb, random: SeededRandom, transactions: number): void {
  for (let i = 0; i < transactions; i++) {
    db.transaction(() => {
      for (let j = random.below(30); j >= 0; j--) {
        const name = key(`k${random.below(600)}`);
        if (random.chance(0.3)) db.removeRow(name);
        else db.putRow(name, Buffer.alloc(20 + random.below(1_500), random.below(256)));
      }
    });
  }
}

describe('Checkpointer', () => {
  it('gives the state of the last checkpoint, whatever pages a power loss took', async () => {
    const random = new SeededRandom(7);
    for (let round = 0; round < 4; round++) {
      const dir = tempDir();
      const db = new IndexDb(dir);
      const checkpoints = new Checkpointer(db, dir);
      let rows: string[] = [];
      for (let taken = 0; taken < 3; taken++) {
        churn(db, random, 25);
        rows = rowsOf(db);
        const done = checkpoints.take();
        // Transactions go on while the file is synced.
        churn(db, random, 5);
        await done;
      }
      // What of these is on the disk after a power loss is up to the system: any page in any of its states.
      const states = [fs.readFileSync(dataPath(dir))];
      for (let i = 0; i < 6; i++) {
        churn(db, random, 20);
        states.push(fs.readFileSync(dataPath(dir)));
      }
      expect(rowsOf(db)).not.toEqual(rows);
      const newest = states.at(-1)!;
      for (let loss = 0; loss < 12; loss++) {
        const after = Buffer.from(
          newest.subarray(0, states[0]!.length + random.below(2) * (newest.length - states[0]!.length)),
        );
        for (let at = 0; at < after.length; at += PAGE) {
          const state = states[random.below(states.length)]!;
          if (at < state.length) state.copy(after, at, at, at + PAGE);
          else after.fill(0, at, at + PAGE);
        }
        const lost = tempDir();
        fs.writeFileSync(dataPath(lost), after);
        fs.copyFileSync(join(dir, 'checkpoint'), join(lost, 'checkpoint'));
        expect(restoreCheckpoint(lost)).toBe(true);
        const again = new IndexDb(lost);
        expect(rowsOf(again)).toEqual(rows);
        churn(again, random, 5);
        await again.close();
      }
      await checkpoints.close();
      await db.close();
    }
  });

  it('takes one at a time, and one that begins after each call', async () => {
    const dir = tempDir();
    const db = new IndexDb(dir);
    const checkpoints = new Checkpointer(db, dir);
    const taken = [checkpoints.take()];
    for (let i = 0; i < 10; i++) {
      db.transaction(() => db.putRow(key('n'), Buffer.alloc(20, i)));
      taken.push(checkpoints.take());
    }
    await Promise.all(taken);
    const rows = rowsOf(db);
    await checkpoints.close();
    await db.close();
    expect(restoreCheckpoint(dir)).toBe(true);
    const again = new IndexDb(dir);
    expect(rowsOf(again)).toEqual(rows);
    await again.close();
  });

  it('restores nothing that is not whole', async () => {
    const dir = tempDir();
    expect(restoreCheckpoint(dir)).toBe(false);
    const db = new IndexDb(dir);
    const checkpoints = new Checkpointer(db, dir);
    await checkpoints.take();
    await checkpoints.close();
    await db.close();
    const path = join(dir, 'checkpoint');
    const bytes = fs.readFileSync(path);
    for (const at of [0, 9, 40, bytes.length - 1]) {
      const torn = Buffer.from(bytes);
      torn[at] = torn[at]! ^ 1;
      fs.writeFileSync(path, torn);
      expect(restoreCheckpoint(dir)).toBe(false);
    }
    fs.writeFileSync(path, bytes.subarray(0, 12));
    expect(restoreCheckpoint(dir)).toBe(false);
    removeCheckpoint(dir);
    removeCheckpoint(dir);
    expect(restoreCheckpoint(dir)).toBe(false);
  });
});

describe('looksLikeIndex', () => {
  it('knows an index from other files', async () => {
    const dir = tempDir();
    const db = new IndexDb(dir);
    await db.close();
    expect(looksLikeIndex(dir)).toBe(true);
    const bytes = fs.readFileSync(dataPath(dir));
    for (const other of [Buffer.alloc(0), Buffer.alloc(100_000), bytes.subarray(0, 4_000), noise(100_000, 1)]) {
      fs.writeFileSync(dataPath(dir), other);
      expect(looksLikeIndex(dir)).toBe(false);
    }
  });
});

describe('a running store', () => {
  it('takes a checkpoint some time after a change', async () => {
    const dir = tempDir();
    const clock = new ManualClock(1e12);
    const store = await openLocalStore({ dir, clock });
    const checkpoint = () => fs.readFileSync(join(dir, 'index', 'checkpoint')).toString('latin1');
    const first = checkpoint();
    await commitRow(store, 'k', 'v');
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(checkpoint()).toBe(first);
    clock.advance(61_000);
    for (let i = 0; i < 100 && checkpoint() === first; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(checkpoint()).not.toBe(first);
    await store.close();
  });
});

describe('a store that lost power', () => {
  it('goes on from the checkpoint and the log behind it', async () => {
    const dir = tempDir();
    const store = await openLocalStore({ dir, segmentBytes: 20_000, compaction: { background: false } });
    for (let i = 0; i < 50; i++) await commitRow(store, `k${i % 20}`, `${i}`, noise(i * 50, i));
    // Compaction takes a checkpoint before it removes what the older one needs.
    for (let i = 0; i < 60; i++) await commitRow(store, 'filler', noise(900, i));
    expect((await store.compact()).segments).toBeGreaterThan(0);
    for (let i = 0; i < 20; i++) await commitRow(store, `late${i}`, `${i}`, noise(i * 50, i));
    const lines = await dump(store);
    const { liveBlobs, liveBytes } = await store.blobs.usage();
    const copy = join(tempDir(), 'copy');
    fs.cpSync(dir, copy, { recursive: true });
    await store.close();
    const running = join(copy, 'index', 'RUNNING');
    fs.writeFileSync(running, fs.readFileSync(running, 'utf8').replace(/"boot":"[^"]*"/, '"boot":"the one before"'));
    const events: LocalStoreEvent[] = [];
    const again = await openLocalStore({ dir: copy, log: (event) => events.push(event) });
    expect(events.map(({ kind }) => kind)).toEqual(['log-replayed']);
    expect(await dump(again)).toEqual(lines);
    expect(await again.blobs.usage()).toMatchObject({ liveBlobs, liveBytes });
    await again.close();
  });

  it('and one that was killed goes on from its index', async () => {
    const dir = tempDir();
    const store = await openLocalStore({ dir });
    for (let i = 0; i < 50; i++) await commitRow(store, `k${i % 20}`, `${i}`, noise(i * 50, i));
    const lines = await dump(store);
    const copy = join(tempDir(), 'copy');
    fs.cpSync(dir, copy, { recursive: true });
    await store.close();
    const events: LocalStoreEvent[] = [];
    const again = await openLocalStore({ dir: copy, log: (event) => events.push(event) });
    expect(events).toEqual([]);
    expect(await dump(again)).toEqual(lines);
    await again.close();
  });
});
