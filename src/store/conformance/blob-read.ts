import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BlobHandle } from '../blob-store.ts';
import { attach, expectBody, readAll, stream } from './blob-harness.ts';
import { bytes, expectStoreError, noise, type OpenStore, put, withStore } from './harness.ts';

/** Reading whole bodies and pieces of them. */
export function readTests(open: OpenStore, largeBytes: number, runs: number): void {
  describe('open', () => {
    it('reads any piece of a body', () =>
      withStore(open, async (store) => {
        const bodies = [noise(0, 1), noise(70_000, 2), noise(largeBytes, 3)];
        const handles: BlobHandle[] = [];
        for (const [i, body] of bodies.entries()) {
          const staged = body.length <= 70_000 ? store.blobs.stage(body) : await stream(store, body);
          handles.push(await store.blobs.open(await attach(store, `r${i}`, staged)));
        }
        const piece = fc.record({
          which: fc.nat(bodies.length - 1),
          place: fc.double({ min: 0, max: 1.01, noNaN: true }),
          length: fc.oneof(fc.nat(10), fc.nat(600_000)),
        });
        await fc.assert(
          fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), async (pieces) => {
            await Promise.all(
              pieces.map(async ({ which, place, length }) => {
                const body = bodies[which]!;
                const position = Math.floor(place * body.length);
                const target = Buffer.alloc(length + 2, 0xaa);
                const got = await handles[which]!.read(position, target.subarray(1, 1 + length));
                const wanted = body.subarray(position, position + length);
                expect(got).toBe(wanted.length);
                expectBody(target.subarray(1, 1 + got), wanted);
                expect([target[0], ...target.subarray(1 + got).subarray(0, 20)].every((value) => value === 0xaa)).toBe(
                  true,
                );
              }),
            );
          }),
          { numRuns: runs },
        );
        for (const handle of handles) await handle.close();
      }));

    it('gives handles of their own', () =>
      withStore(open, async (store) => {
        for (const size of [50_000, largeBytes]) {
          const body = noise(size, size);
          const ref = await attach(store, `h${size}`, await stream(store, body));
          const [one, two] = [await store.blobs.open(ref), await store.blobs.open(ref)];
          await one.close();
          expectBody(await readAll(two), body);
          await two.close();
        }
      }));
  });

  describe('load', () => {
    it('is for bodies up to the stage limit', () =>
      withStore(open, async (store) => {
        const ref = await attach(store, 'large', await stream(store, noise(store.blobs.stageLimit + 1, 1)));
        await expectStoreError('misuse', () => store.blobs.load(ref));
      }));

    it('returns the same bytes again and again, also after others were written', () =>
      withStore(open, async (store) => {
        const bodies = Array.from({ length: 40 }, (_, i) => noise(i * 997, i));
        const refs = await Promise.all(bodies.map((body, i) => attach(store, `l${i}`, store.blobs.stage(body))));
        for (let round = 0; round < 2; round++) {
          const loaded = await Promise.all(refs.map((ref) => store.blobs.load(ref)));
          for (const [i, body] of loaded.entries()) expectBody(body, bodies[i]!);
        }
      }));
  });

  describe('references', () => {
    it('are short, and the bytes alone name the blob', () =>
      withStore(open, async (store) => {
        for (const size of [10, largeBytes]) {
          const body = noise(size, 6);
          const ref = await attach(store, 'x', await stream(store, body));
          expect(ref.length).toBeLessThanOrEqual(32);
          await put(store, { puts: [{ key: bytes('y'), value: Buffer.concat([bytes('ref:'), ref]) }] });
          const [row] = await store.meta.get([bytes('y')]);
          expect(row?.blob).toBeUndefined();
          const handle = await store.blobs.open(row!.value.subarray(4));
          expectBody(await readAll(handle), body);
          await handle.close();
        }
      }));

    it('that name nothing raise missing', () =>
      withStore(open, async (store) => {
        const ref = await attach(store, 'gone', store.blobs.stage(bytes('x')));
        await store.blobs.delete([ref]);
        for (const nothing of [ref, Buffer.alloc(0), Buffer.alloc(ref.length), Buffer.alloc(32, 0xab)]) {
          await expectStoreError('missing', () => store.blobs.load(nothing));
          await expectStoreError('missing', () => store.blobs.open(nothing));
        }
      }));
  });

  it('refuses everything once closed', async () => {
    const store = await open();
    const ref = await attach(store, 'k', store.blobs.stage(bytes('x')));
    await store.close();
    await expectStoreError('closed', () => store.blobs.stage(bytes('x')));
    await expectStoreError('closed', () => store.blobs.create());
    await expectStoreError('closed', () => store.blobs.load(ref));
    await expectStoreError('closed', () => store.blobs.open(ref));
    await expectStoreError('closed', () => store.blobs.delete([ref]));
  });
}
