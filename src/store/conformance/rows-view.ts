import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowsView } from '../rows-view.ts';
import type { Store } from '../store.ts';
import { bytes, END, expectStoreError, fill, type OpenStore, plain, put, scanAll, withStore } from './harness.ts';

const ALL = { from: bytes('\0'), to: END, limit: 1_000 };
const name = (number: number) => bytes(`k${String(number).padStart(5, '0')}`);

/** Rows of a view, as text. */
async function rowsIn(view: RowsView) {
  return (await scanAll({ scan: (request) => view.scan(request) } as Store['meta'], ALL)).map(plain);
}

/** A view shows the rows of one moment. */
export function viewTests(open: OpenStore, runs: number): void {
  describe('view', () => {
    it('holds what had been committed, and nothing of what comes', () =>
      withStore(open, async (store) => {
        await fill(
          store,
          Array.from({ length: 3_000 }, (_, i) => ({ key: name(i), value: bytes('before') })),
        );
        const before = (await scanAll(store.meta, ALL)).map(plain);
        const view = await store.view();
        await fill(
          store,
          Array.from({ length: 2_000 }, (_, i) => ({ key: name(i * 2), value: bytes('after') })),
        );
        for (let i = 1; i < 3_000; i += 200) await put(store, { deletes: [name(i)] });
        expect(await rowsIn(view)).toEqual(before);
        await put(store, { puts: [{ key: name(1), value: bytes('again') }] });
        expect(await rowsIn(view)).toEqual(before);
        view.close();
        view.close();
        await expectStoreError('closed', () => view.scan(ALL));
        const [row] = await store.meta.get([name(1)]);
        expect(row?.value).toEqual(bytes('again'));
      }));

    it('shows whole commits only, each that had resolved, while many are on their way', () =>
      withStore(open, async (store) => {
        const pair = (value: string) => ({ puts: ['a', 'z'].map((key) => ({ key: bytes(key), value: bytes(value) })) });
        await put(store, pair('0'));
        for (let turn = 1; turn <= 30; turn++) {
          const running = Array.from({ length: 5 }, (_, i) => put(store, pair(`${turn}.${i}`)));
          const version = await running[0];
          const view = await store.view();
          const later = Array.from({ length: 5 }, (_, i) => put(store, pair(`${turn}.${i + 5}`)));
          const [first, last] = await rowsIn(view);
          expect(first?.value).toBe(last?.value);
          expect(first?.version).toBeGreaterThanOrEqual(version!);
          view.close();
          await Promise.all([...running, ...later]);
        }
      }));

    it('is one of several, each of its own moment', () =>
      withStore(open, async (store) => {
        const step = fc.tuple(fc.constantFrom('put', 'put', 'delete', 'view', 'close'), fc.nat(8));
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
            const views: { view: RowsView; wanted: unknown }[] = [];
            for (const [kind, number] of steps) {
              if (kind === 'put') await put(store, { puts: [{ key: name(number), value: bytes(`${number}`) }] });
              else if (kind === 'delete') await put(store, { deletes: [name(number)] });
              else if (kind === 'close') views.shift()?.view.close();
              else {
                const wanted = (await scanAll(store.meta, ALL)).map(plain);
                views.push({ view: await store.view(), wanted });
              }
            }
            for (const { view, wanted } of views) expect(await rowsIn(view)).toEqual(wanted);
            for (const { view } of views) view.close();
          }),
          { numRuns: runs },
        );
      }));

    it('ends with its store', async () => {
      const store = await open();
      await put(store, { puts: [{ key: bytes('a'), value: bytes('v') }] });
      const view = await store.view();
      await store.close();
      await expectStoreError('closed', () => view.scan(ALL));
      await expectStoreError('closed', () => store.view());
      view.close();
    });
  });
}
