import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterPrefix,
  currentKey,
  escapedObjectKeyOf,
  escapeKey,
  isMarkerSlot,
  markerSlotKey,
  noncurrentKey,
  objectKeyOf,
  partKey,
  partNumberOf,
  unescapeKey,
  uploadIdOf,
  uploadKey,
  versionPrefix,
  versionsOfKey,
} from './keys.ts';

const bucketId = Buffer.from('0006400000000001', 'hex');
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.constantFrom('\0', 'a', '\u0001', '\u00ff', '图'), maxLength: 8 }),
);

describe('escaped keys', () => {
  it('come back unchanged', () => {
    fc.assert(fc.property(bytes, (key) => unescapeKey(escapeKey(key)).equals(key)));
  });

  it('with their terminator, sort as the keys do', () => {
    const end = Buffer.from([0, 0]);
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const escaped = Buffer.compare(Buffer.concat([escapeKey(a), end]), Buffer.concat([escapeKey(b), end]));
        expect(escaped).toBe(Buffer.compare(a, b));
      }),
    );
  });
});

describe('row keys', () => {
  it('give back the object key', () => {
    fc.assert(
      fc.property(text, (key) => {
        expect(objectKeyOf(currentKey(bucketId, key))).toBe(key);
        expect(escapedObjectKeyOf(markerSlotKey(bucketId, key))).toBe(key);
        expect(escapedObjectKeyOf(noncurrentKey(bucketId, key, 1_764_000_000_000_000))).toBe(key);
        const upload = uploadKey(bucketId, key, '1764000000abcdef');
        expect(escapedObjectKeyOf(upload)).toBe(key);
        expect(uploadIdOf(upload)).toBe('1764000000abcdef');
      }),
    );
  });

  it('put the marker slot before all other versions, and newer versions before older ones', () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (key, a, b) => {
        fc.pre(a !== b);
        const [older, newer] = a < b ? [a, b] : [b, a];
        const slot = markerSlotKey(bucketId, key);
        const rows = [slot, noncurrentKey(bucketId, key, newer), noncurrentKey(bucketId, key, older)];
        expect([...rows].sort(Buffer.compare)).toEqual(rows);
        expect(rows.map(isMarkerSlot)).toEqual([true, false, false]);
        const prefix = versionsOfKey(bucketId, key);
        for (const row of rows) expect(row.subarray(0, prefix.length).equals(prefix)).toBe(true);
      }),
    );
  });

  it('keep all versions of a key before those of the next', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), fc.nat(), (a, b, stampA, stampB) => {
        const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
        fc.pre(order !== 0);
        expect(Buffer.compare(noncurrentKey(bucketId, a, stampA), noncurrentKey(bucketId, b, stampB))).toBe(order);
        expect(Buffer.compare(noncurrentKey(bucketId, a, stampA), markerSlotKey(bucketId, b))).toBe(order);
      }),
    );
  });

  it('name parts', () => {
    expect(partNumberOf(partKey(bucketId, 'u', 10_000))).toBe(10_000);
  });
});

describe('bounds', () => {
  it('afterPrefix is above every key with the prefix and not above the next one', () => {
    fc.assert(
      fc.property(text, text, (prefix, rest) => {
        const end = afterPrefix(versionPrefix(bucketId, prefix));
        expect(Buffer.compare(versionPrefix(bucketId, prefix + rest), end)).toBe(-1);
      }),
    );
    expect(afterPrefix(Buffer.from([1, 0xff, 0xff]))).toEqual(Buffer.from([2]));
  });
});
