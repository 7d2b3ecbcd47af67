import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Binding, unwrapKey, wrapKey } from './wrap.ts';

const binding: Binding = ['label', 'key', 1, null];
const key = randomBytes(32);
const dataKey = randomBytes(32);

describe('wrapKey', () => {
  it('opens with the same key and binding, and is new each time', () => {
    const wrapped = wrapKey(key, binding, dataKey);
    expect(wrapped).toHaveLength(60);
    expect(unwrapKey(key, binding, wrapped)).toEqual(dataKey);
    expect(wrapKey(key, binding, dataKey)).not.toEqual(wrapped);
    expect(wrapped.includes(dataKey)).toBe(false);
  });

  it('does not open once a bit of it is changed', () => {
    const wrapped = wrapKey(key, binding, dataKey);
    fc.assert(
      fc.property(fc.nat(wrapped.length * 8 - 1), (bit) => {
        const tampered = Buffer.from(wrapped);
        tampered[bit >> 3]! ^= 1 << (bit & 7);
        expect(unwrapKey(key, binding, tampered)).toBeUndefined();
      }),
    );
  });

  it('does not open cut short or drawn out', () => {
    const wrapped = wrapKey(key, binding, dataKey);
    for (let length = 0; length < wrapped.length; length++) {
      expect(unwrapKey(key, binding, wrapped.subarray(0, length))).toBeUndefined();
    }
    expect(unwrapKey(key, binding, Buffer.concat([wrapped, Buffer.alloc(1)]))).toBeUndefined();
  });

  it('does not open with another key', () => {
    const wrapped = wrapKey(key, binding, dataKey);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (other) => {
        fc.pre(!key.equals(other));
        expect(unwrapKey(Buffer.from(other), binding, wrapped)).toBeUndefined();
      }),
    );
  });

  it.each<Binding>([
    ['other', 'key', 1, null],
    ['label', 'yek', 1, null],
    ['label', 'key', 2, null],
    ['label', 'key', '1', null],
    ['label', 'key', 1, ''],
    ['label', 'key', 1],
    ['label', 'key,1', null],
  ])('does not open for %j, %j, %j, %j', (...other) => {
    expect(unwrapKey(key, other, wrapKey(key, binding, dataKey))).toBeUndefined();
  });
});
