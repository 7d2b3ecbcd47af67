import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapsedLength, keySuccessor, laterOf, ownCopy, prefixSuccessor, startsWith } from './bytes.ts';

const bytes = (maxLength = 6) =>
  fc.array(fc.constantFrom(0, 1, 0x2f, 0xfe, 0xff), { maxLength }).map((values) => Buffer.from(values));

describe('prefixSuccessor', () => {
  it.each([
    ['61', '62'],
    ['61ff', '62'],
    ['00', '01'],
    ['61ffff', '62'],
  ])('%s → %s', (prefix, wanted) => {
    expect(prefixSuccessor(Buffer.from(prefix, 'hex'))?.toString('hex')).toBe(wanted);
  });

  it('does not exist for no bytes and for FF bytes', () => {
    expect(prefixSuccessor(Buffer.alloc(0))).toBeUndefined();
    expect(prefixSuccessor(Buffer.from('ffff', 'hex'))).toBeUndefined();
  });

  it('divides what starts with the prefix from what lies above it', () => {
    fc.assert(
      fc.property(bytes(), bytes(), (prefix, key) => {
        const end = prefixSuccessor(prefix);
        const inside = Buffer.compare(key, prefix) >= 0 && (end === undefined || Buffer.compare(key, end) < 0);
        expect(inside).toBe(startsWith(key, prefix));
      }),
    );
  });
});

describe('keySuccessor', () => {
  it('has nothing between the key and itself', () => {
    fc.assert(
      fc.property(bytes(), bytes(), (key, other) => {
        const next = keySuccessor(key);
        expect(Buffer.compare(next, key)).toBe(1);
        expect(Buffer.compare(other, key) > 0).toBe(Buffer.compare(other, next) >= 0);
      }),
    );
  });
});

describe('laterOf and ownCopy', () => {
  it('choose and copy', () => {
    const low = Buffer.from('a');
    const high = Buffer.from('a\0');
    expect(laterOf(low, high)).toBe(high);
    expect(laterOf(high, low)).toBe(high);
    const copy = ownCopy(low);
    low[0] = 0x7a;
    expect(copy.toString()).toBe('a');
    expect(copy.buffer.byteLength).toBe(1);
  });
});

describe('collapsedLength', () => {
  it.each([
    ['a/b/c', 0, '/', 2],
    ['a/b/c', 2, '/', 4],
    ['a/b/c', 4, '/', -1],
    ['a/', 2, '/', -1],
    ['a--b', 0, '--', 3],
    ['a-', 0, '--', -1],
    ['/x', 0, '/', 1],
  ])('%s from %i by %s is %i', (key, from, delimiter, wanted) => {
    expect(collapsedLength(Buffer.from(key), from, Buffer.from(delimiter))).toBe(wanted);
  });
});
