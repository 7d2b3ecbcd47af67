import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { BlobRef } from '../blob-store.ts';
import { attach, bodyOf, expectBody, expectUsage, readAll, stream } from './blob-harness.ts';
import { bytes, expectStoreError, noise, type OpenStore, put, withStore } from './harness.ts';

const LARGE = 3 * 1024 ** 2;

/** Deletion by reference and what the counters say. */
export function deleteTests(open: OpenStore, runs: number): void {
  describe('delete', () => {
    it('frees blobs, one or many, and does not mind what is gone', () =>
      withStore(open, async (store) => {
        const refs: BlobRef[] = [];
        for (const size of [0, 1, 70_000, LARGE])
          refs.push(await attach(store, `d${size}`, await stream(store, noise(size, 1))));
        await store.blobs.delete([]);
        await store.blobs.delete(refs.slice(0, 1));
        await store.blobs.delete(refs);
        await store.blobs.delete(refs);
        await Promise.all(refs.map((ref) => store.blobs.delete([ref, ref])));
        for (const ref of refs) await expectStoreError('missing', () => store.blobs.open(ref));
        await expectUsage(store, 0, 0);
      }));

    it('takes nothing but what it names', () =>
      withStore(open, async (store) => {
        const bodies = Array.from({ length: 20 }, (_, i) => noise(i % 5 ? i * 500 : LARGE, i));
        const refs = await Promise.all(
          bodies.map(async (body, i) => attach(store, `n${i}`, await stream(store, body))),
        );
        await store.blobs.delete(refs.filter((_, i) => i % 2));
        let total = 0;
        for (const [i, ref] of refs.entries()) {
          if (i % 2) await expectStoreError('missing', () => store.blobs.open(ref));
          else expectBody(await bodyOf(store, ref), bodies[i]!);
          if (i % 2 === 0) total += bodies[i]!.length;
        }
        await expectUsage(store, 10, total);
      }));

    it('leaves the row, and an overwritten or deleted row leaves the blob', () =>
      withStore(open, async (store) => {
        const first = await attach(store, 'k', store.blobs.stage(bytes('first')));
        const second = await attach(store, 'k', store.blobs.stage(bytes('second!')));
        expectBody(await bodyOf(store, first), bytes('first'));
        await put(store, { deletes: [bytes('k')] });
        expectBody(await bodyOf(store, second), bytes('second!'));
        await expectUsage(store, 2, 12);
        await store.blobs.delete([first, second]);
        await expectUsage(store, 0, 0);
      }));

    it('does not take a body from a handle that is open', () =>
      withStore(open, async (store) => {
        for (const size of [5_000, LARGE]) {
          const body = noise(size, 2);
          const ref = await attach(store, `o${size}`, await stream(store, body));
          const handle = await store.blobs.open(ref);
          await store.blobs.delete([ref]);
          await expectStoreError('missing', () => store.blobs.open(ref));
          for (let i = 0; i < 10; i++) await attach(store, `later${i}`, store.blobs.stage(noise(size % 9_999, i)));
          expectBody(await readAll(handle), body);
          await handle.close();
        }
      }));

    it('never gives a reference to another body', () =>
      withStore(open, async (store) => {
        const seen = new Set<string>();
        for (let round = 0; round < 20; round++) {
          const ref = await attach(
            store,
            'k',
            round % 4 ? store.blobs.stage(bytes('x')) : await stream(store, noise(LARGE, 1)),
          );
          if (seen.has(ref.toString('hex'))) throw new Error('A reference was used again');
          seen.add(ref.toString('hex'));
          await store.blobs.delete([ref]);
        }
      }));
  });

  describe('usage', () => {
    it('follows random lives of blobs and returns to zero', () =>
      withStore(open, async (store) => {
        const step = fc.record({
          size: fc.oneof(fc.nat(200), fc.nat(5_000), fc.constantFrom(0, 64 * 1024, LARGE)),
          whole: fc.boolean(),
          fate: fc.constantFrom('attach', 'attach', 'discard', 'fail', 'delete'),
        });
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
            const live: BlobRef[] = [];
            let total = 0;
            await Promise.all(
              steps.map(async ({ size, whole, fate }, i) => {
                const body = noise(size, i);
                const blob =
                  whole && size <= store.blobs.stageLimit ? store.blobs.stage(body) : await stream(store, body);
                if (fate === 'discard') return store.blobs.discard(blob);
                if (fate === 'fail') {
                  const checks = [{ key: bytes('absent'), version: 1 }];
                  await store.meta.commit({ checks, puts: [{ key: bytes(`u${i}`), value: bytes(''), blob }] });
                  return store.blobs.discard(blob);
                }
                const ref = await attach(store, `u${i}`, blob);
                if (fate === 'delete') return store.blobs.delete([ref]);
                live.push(ref);
                total += size;
              }),
            );
            await expectUsage(store, live.length, total);
            await store.blobs.delete(live);
            await expectUsage(store, 0, 0);
          }),
          { numRuns: runs },
        );
      }));
  });
}
