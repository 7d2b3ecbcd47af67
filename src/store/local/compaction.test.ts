import fs from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlobRef } from '../blob-store.ts';
import { noise } from '../conformance/harness.ts';
import { commitRow, digestOf, dump, key, tempDir } from './harness.ts';
import { type LocalStore, type LocalStoreEvent, type LocalStoreOptions, openLocalStore } from './index.ts';

const BASE = { durability: 'relaxed', segmentBytes: 8_000, compaction: { background: false } } as const;
const open = (dir: string, options: Partial<LocalStoreOptions> = {}) => openLocalStore({ ...BASE, dir, ...options });

const logBytes = (dir: string): number =>
  fs
    .readdirSync(join(dir, 'log'))
    .map((name) => fs.statSync(join(dir, 'log', name)).size)
    .reduce((sum, size) => sum + size, 0);

/** Content and counters, now and once the index was built again. */
async function sameAfterRebuild(store: LocalStore, dir: string): Promise<LocalStore> {
  const lines = await dump(store);
  const { liveBlobs, liveBytes } = await store.blobs.usage();
  await store.close();
  const again = await open(dir, { rebuildIndex: true });
  expect(await dump(again)).toEqual(lines);
  expect(await again.blobs.usage()).toMatchObject({ liveBlobs, liveBytes });
  return again;
}

