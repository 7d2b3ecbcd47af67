import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keySuccessor, prefixSuccessor } from '../bytes.ts';
import { naiveCollapse } from '../collapse.ts';
import type { CollapseRequest, MetaStore } from '../meta-store.ts';
import type { Store } from '../store.ts';
import { bytes, collapseAll, END, fill, type OpenStore, plainEntry, put, withStore } from './harness.ts';

/** 2F is the common delimiter; 00, FF and what lies beside them are where successors go wrong. */
const BYTES = [0x2f, 0x00, 0x01, 0x2d, 0x61, 0x7f, 0x80, 0xfe, 0xff];
/** Long keys that differ late: 850 bytes is the longest object key. */
const LONG = 840;

interface Tree {
  readonly keys: readonly Buffer[];
  readonly delimiter: Buffer;
  readonly prefix: Buffer;
  readonly limit: number;
}

/** A tree over few different bytes: its keys share prefixes, so that many rows collapse into one entry. */
const tree: fc.Arbitrary<Tree> = fc
  .uniqueArray(fc.constantFrom(...BYTES), { minLength: 1, maxLength: 4 })
  .chain((alphabet) => {
    const text = (minLength: number, maxLength: number) =>
      fc.array(fc.constantFrom(...alphabet), { minLength, maxLength }).map((values) => Buffer.from(values));
    const long = fc
      .tuple(fc.constantFrom(...alphabet), text(0, 10))
      .map(([start, end]) => Buffer.concat([Buffer.alloc(LONG, start), end]));
    return fc.record({
      keys: fc.array(fc.oneof({ weight: 9, arbitrary: text(1, 7) }, { weight: 1, arbitrary: long }), {
        minLength: 1,
        maxLength: 60,
      }),
      delimiter: fc.oneof({ weight: 3, arbitrary: text(1, 2) }, { weight: 1, arbitrary: fc.constant(bytes('/')) }),
      prefix: fc.oneof({ weight: 1, arbitrary: fc.constant(bytes('')) }, { weight: 1, arbitrary: text(0, 3) }),
      limit: fc.integer({ min: 1, max: 12 }),
    });
  });

/** The accelerator lists what the plain loop lists, on every tree and from every marker. */
export function collapseTests(open: OpenStore, runs: number): void {
  describe('collapse', () => {
    it('groups keys by the first delimiter behind the prefix', () =>
      withStore(open, async (store) => {
        const keys = ['p/', 'p//', 'p/a', 'p/a/', 'p/a/1', 'p/a/2', 'p/b', 'p/b/1/2', 'p0', 'q'];
        await put(store, { puts: keys.map((key) => ({ key: bytes(key), value: bytes(key) })) });
        const list = async (prefix: string, mark: string) => {
          const request = { prefix: bytes(prefix), from: bytes(prefix), to: prefixSuccessor(bytes(prefix)) ?? END };
          const page = await store.meta.collapse({ ...request, delimiter: bytes(mark), limit: 100 });
          expect(page.resume).toBeUndefined();
          return page.entries.map((entry) => entry.prefix?.toString() ?? `row ${entry.row?.key.toString()}`);
        };
        expect(await list('p/', '/')).toEqual(['row p/', 'p//', 'row p/a', 'p/a/', 'row p/b', 'p/b/']);
        expect(await list('p', '/')).toEqual(['p/', 'row p0']);
        expect(await list('', '/')).toEqual(['p/', 'row p0', 'row q']);
        expect(await list('p/a', '/')).toEqual(['row p/a', 'p/a/']);
        expect(await list('', '/a/')).toEqual([
          'row p/',
          'row p//',
          'row p/a',
          'p/a/',
          'row p/b',
          'row p/b/1/2',
          'row p0',
          'row q',
        ]);
        expect(await list('x', '/')).toEqual([]);
      }));

    it('equals the plain loop, page by page and from every marker', () =>
      withStore(open, async (store) => {
        let spaces = 0;
        await fc.assert(
          fc.asyncProperty(tree, async (given) => {
            const space = bytes(`s${++spaces}:`);
            const within = (key: Buffer) => Buffer.concat([space, key]);
            const keys = await load(store, given.keys.map(within));
            const prefix = within(given.prefix);
            const to = prefixSuccessor(prefix)!;
            await expectSame(store.meta, { ...given, prefix, from: prefix, to }, keys);
          }),
          { numRuns: runs },
        );
      }));

    it('equals the plain loop where the prefix is empty or has no successor', async () => {
      await fc.assert(
        fc.asyncProperty(tree, async (given) =>
          withStore(open, async (store) => {
            const keys = await load(store, [...given.keys, bytes('\xff\xff/'), bytes('\xff\xff/\xff')]);
            for (const prefix of [bytes(''), bytes('\xff'), bytes('\xff\xff')]) {
              const to = Buffer.concat([bytes('\xff\xff/\xff'), END]);
              for (const delimiter of [given.delimiter, bytes('\xff')]) {
                await expectSame(store.meta, { ...given, delimiter, prefix, from: prefix, to }, keys);
              }
            }
          }),
        ),
        { numRuns: Math.min(runs, 5) },
      );
    });
  });
}

async function load(store: Store, keys: readonly Buffer[]): Promise<Buffer[]> {
  const distinct = [...new Map(keys.map((key) => [key.toString('latin1'), key])).values()].sort(Buffer.compare);
  await fill(
    store,
    distinct.map((key, at) => ({ key, value: bytes(`${at}`) })),
  );
  return distinct;
}

async function expectSame(meta: MetaStore, request: CollapseRequest, keys: readonly Buffer[]): Promise<void> {
  const whole = await collapseAll((page) => naiveCollapse(meta, page), { ...request, limit: 1_000 });
  const paged = await collapseAll((page) => meta.collapse(page), request);
  expect(paged.map(plainEntry)).toEqual(whole.map(plainEntry));
  const marks = whole.flatMap(({ prefix }) => (prefix === undefined ? [] : [prefix, prefixSuccessor(prefix)]));
  for (const from of [...keys, ...keys.map(keySuccessor), ...marks]) {
    if (from === undefined || Buffer.compare(from, request.from) < 0) continue;
    const wanted = await naiveCollapse(meta, { ...request, from });
    const page = await meta.collapse({ ...request, from });
    expect(page.entries.map(plainEntry)).toEqual(wanted.entries.map(plainEntry));
    expect(page.resume !== undefined).toBe(wanted.resume !== undefined);
    expect(page.visited).toBeLessThanOrEqual(2 * request.limit + 4);
  }
}
