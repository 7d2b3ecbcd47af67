import { describe, expect, it } from 'vitest';
import type { Row } from '../meta-store.ts';
import { bytes, END, fill, type OpenStore, put, scanAll, withStore } from './harness.ts';

const names = (rows: readonly Row[]): string[] => rows.map(({ key }) => key.toString('latin1'));

/** Ranges, limits and resume keys of scan. */
export function scanTests(open: OpenStore): void {
  describe('scan', () => {
    it('is half open and in byte order', () =>
      withStore(open, async (store) => {
        const keys = ['a', 'a\0', 'a\x01', 'aa', 'b', '\xc3\xa4', '\xff', '\xff\xff'];
        await put(store, { puts: [...keys].reverse().map((key) => ({ key: bytes(key), value: bytes(key) })) });
        const between = async (from: string, to: string) =>
          names((await store.meta.scan({ from: bytes(from), to: bytes(to), limit: 100 })).rows);
        expect(await between('', '\xff\xff\xff')).toEqual(keys);
        expect(await between('a', 'b')).toEqual(['a', 'a\0', 'a\x01', 'aa']);
        expect(await between('a\0', 'a\0\0')).toEqual(['a\0']);
        expect(await between('a\0\0', 'aa')).toEqual(['a\x01']);
        expect(await between('b\0', '\xff')).toEqual(['\xc3\xa4']);
        expect(await between('a', 'a')).toEqual([]);
        expect(await between('b', 'a')).toEqual([]);
        expect(await between('c', 'd')).toEqual([]);
      }));

    it('names a resume key exactly when the range holds more', () =>
      withStore(open, async (store) => {
        const keys = Array.from({ length: 20 }, (_, i) => `k${String(i).padStart(2, '0')}`);
        await put(store, { puts: keys.map((key) => ({ key: bytes(key), value: bytes(key) })) });
        await put(store, { puts: [{ key: bytes('l'), value: bytes('behind the range') }] });
        for (let limit = 1; limit <= 25; limit++) {
          const page = await store.meta.scan({ from: bytes('k'), to: bytes('l'), limit });
          expect(names(page.rows)).toEqual(keys.slice(0, limit));
          expect(page.resume !== undefined).toBe(limit < keys.length);
          expect(page.visited).toBeGreaterThanOrEqual(page.rows.length);
          expect(page.visited).toBeLessThanOrEqual(page.rows.length + 2);
          expect(names(await scanAll(store.meta, { from: bytes('k'), to: bytes('l'), limit }))).toEqual(keys);
        }
      }));

    it('goes on where it stopped while rows come and go', () =>
      withStore(open, async (store) => {
        await put(store, { puts: ['a', 'c', 'e', 'g'].map((key) => ({ key: bytes(key), value: bytes('') })) });
        const first = await store.meta.scan({ from: bytes(''), to: END, limit: 2 });
        await put(store, { puts: [{ key: bytes('f'), value: bytes('') }], deletes: [bytes('e'), bytes('c')] });
        const second = await store.meta.scan({ from: first.resume!, to: END, limit: 10 });
        expect(names([...first.rows, ...second.rows])).toEqual(['a', 'c', 'f', 'g']);
      }));

    it('bounds the bytes of a page but returns at least one row', () =>
      withStore(open, async (store) => {
        const keys = Array.from({ length: 30 }, (_, i) => bytes(`m${String(i).padStart(2, '0')}`));
        await put(store, { puts: keys.map((key, i) => ({ key, value: Buffer.alloc(i * 40) })) });
        for (const maxBytes of [0, 1, 100, 1_000, 5_000, 1_000_000]) {
          const request = { from: bytes('m'), to: bytes('n'), limit: 100, maxBytes };
          const page = await store.meta.scan(request);
          expect(page.rows.length).toBeGreaterThan(0);
          const sizes = page.rows.map((row) => row.key.length + row.value.length);
          const total = sizes.reduce((sum, size) => sum + size, 0);
          expect(total - sizes.at(-1)!).toBeLessThanOrEqual(maxBytes);
          if (maxBytes === 1_000_000) expect(page.resume).toBeUndefined();
          expect((await scanAll(store.meta, request)).map(({ key }) => key)).toEqual(keys);
        }
      }));

    it('bounds the bytes of a page without being asked', () =>
      withStore(open, async (store) => {
        const value = Buffer.alloc(60_000, 1);
        const keys = Array.from({ length: 120 }, (_, i) => bytes(`big${String(i).padStart(3, '0')}`));
        for (let at = 0; at < keys.length; at += 8) {
          await put(store, { puts: keys.slice(at, at + 8).map((key) => ({ key, value })) });
        }
        const request = { from: bytes('big'), to: bytes('bih'), limit: 1_000 };
        const page = await store.meta.scan(request);
        expect(page.resume).toBeDefined();
        expect(page.rows.length).toBeGreaterThan(60);
        expect(page.rows.length).toBeLessThan(75);
        expect(await scanAll(store.meta, request)).toHaveLength(keys.length);
        const collapse = { ...request, prefix: bytes('big'), delimiter: bytes('/') };
        const first = await store.meta.collapse(collapse);
        expect(first.entries.length).toBeGreaterThan(60);
        expect(first.entries.length).toBeLessThan(75);
        const rest = await store.meta.collapse({ ...collapse, from: first.resume! });
        expect(first.entries.length + rest.entries.length).toBe(keys.length);
        expect(rest.resume).toBeUndefined();
      }));

    it('returns the largest page', () =>
      withStore(open, async (store) => {
        const rows = Array.from({ length: 10_050 }, (_, i) => ({ key: bytes(`n${i}`), value: bytes(`${i}`) }));
        await fill(store, rows);
        const page = await store.meta.scan({ from: bytes('n'), to: bytes('o'), limit: 10_000 });
        expect(page.rows).toHaveLength(10_000);
        const wanted = rows.map(({ key }) => key.toString()).sort();
        expect(names(page.rows)).toEqual(wanted.slice(0, 10_000));
        expect(names((await store.meta.scan({ from: page.resume!, to: bytes('o'), limit: 10_000 })).rows)).toEqual(
          wanted.slice(10_000),
        );
      }));
  });
}