describe('compaction', () => {
  it('gives the space of overwritten and deleted rows and bodies back', async () => {
    const dir = tempDir();
    const store = await open(dir);
    const refs: BlobRef[] = [];
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 20; i++) refs.push((await commitRow(store, `k${i}`, `${round}`, noise(1_000, i))).blob!);
    }
    await store.blobs.delete(refs.slice(0, -20));
    expect((await store.blobs.usage()).deadBytes).toBeGreaterThan(80_000);
    const lines = await dump(store);
    const before = logBytes(dir);
    const result = await store.compact();
    expect(before).toBeGreaterThan(100_000);
    expect(logBytes(dir)).toBeLessThan(45_000);
    expect(result.bytes).toBeGreaterThan(70_000);
    expect(await dump(store)).toEqual(lines);
    expect(await store.blobs.usage()).toMatchObject({ liveBlobs: 20, liveBytes: 20_000 });
    for (const ref of refs.slice(0, -20)) expect(await digestOf(store, ref)).toBe('missing');
    await (await sameAfterRebuild(store, dir)).close();
  });

  it('leaves next to nothing of a store that was emptied, and its numbers go on', async () => {
    const dir = tempDir();
    const store = await open(dir);
    const refs: BlobRef[] = [];
    for (let i = 0; i < 40; i++) refs.push((await commitRow(store, `k${i}`, 'v', noise(900, i))).blob!);
    await store.meta.commit({ deletes: Array.from({ length: 40 }, (_, i) => key(`k${i}`)) });
    await store.blobs.delete(refs);
    await store.compact();
    expect(logBytes(dir)).toBeLessThan(200);
    expect(await store.blobs.usage()).toEqual({ liveBlobs: 0, liveBytes: 0, deadBytes: 0, orphans: 0 });
    const again = await sameAfterRebuild(store, dir);
    const row = await commitRow(again, 'new', 'v', noise(900, 1));
    expect(row.version).toBeGreaterThan(42);
    expect(refs.some((ref) => ref.equals(row.blob!))).toBe(false);
    await again.close();
  });

  it('keeps references good while their bodies move, again and again', async () => {
    const dir = tempDir();
    let store = await open(dir);
    const keep: { ref: BlobRef; digest: string }[] = [];
    for (let round = 0; round < 6; round++) {
      const drop: BlobRef[] = [];
      for (let i = 0; i < 30; i++) {
        const { blob } = await commitRow(store, `r${round}.${i}`, 'v', noise(500 + i, i + round));
        if (i % 6) drop.push(blob!);
        else keep.push({ ref: blob!, digest: await digestOf(store, blob!) });
      }
      await store.meta.commit({ deletes: drop.map((_, i) => key(`r${round}.${i}`)) });
      await store.blobs.delete(drop);
      await store.compact();
      for (const { ref, digest } of keep) expect(await digestOf(store, ref)).toBe(digest);
      store = await sameAfterRebuild(store, dir);
      for (const { ref, digest } of keep) expect(await digestOf(store, ref)).toBe(digest);
    }
    await store.blobs.delete(keep.map(({ ref }) => ref));
    await store.compact();
    expect(await store.blobs.usage()).toMatchObject({ liveBlobs: 0, liveBytes: 0 });
    for (const { ref } of keep) expect(await digestOf(store, ref)).toBe('missing');
    await (await sameAfterRebuild(store, dir)).close();
  });

  it('lets an open handle read on', async () => {
    const dir = tempDir();
    const store = await open(dir, { cacheBytes: 0 });
    const body = noise(700, 1);
    const { blob } = await commitRow(store, 'k', 'v', body);
    const handle = await store.blobs.open(blob!);
    for (let i = 0; i < 40; i++) await commitRow(store, 'other', `${i}`.repeat(300));
    expect((await store.compact()).segments).toBeGreaterThan(0);
    const target = Buffer.alloc(700);
    expect(await handle.read(0, target)).toBe(700);
    expect(target.equals(body)).toBe(true);
    await handle.close();
    await store.close();
  });

  it('never lets a deleted row or body come back', async () => {
    const dir = tempDir();
    const store = await open(dir, { inlineLimitBytes: 2_000 });
    // The first segment holds the row and much that stays; the deletion lies in a later one that is rewritten.
    const { blob: inLog } = await commitRow(store, 'victim', 'v', noise(100, 1));
    const { blob: inFile } = await commitRow(store, 'victim2', 'v', noise(2_500, 1));
    for (let i = 0; i < 9; i++) await commitRow(store, `stays${i}`, noise(800, i));
    for (let i = 0; i < 20; i++) await commitRow(store, 'filler', noise(800, i));
    await store.meta.commit({ deletes: [key('victim'), key('victim2')] });
    await store.blobs.delete([inLog!, inFile!]);
    for (let i = 0; i < 20; i++) await commitRow(store, 'filler', noise(800, i));
    const names = () => fs.readdirSync(join(dir, 'log'));
    const [first] = names();
    await store.compact();
    expect(names()).toContain(first);
    expect(names()).toHaveLength(2);
    const again = await sameAfterRebuild(store, dir);
    expect(await again.meta.get([key('victim'), key('victim2')])).toEqual([undefined, undefined]);
    for (const ref of [inLog!, inFile!]) expect(await digestOf(again, ref)).toBe('missing');
    expect(await again.blobs.usage()).toMatchObject({ liveBlobs: 0, orphans: 0 });
    await again.close();
  });

  it('does not rewrite for ever what has to be kept', async () => {
    const dir = tempDir();
    const store = await open(dir);
    for (let i = 0; i < 200; i++) await commitRow(store, `k${i}`, i % 2 ? noise(300, i) : '');
    for (let i = 0; i < 200; i += 2) await store.meta.commit({ deletes: [key(`k${i}`)] });
    for (let i = 0; i < 3; i++) await store.compact();
    expect(await store.compact()).toMatchObject({ segments: 0 });
    await (await sameAfterRebuild(store, dir)).close();
  });

  it('rewrites the oldest segment once it keeps too many deletions alive', async () => {
    const dir = tempDir();
    const store = await open(dir, { segmentBytes: 3_000, compaction: { background: false, keptBytes: 1_000 } });
    const names = () => fs.readdirSync(join(dir, 'log')).filter((name) => name.endsWith('.seg'));
    // Rows that stay, between them rows that go: every segment stays more than half full.
    const going = (i: number) => Array.from({ length: 5 }, (_, n) => key(`g${i}.${n}`));
    for (let i = 0; i < 60; i++) {
      const stays = { key: key(`stays${i}`), value: noise(300, i) };
      await store.meta.commit({ puts: [stays, ...going(i).map((name) => ({ key: name, value: key('') }))] });
    }
    const [oldest] = names();
    for (let i = 0; i < 60; i++) {
      await store.meta.commit({ deletes: going(i) });
      await commitRow(store, 'filler', noise(300, i));
    }
    await store.compact();
    expect(names()).not.toContain(oldest);
    const again = await sameAfterRebuild(store, dir);
    for (let i = 0; i < 60; i++) expect((await again.meta.get(going(i))).filter(Boolean)).toEqual([]);
    await again.close();
  });

  it('stops at a damaged body and keeps the segment', async () => {
    const dir = tempDir();
    const store = await open(dir);
    const { blob } = await commitRow(store, 'k', 'v', noise(1_000, 1));
    for (let i = 0; i < 30; i++) await commitRow(store, 'other', noise(500, i));
    const path = join(dir, 'log', fs.readdirSync(join(dir, 'log')).sort()[0]!);
    const fd = fs.openSync(path, 'r+');
    fs.writeSync(fd, Buffer.from([0, 0, 0, 0, 0]), 0, 5, 500);
    fs.closeSync(fd);
    await expect(store.compact()).rejects.toMatchObject({ kind: 'damaged' });
    expect(fs.existsSync(path)).toBe(true);
    // The others are rewritten all the same.
    expect((await store.compact()).segments).toBeGreaterThan(0);
    expect(await digestOf(store, blob!)).toMatch(/^1000:/);
    await store.close();
  });

  it('runs by itself where a segment is worth it', async () => {
    const dir = tempDir();
    const events: LocalStoreEvent[] = [];
    const log = (event: LocalStoreEvent) => events.push(event);
    const store = await open(dir, { log, compaction: { background: true, bytesPerSecond: 1_000_000 } });
    for (let i = 0; i < 100; i++) await commitRow(store, `k${i % 7}`, noise(500, i));
    for (let i = 0; i < 100 && logBytes(dir) > 20_000; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(logBytes(dir)).toBeLessThan(20_000);
    expect(events.map(({ kind }) => kind)).toContain('segment-compacted');
    await (await sameAfterRebuild(store, dir)).close();
  });

  it('under load changes nothing that a reader could see', async () => {
    const dir = tempDir();
    const store = await open(dir, { segmentBytes: 40_000, inlineLimitBytes: 2_000 });
    const model = new Map<string, string>();
    const gone: BlobRef[] = [];
    let writing = true;
    const writer = async (lane: number) => {
      for (let i = 0; i < 250; i++) {
        const name = `${lane}.${(i * 7) % 20}`;
        const [row] = await store.meta.get([key(name)]);
        if (i % 5 === 4 && row !== undefined) {
          await store.meta.commit({ checks: [{ key: row.key, version: row.version }], deletes: [row.key] });
          model.delete(name);
        } else {
          const value = `${lane} ${i}`;
          await commitRow(store, name, value, i % 2 ? noise(i * 10, i) : undefined);
          model.set(name, value);
        }
        if (row?.blob !== undefined) {
          gone.push(row.blob);
          await store.blobs.delete([row.blob]);
        }
      }
    };
    const compacting = (async () => {
      let segments = 0;
      while (writing) {
        segments += (await store.compact()).segments;
        await new Promise(setImmediate);
      }
      return segments;
    })();
    const [segments] = await Promise.all([
      compacting,
      Promise.all(Array.from({ length: 8 }, (_, lane) => writer(lane))).finally(() => {
        writing = false;
      }),
    ]);
    expect(segments).toBeGreaterThan(10);
    const rows = await store.meta.scan({ from: key(''), to: key('z'), limit: 10_000 });
    expect(new Map(rows.rows.map((row) => [row.key.toString(), row.value.toString()]))).toEqual(model);
    for (const row of rows.rows) if (row.blob) expect(await digestOf(store, row.blob)).toMatch(/^\d+:/);
    for (const ref of gone) expect(await digestOf(store, ref)).toBe('missing');
    expect((await store.blobs.usage()).liveBlobs).toBe(rows.rows.filter(({ blob }) => blob).length);
    await (await sameAfterRebuild(store, dir)).close();
  });

  it('and restarts in any order leave what a map would hold', { timeout: 600_000 }, async () => {
    // Bodies above the limit are files.
    const small = { segmentBytes: 2_000, inlineLimitBytes: 600 };
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), name, size: fc.nat(900) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), name }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('fill' as const), count: fc.integer({ min: 1, max: 4 }) }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('compact' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'rebuild' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const dir = tempDir();
        let store = await open(dir, small);
        const model = new Map<string, { version: number; digest: string; ref: BlobRef }>();
        for (const [at, one] of steps.entries()) {
          if (one.kind === 'put') {
            const old = model.get(one.name);
            const row = await commitRow(store, one.name, `${at}`, noise(one.size, at));
            model.set(one.name, { version: row.version, digest: await digestOf(store, row.blob!), ref: row.blob! });
            if (old) await store.blobs.delete([old.ref]);
          } else if (one.kind === 'delete') {
            const old = model.get(one.name);
            await store.meta.commit({ deletes: [key(one.name)] });
            if (old) await store.blobs.delete([old.ref]);
            model.delete(one.name);
          } else if (one.kind === 'fill') {
            for (let i = 0; i < one.count; i++) await commitRow(store, 'x', noise(700, i));
            await store.meta.commit({ deletes: [key('x')] });
          } else if (one.kind === 'compact') await store.compact();
          else {
            await store.close();
            store = await open(dir, { ...small, rebuildIndex: one.kind === 'rebuild' });
          }
        }
        for (const rebuildIndex of [false, true]) {
          const { rows } = await store.meta.scan({ from: key(''), to: key('~'), limit: 100 });
          const found = await Promise.all(
            rows.map(async (row) => [row.key.toString(), row.version, await digestOf(store, row.blob!)]),
          );
          const wanted = [...model].map(([own, { version, digest }]) => [own, version, digest]);
          expect(found).toEqual(wanted.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)));
          expect((await store.blobs.usage()).liveBlobs).toBe(model.size);
          if (rebuildIndex) break;
          await store.close();
          store = await open(dir, { ...small, rebuildIndex: true });
        }
        await store.close();
      }),
      { numRuns: Number(process.env['COSETTE_TEST_RUNS'] ?? 60) },
    );
  });
});
