import { describe, expect, it } from 'vitest';
import type { StagedBlob } from '../blob-store.ts';
import type { Store } from '../store.ts';
import { attach, bodyOf, expectBody, expectUsage, refOf, stream } from './blob-harness.ts';
import { bytes, expectStoreError, noise, type OpenStore, put, withStore } from './harness.ts';

const KINDS: readonly [string, (store: Store, body: Buffer) => Promise<StagedBlob>][] = [
  ['staged whole', async (store, body) => store.blobs.stage(body)],
  ['streamed', stream],
  ['streamed and large', async (store, body) => stream(store, Buffer.concat([body, noise(2 * 1024 ** 2, 8)]))],
];

/** How blobs and commits belong together. */
export function attachTests(open: OpenStore): void {
  describe.each(KINDS)('a blob %s', (_, make) => {
    const body = noise(10_000, 7);

    it('stays staged when its commit fails', () =>
      withStore(open, async (store) => {
        const blob = await make(store, body);
        for (let attempt = 0; attempt < 3; attempt++) {
          const checks = [{ key: bytes('absent'), version: 1 }];
          const result = await store.meta.commit({ checks, puts: [{ key: bytes('k'), value: bytes(''), blob }] });
          expect(result.ok).toBe(false);
        }
        expect(await store.meta.get([bytes('k')])).toEqual([undefined]);
        expect(await store.blobs.usage()).toMatchObject({ liveBlobs: 0, liveBytes: 0 });
        const ref = await attach(store, 'k', blob);
        expectBody((await bodyOf(store, ref)).subarray(0, body.length), body);
        await expectUsage(store, 1, blob.size);
      }));

    it('can be discarded when its commit failed', () =>
      withStore(open, async (store) => {
        const blob = await make(store, body);
        const checks = [{ key: bytes('absent'), version: 1 }];
        await store.meta.commit({ checks, puts: [{ key: bytes('k'), value: bytes(''), blob }] });
        await store.blobs.discard(blob);
        await expectStoreError('misuse', () => attach(store, 'k', blob));
        await expectUsage(store, 0, 0);
      }));

    it('is attached once', () =>
      withStore(open, async (store) => {
        const [first, second] = [await make(store, body), await make(store, body)];
        await attach(store, 'k', first);
        await expectStoreError('misuse', () => attach(store, 'again', first));
        const twice = ['a', 'b'].map((name) => ({ key: bytes(name), value: bytes(''), blob: second }));
        await expectStoreError('misuse', () => store.meta.commit({ puts: twice }));
        expect(await store.meta.get(['again', 'a', 'b'].map(bytes))).toEqual([undefined, undefined, undefined]);
        await attach(store, 'a', second);
        await expectUsage(store, 2, first.size + second.size);
      }));

    it('is won by one of two commits that race for a key, and the other keeps its own', () =>
      withStore(open, async (store) => {
        const blobs = [await make(store, body), await make(store, noise(10_000, 99))];
        const checks = [{ key: bytes('k'), version: 0 }];
        const results = await Promise.all(
          blobs.map((blob) => store.meta.commit({ checks, puts: [{ key: bytes('k'), value: bytes(''), blob }] })),
        );
        const winner = results.findIndex(({ ok }) => ok);
        expect(results.filter(({ ok }) => ok)).toHaveLength(1);
        const wanted = winner === 0 ? body : noise(10_000, 99);
        expectBody((await bodyOf(store, await refOf(store, 'k'))).subarray(0, body.length), wanted);
        await store.blobs.discard(blobs[1 - winner]!);
        await expectUsage(store, 1, blobs[winner]!.size);
      }));

    it('is not harmed by a late discard or abort', () =>
      withStore(open, async (store) => {
        const blob = await make(store, body);
        const ref = await attach(store, 'k', blob);
        await store.blobs.discard(blob);
        const writer = await store.blobs.create();
        await writer.write(body);
        const other = await attach(store, 'w', await writer.finish());
        await writer.abort();
        expectBody((await bodyOf(store, ref)).subarray(0, body.length), body);
        expectBody(await bodyOf(store, other), body);
        await expectUsage(store, 2, blob.size + body.length);
      }));

    it('belongs to its store', () =>
      withStore(open, async (store) =>
        withStore(open, async (foreign) => {
          const blob = await make(foreign, body);
          await expectStoreError('misuse', () => attach(store, 'k', blob));
          await expectStoreError('misuse', () => store.blobs.discard(blob));
          expectBody((await bodyOf(foreign, await attach(foreign, 'k', blob))).subarray(0, body.length), body);
        }),
      ));

    it('moves to other rows by its reference and outlives the first', () =>
      withStore(open, async (store) => {
        const blob = await make(store, body);
        const ref = await attach(store, 'first', blob);
        await put(store, { puts: [{ key: bytes('second'), value: bytes('v'), blob: ref }], deletes: [bytes('first')] });
        const moved = await refOf(store, 'second');
        expect(moved.equals(ref)).toBe(true);
        for (let i = 0; i < 5; i++) await attach(store, 'second', moved);
        await put(store, { puts: [{ key: bytes('second'), value: bytes('without') }] });
        expect((await store.meta.get([bytes('second')]))[0]?.blob).toBeUndefined();
        expectBody((await bodyOf(store, ref)).subarray(0, body.length), body);
        await expectUsage(store, 1, blob.size);
      }));
  });

  it('several blobs may come with one commit, beside rows without', () =>
    withStore(open, async (store) => {
      const bodies = Array.from({ length: 6 }, (_, i) => noise(i === 3 ? 2 * 1024 ** 2 : i * 1_000, i));
      const puts = [];
      for (const [i, body] of bodies.entries()) {
        const blob = i % 2 ? await stream(store, body) : store.blobs.stage(body);
        puts.push({ key: bytes(`m${i}`), value: bytes(`${i}`), blob });
        puts.push({ key: bytes(`n${i}`), value: bytes(`${i}`) });
      }
      const version = await put(store, { puts });
      const rows = await store.meta.get(puts.map(({ key }) => key));
      expect(rows.map((row) => row?.version)).toEqual(puts.map(() => version));
      expect(rows.map((row) => row?.blob !== undefined)).toEqual(puts.map(({ blob }) => blob !== undefined));
      for (const [i, body] of bodies.entries()) expectBody(await bodyOf(store, rows[2 * i]!.blob!), body);
    }));
}
