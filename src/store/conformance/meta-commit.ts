import { describe, expect, it } from 'vitest';
import { STORE_LIMITS } from '../store.ts';
import { bytes, END, expectStoreError, type OpenStore, plain, put, scanAll, withStore } from './harness.ts';

/** Rows come back as they were written, whole commits at a time, with versions that grow. */
export function commitTests(open: OpenStore): void {
  describe('commit and get', () => {
    it('answers get in the order of its keys, undefined where absent', () =>
      withStore(open, async (store) => {
        const version = await put(store, {
          puts: [
            { key: bytes('a'), value: bytes('1') },
            { key: bytes('b'), value: bytes('') },
          ],
        });
        expect(version).toBeGreaterThan(0);
        const rows = await store.meta.get([bytes('b'), bytes('x'), bytes('a'), bytes('b')]);
        const b = { key: bytes('b'), value: bytes(''), version };
        expect(rows).toEqual([b, undefined, { key: bytes('a'), value: bytes('1'), version }, b]);
        expect(await store.meta.get([])).toEqual([]);
      }));

    it('keeps keys and values of every byte and of the longest size', () =>
      withStore(open, async (store) => {
        const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
        const keys = [every, Buffer.from([0]), Buffer.from([0, 0]), Buffer.from([0xff]), Buffer.alloc(300, 0xff)];
        keys.push(Buffer.alloc(STORE_LIMITS.keyBytes, 0x61), Buffer.alloc(STORE_LIMITS.keyBytes, 0xff));
        const value = Buffer.alloc(STORE_LIMITS.valueBytes, every);
        for (const key of keys) await put(store, { puts: [{ key, value }] });
        const rows = await store.meta.get(keys);
        for (const [at, key] of keys.entries()) {
          expect(rows[at]?.key.equals(key)).toBe(true);
          expect(rows[at]?.value.equals(value)).toBe(true);
        }
      }));

    it('takes the largest commit', () =>
      withStore(open, async (store) => {
        const value = Buffer.alloc(5_000, 7);
        const puts = Array.from({ length: STORE_LIMITS.commitKeys }, (_, i) => ({ key: bytes(`k${i}`), value }));
        const version = await put(store, { puts });
        const rows = await store.meta.get(puts.map(({ key }) => key));
        for (const row of rows) expect([row?.version, row?.value.equals(value)]).toEqual([version, true]);
        await put(store, { deletes: puts.map(({ key }) => key) });
        expect(await scanAll(store.meta, { from: bytes(''), to: END, limit: 1_000 })).toEqual([]);
      }));

    it('replaces, deletes, and deletes what is absent', () =>
      withStore(open, async (store) => {
        const key = bytes('k');
        const first = await put(store, { puts: [{ key, value: bytes('1') }] });
        const second = await put(store, { puts: [{ key, value: bytes('2') }] });
        expect(second).toBeGreaterThan(first);
        expect(await store.meta.get([key])).toEqual([{ key, value: bytes('2'), version: second }]);
        await put(store, { deletes: [key, bytes('absent')] });
        expect(await store.meta.get([key])).toEqual([undefined]);
        const third = await put(store, { puts: [{ key, value: bytes('3') }] });
        expect(third).toBeGreaterThan(second);
      }));

    it('gives parallel commits different versions', () =>
      withStore(open, async (store) => {
        const keys = Array.from({ length: 300 }, (_, i) => bytes(`p${i}`));
        const versions = await Promise.all(keys.map((key) => put(store, { puts: [{ key, value: key }] })));
        expect(new Set(versions).size).toBe(keys.length);
        const rows = await store.meta.get(keys);
        expect(rows.map((row) => row?.version)).toEqual(versions);
      }));

    it('shows a commit to every read once it resolved', () =>
      withStore(open, async (store) => {
        const to = bytes('s0');
        await Promise.all(
          Array.from({ length: 60 }, async (_, i) => {
            const key = bytes(`s/${i}/x`);
            const version = await put(store, { puts: [{ key, value: bytes(`${i}`) }] });
            const wanted = plain({ key, value: bytes(`${i}`), version });
            expect((await store.meta.get([key])).map((row) => row && plain(row))).toEqual([wanted]);
            const page = await store.meta.scan({ from: key, to, limit: 1 });
            expect(page.rows.map(plain)).toEqual([wanted]);
            const request = { prefix: bytes('s/'), from: bytes('s/'), to, delimiter: bytes('/'), limit: 1_000 };
            const { entries } = await store.meta.collapse(request);
            expect(entries.map((entry) => entry.prefix?.toString())).toContain(`s/${i}/`);
          }),
        );
      }));

    it('leaves the buffers of a resolved commit to the caller', () =>
      withStore(open, async (store) => {
        const key = bytes('mine');
        const value = bytes('value');
        const version = await put(store, { puts: [{ key, value }] });
        key.fill(0x7a);
        value.fill(0x7a);
        expect(await store.meta.get([bytes('mine')])).toEqual([{ key: bytes('mine'), value: bytes('value'), version }]);
      }));

    it('never changes a row it has handed out', () =>
      withStore(open, async (store) => {
        const keys = Array.from({ length: 50 }, (_, i) => bytes(`r${i}`));
        await put(store, { puts: keys.map((key) => ({ key, value: Buffer.alloc(200, 1) })) });
        const request = { from: bytes('r'), to: bytes('s'), limit: 100 };
        const held = [
          ...(await store.meta.get(keys)),
          ...(await store.meta.scan(request)).rows,
          ...(await store.meta.collapse({ ...request, prefix: bytes('r'), delimiter: bytes('/') })).entries.map(
            (entry) => entry.row,
          ),
        ];
        expect(held).toHaveLength(150);
        for (let round = 2; round < 6; round++) {
          await put(store, { puts: keys.map((key) => ({ key, value: Buffer.alloc(200, round) })) });
          await store.meta.scan(request);
        }
        for (const [at, row] of held.entries()) {
          expect(row?.value.equals(Buffer.alloc(200, 1))).toBe(true);
          if (at < keys.length) expect(row?.key.equals(keys[at]!)).toBe(true);
        }
      }));

    it('shows whole commits only', () =>
      withStore(open, async (store) => {
        const [a, z] = [bytes('t/a'), bytes('t/z')];
        const write = (i: number) => put(store, { puts: [a, z].map((key) => ({ key, value: bytes(`${i}`) })) });
        await write(0);
        let writing = true;
        const writer = (async () => {
          for (let i = 1; i <= 100; i++) await write(i);
          writing = false;
        })();
        while (writing) {
          const [first, last] = await store.meta.get([a, z]);
          expect(first?.version).toBe(last?.version);
          const { rows } = await store.meta.scan({ from: a, to: bytes('u'), limit: 10 });
          expect(rows[0]?.version).toBe(rows[1]?.version);
          await new Promise(setImmediate);
        }
        await writer;
      }));
  });

  describe('close', () => {
    it('lets running commits finish, then refuses everything', async () => {
      const store = await open();
      const running = Array.from({ length: 20 }, (_, i) => put(store, { puts: [{ key: bytes(`${i}`), value: END }] }));
      await store.close();
      await expect(Promise.all(running)).resolves.toHaveLength(20);
      const range = { from: bytes('a'), to: END, limit: 1 };
      await expectStoreError('closed', () => store.meta.get([bytes('a')]));
      await expectStoreError('closed', () => store.meta.scan(range));
      await expectStoreError('closed', () => store.meta.collapse({ ...range, prefix: NOTHING, delimiter: bytes('/') }));
      await expectStoreError('closed', () => store.meta.commit({ puts: [{ key: bytes('a'), value: bytes('') }] }));
      await store.close();
    });
  });
}

const NOTHING = bytes('');
