import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

describe('Recent', () => {
  it('keeps the latest, newest first, and finds them by id', () => {
    const recent = new Recent<string>({ entries: 3, bytes: 1_000 });
    for (const id of ['a', 'b', 'c', 'd']) recent.add(id, id.toUpperCase(), 10);
    expect(recent.latest(10)).toEqual(['D', 'C', 'B']);
    expect(recent.latest(1)).toEqual(['D']);
    expect(recent.latest(0)).toEqual([]);
    expect(recent.get('a')).toBeUndefined();
    expect(recent.get('b')).toBe('B');
  });

  it('is as large as allowed at most', () => {
    const recent = new Recent<number>({ entries: 100, bytes: 25 });
    for (const id of ['a', 'b', 'c']) recent.add(id, 1, 10);
    expect([recent.size, recent.bytes]).toEqual([2, 20]);
    recent.add('d', 1, 26);
    expect(recent.get('d')).toBeUndefined();
    expect(recent.size).toBe(2);
  });

  it('replaces what has the same id', () => {
    const recent = new Recent<number>({ entries: 2, bytes: 100 });
    recent.add('a', 1, 10);
    recent.add('b', 2, 10);
    recent.add('a', 3, 30);
    expect(recent.latest(2)).toEqual([3, 2]);
    expect(recent.bytes).toBe(40);
  });

  it('keeps nothing where nothing may be kept', () => {
    const recent = new Recent<number>({ entries: 0, bytes: 100 });
    recent.add('a', 1, 1);
    expect([recent.size, recent.bytes]).toEqual([0, 0]);
  });

  it('is the end of what was added, within its limits, whatever was added', () => {
    const added = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.nat(40)), { maxLength: 40 });
    fc.assert(
      fc.property(added, fc.nat(4), fc.nat(80), (entries, count, bytes) => {
        const recent = new Recent<number>({ entries: count, bytes });
        entries.forEach(([id, size], index) => {
          recent.add(id, index, size);
        });
        expect(recent.size).toBeLessThanOrEqual(count);
        expect(recent.bytes).toBeLessThanOrEqual(bytes);
        const latest = recent.latest(entries.length);
        expect(latest).toEqual([...latest].sort((a, b) => b - a));
        expect(recent.bytes).toBe(latest.reduce((sum, index) => sum + entries[index]![1], 0));
      }),
    );
  });
});
