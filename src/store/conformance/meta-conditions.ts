import { describe, expect, it } from 'vitest';
import type { Commit, CommitResult } from '../meta-store.ts';
import { bytes, type OpenStore, put, withStore } from './harness.ts';

const value = bytes('v');
const K = bytes('k');
const G = bytes('guarded');

/** Checks and guards, alone and in storms. */
export function conditionTests(open: OpenStore): void {
  describe.each(['checks', 'guards'] as const)('%s', (kind) => {
    it('let a commit pass while they hold, absence as version 0', () =>
      withStore(open, async (store) => {
        const version = await put(store, { [kind]: [{ key: K, version: 0 }], puts: [{ key: K, value }] });
        await put(store, { [kind]: [{ key: K, version }], puts: [{ key: bytes('other'), value }] });
        await put(store, { [kind]: [{ key: K, version }] });
        await put(store, { [kind]: [{ key: K, version }], deletes: [K] });
        await put(store, { [kind]: [{ key: K, version: 0 }] });
      }));

    it('fail a commit as a whole and name the key', () =>
      withStore(open, async (store) => {
        const old = await put(store, { puts: [{ key: K, value }] });
        const now = await put(store, { puts: [{ key: K, value }] });
        for (const [key, version] of [
          [K, old],
          [K, 0],
          [K, now + 1],
          [bytes('absent'), now],
        ] as const) {
          const conditions = [
            { key: bytes('none'), version: 0 },
            { key, version },
          ];
          const result = await store.meta.commit({
            [kind]: conditions,
            puts: [{ key: bytes('new'), value }],
            deletes: [K],
          });
          expect(result).toEqual({ ok: false, failed: key });
        }
        expect(await store.meta.get([bytes('new'), K])).toEqual([undefined, { key: K, value, version: now }]);
      }));

    it('see a row that was deleted and made again as another one', () =>
      withStore(open, async (store) => {
        const version = await put(store, { puts: [{ key: K, value }] });
        await put(store, { deletes: [K] });
        expect(await store.meta.commit({ [kind]: [{ key: K, version }] })).toEqual({ ok: false, failed: K });
        await put(store, { puts: [{ key: K, value }] });
        expect(await store.meta.commit({ [kind]: [{ key: K, version }] })).toEqual({ ok: false, failed: K });
      }));

    it('do not let two crossing commits both pass', () =>
      withStore(open, async (store) => {
        for (let round = 0; round < 30; round++) {
          const [x, y] = [bytes(`x${round}`), bytes(`y${round}`)];
          const results = await Promise.all([
            store.meta.commit({ [kind]: [{ key: x, version: 0 }], puts: [{ key: y, value }] }),
            store.meta.commit({ [kind]: [{ key: y, version: 0 }], puts: [{ key: x, value }] }),
          ]);
          expect(results.filter(({ ok }) => ok)).toHaveLength(1);
        }
      }));
  });

  describe('storms', () => {
    it('let exactly one of many commits with the same check win', () =>
      withStore(open, async (store) => {
        let version = 0;
        for (let round = 0; round < 5; round++) {
          const results = await Promise.all(
            Array.from({ length: 100 }, (_, i) =>
              store.meta.commit({ checks: [{ key: K, version }], puts: [{ key: K, value: bytes(`${round}.${i}`) }] }),
            ),
          );
          const winners = results.flatMap((result, i) => (result.ok ? [{ i, version: result.version }] : []));
          expect(winners).toHaveLength(1);
          const [row] = await store.meta.get([K]);
          expect(row).toEqual({ key: K, value: bytes(`${round}.${winners[0]?.i}`), version: winners[0]?.version });
          version = row!.version;
        }
      }));

    it('lose no increment of a counter', () =>
      withStore(open, async (store) => {
        const add = async () => {
          for (;;) {
            const [row] = await store.meta.get([K]);
            const next = Number(row?.value.toString() ?? '0') + 1;
            const checks = [{ key: K, version: row?.version ?? 0 }];
            if ((await store.meta.commit({ checks, puts: [{ key: K, value: bytes(`${next}`) }] })).ok) return;
          }
        };
        await Promise.all(Array.from({ length: 30 }, add));
        expect((await store.meta.get([K]))[0]?.value.toString()).toBe('30');
      }));

    it('let many commits share a guard', () =>
      withStore(open, async (store) => {
        const version = await put(store, { puts: [{ key: G, value }] });
        const guards = [{ key: G, version }];
        const results = await Promise.all(
          Array.from({ length: 200 }, (_, i) => store.meta.commit({ guards, puts: [{ key: bytes(`g${i}`), value }] })),
        );
        expect(results.every(({ ok }) => ok)).toBe(true);
      }));

    it.each<[string, Commit]>([
      ['changed', { puts: [{ key: G, value: bytes('w') }] }],
      ['deleted', { deletes: [G] }],
    ])('let no commit pass its guard after the key was %s', (_, change) =>
      withStore(open, async (store) => {
        for (let round = 0; round < 10; round++) {
          const version = await put(store, { puts: [{ key: G, value }] });
          const guards = [{ key: G, version }];
          const running: Promise<CommitResult>[] = [];
          let changed: Promise<number> | undefined;
          for (let i = 0; i < 40; i++) {
            if (i === 4 * round) changed = put(store, change);
            running.push(store.meta.commit({ guards, puts: [{ key: bytes(`${round}.${i}`), value }] }));
          }
          const limit = await changed!;
          for (const result of await Promise.all(running)) {
            if (result.ok) expect(result.version).toBeLessThan(limit);
            else expect(result.failed).toEqual(G);
          }
        }
      }),
    );
  });
}
