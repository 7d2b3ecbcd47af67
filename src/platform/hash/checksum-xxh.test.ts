import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { isXxh, loadXxh, startXxh, type XxhName } from './checksum-xxh.ts';

const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: { instantiate(): Promise<unknown> } };
const NAMES: readonly XxhName[] = ['XXHASH64', 'XXHASH3', 'XXHASH128'];
const pattern = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 255));
const digest = (name: XxhName, bytes: Uint8Array): string => startXxh(name).update(bytes).digest().toString('hex');

describe('before it is loaded', () => {
  it.each(NAMES)('%s is refused, and loaded once', async (name) => {
    vi.resetModules();
    const fresh = await import('./checksum-xxh.ts');
    expect(() => fresh.startXxh(name)).toThrow('not loaded');
    const pending = fresh.loadXxh(name);
    expect(pending).toBeInstanceOf(Promise);
    expect(fresh.loadXxh(name)).toBe(pending);
    await pending;
    expect(fresh.loadXxh(name)).toBeUndefined();
    expect(fresh.startXxh(name).digest()).toHaveLength(name === 'XXHASH128' ? 16 : 8);
  });

  it('a load that failed is tried again', async () => {
    vi.resetModules();
    const fresh = await import('./checksum-xxh.ts');
    const compile = vi.spyOn(engine, 'instantiate').mockRejectedValueOnce(new Error('no memory'));
    await expect(fresh.loadXxh('XXHASH3')).rejects.toThrow('no memory');
    expect(() => fresh.startXxh('XXHASH3')).toThrow('not loaded');
    await fresh.loadXxh('XXHASH3');
    expect(compile).toHaveBeenCalledTimes(2);
    expect(fresh.startXxh('XXHASH3').digest().toString('hex')).toBe('2d06800538d394c2');
    compile.mockRestore();
  });
});

describe('xxHash', () => {
  beforeAll(async () => {
    await Promise.all(NAMES.map(loadXxh));
  });

  it('knows its own names', () => {
    expect(['CRC32', 'SHA1', 'toString'].some(isXxh)).toBe(false);
    expect(NAMES.every(isXxh)).toBe(true);
  });

  // The values of zeebo/xxh3 and cespare/xxhash, which agree with those of the reference.
  it.each([
    ['', 'ef46db3751d8e999', '2d06800538d394c2', '99aa06d3014798d86001c324468d497f'],
    ['a', 'd24ec4f1a98c6e5b', 'e6c632b61e964e1f', 'a96faf705af16834e6c632b61e964e1f'],
    ['abc', '44bc2cf5ad770999', '78af5f94892f3950', '06b05ab6733a618578af5f94892f3950'],
    [
      'The quick brown fox jumps over the lazy dog',
      ...(['0b242d361fda71bc', 'ce7d19a5418fb365', 'ddd650205ca3e7fa24a1cc2e3a8a7651'] as const),
    ],
    [pattern(200), '6daaa52505587dd5', '7c64f3b17285e96a', 'dbfff5e13c798ab90497bdb3d145ccd6'],
    [pattern(1_000), '698399d62f9c1695', 'd1db6a0afea2cc82', 'bae798f9321bda6cd1db6a0afea2cc82'],
    [pattern(100_000), 'd88605c21700af94', 'b25cea78018497ff', '4e53faeda1b5812bb25cea78018497ff'],
  ])('has its published values (case %#)', (content, ...values) => {
    const bytes = Buffer.from(content as string);
    expect(NAMES.map((name) => digest(name, bytes))).toEqual(values);
  });

  it.each(NAMES)('%s of bodies that arrive at once is that of each alone', (name) => {
    const piece = fc.record({ to: fc.nat({ max: 4 }), bytes: fc.uint8Array({ maxLength: 1_500 }) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const bodies = Array.from({ length: 5 }, () => ({ running: startXxh(name), bytes: [] as Uint8Array[] }));
        for (const { to, bytes } of pieces) {
          bodies[to]!.running.update(bytes);
          bodies[to]!.bytes.push(bytes);
        }
        for (const { running, bytes } of bodies) {
          expect(running.digest().toString('hex')).toBe(digest(name, Buffer.concat(bytes)));
        }
      }),
    );
  });

  it.each(NAMES)('%s goes on when another body is given up or ends in between', (name) => {
    const bytes = pattern(70_000);
    const running = startXxh(name).update(bytes.subarray(0, 30_001));
    startXxh(name).update(Buffer.from('given up'));
    running.update(bytes.subarray(30_001, 60_000));
    startXxh(name).update(Buffer.from('ends')).digest();
    startXxh(name).digest();
    const value = running.update(bytes.subarray(60_000)).digest();
    const same = Buffer.from(value);
    startXxh(name).update(bytes).update(bytes).digest();
    expect(value).toEqual(same);
    expect(value.toString('hex')).toBe(digest(name, bytes));
  });

  it.each(NAMES)('%s keeps its speed when bodies take turns', (name) => {
    const chunk = Buffer.alloc(64 * 1024, 'abcdefg');
    const speed = (bodies: number): number => {
      const running = Array.from({ length: bodies }, () => startXxh(name));
      const from = process.hrtime.bigint();
      for (let round = 0; round < 1_024; round++) running[round % bodies]!.update(chunk);
      for (const one of running) one.digest();
      return 64 / (Number(process.hrtime.bigint() - from) / 1e9);
    };
    speed(1);
    const alone = Math.max(speed(1), speed(1), speed(1));
    const turns = Math.max(speed(8), speed(8), speed(8));
    console.info(`${name}: ${Math.round(alone)} MiB/s alone, ${Math.round(turns)} MiB/s by turns`);
    // Far below what it is, and far above what it would be if turns cost anything.
    expect(turns).toBeGreaterThan(40);
  });
});
