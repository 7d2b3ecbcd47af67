import { describe, expect, it } from 'vitest';
import { attach, bodyOf, expectBody, expectUsage, stream } from './blob-harness.ts';
import { bytes, expectStoreError, noise, type OpenStore, withStore } from './harness.ts';

/** Bodies of every size, whole and streamed, and bodies that are given up. */
export function writeTests(open: OpenStore, largeBytes: number): void {
  describe('stage', () => {
    it('keeps bodies of every size up to its limit', () =>
      withStore(open, async (store) => {
        const { stageLimit } = store.blobs;
        expect(stageLimit).toBeGreaterThanOrEqual(64 * 1024);
        let total = 0;
        for (const size of [0, 1, 4_096, 64 * 1024, stageLimit - 1, stageLimit]) {
          const body = noise(size, size + 1);
          const staged = store.blobs.stage(body);
          expect(staged).toMatchObject({ staged: true, size });
          const ref = await attach(store, `s${size}`, staged);
          expectBody(await store.blobs.load(ref), body);
          expectBody(await bodyOf(store, ref), body);
          total += size;
        }
        await expectUsage(store, 6, total);
      }));

    it('refuses a longer body', () =>
      withStore(open, (store) =>
        expectStoreError('misuse', () => store.blobs.stage(Buffer.alloc(store.blobs.stageLimit + 1))),
      ));

    it('costs nothing until a commit attaches it', () =>
      withStore(open, async (store) => {
        const blobs = [1, 2, 3].map((seed) => store.blobs.stage(noise(1_000, seed)));
        await expectUsage(store, 0, 0);
        for (const blob of blobs) await store.blobs.discard(blob);
        await store.blobs.discard(blobs[0]!);
        await expectUsage(store, 0, 0);
      }));
  });

  describe('create', () => {
    it('keeps streamed bodies of every size, whatever the hint', () =>
      withStore(open, async (store) => {
        const { stageLimit } = store.blobs;
        let total = 0;
        let count = 0;
        for (const size of [0, 1, 64 * 1024, stageLimit - 1, stageLimit, stageLimit + 1, largeBytes]) {
          const body = noise(size, size + 2);
          for (const hint of [undefined, size, Math.floor(size / 3), size + 100_000]) {
            const staged = await stream(store, body, hint);
            expect(staged).toMatchObject({ staged: true, size });
            const ref = await attach(store, `c${size}.${hint}`, staged);
            expectBody(await bodyOf(store, ref), body);
            if (size <= stageLimit) expectBody(await store.blobs.load(ref), body);
            total += size;
            count += 1;
          }
        }
        await expectUsage(store, count, total);
      }));

    it('keeps bodies apart that are written at once', () =>
      withStore(open, async (store) => {
        const bodies = Array.from({ length: 12 }, (_, i) => noise(300_000 + i * 150_001, i));
        const refs = await Promise.all(
          bodies.map(async (body, i) =>
            attach(store, `w${i}`, await stream(store, body, i % 2 ? body.length : undefined)),
          ),
        );
        expect(new Set(refs.map((ref) => ref.toString('hex'))).size).toBe(bodies.length);
        for (const [i, ref] of refs.entries()) expectBody(await bodyOf(store, ref), bodies[i]!);
      }));

    it('takes one chunk larger than everything', () =>
      withStore(open, async (store) => {
        const body = noise(largeBytes, 9);
        const writer = await store.blobs.create(body.length);
        await writer.write(body);
        expectBody(await bodyOf(store, await attach(store, 'one', await writer.finish())), body);
      }));

    it('gives everything back on abort, before and after finish', () =>
      withStore(open, async (store) => {
        for (const size of [0, 10, 100_000, largeBytes]) {
          const running = await store.blobs.create(size);
          await running.write(noise(size, 3));
          await running.abort();
          await running.abort();
          await expectStoreError('misuse', () => running.write(bytes('x')));
          await expectStoreError('misuse', () => running.finish());
          const finished = await store.blobs.create();
          await finished.write(noise(size, 4));
          const staged = await finished.finish();
          await finished.abort();
          await store.blobs.discard(staged);
          await expectStoreError('misuse', () => attach(store, 'aborted', staged));
        }
        await expectUsage(store, 0, 0);
      }));

    it('gives a finished body back on discard', () =>
      withStore(open, async (store) => {
        for (const size of [10, largeBytes]) {
          const staged = await stream(store, noise(size, 5));
          await store.blobs.discard(staged);
          await store.blobs.discard(staged);
        }
        await expectUsage(store, 0, 0);
      }));

    it('ends with finish', () =>
      withStore(open, async (store) => {
        const writer = await store.blobs.create();
        await writer.write(bytes('x'));
        await store.blobs.discard(await writer.finish());
        await expectStoreError('misuse', () => writer.write(bytes('y')));
        await expectStoreError('misuse', () => writer.finish());
      }));
  });
}
