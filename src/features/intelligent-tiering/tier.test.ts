import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../model/fixture.ts';
import { DAY_MS } from '../../model/object-lock.ts';
import { withExtra } from '../../model/records/attributes.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { storageTier, TIERED_FROM_BYTES } from './tier.ts';

const WRITTEN_MS = 1_700_000_000_000;

function objectOf(storageClass: string, size: number, accessedMs?: number): ObjectRecord {
  const attributes = withExtra({ ...PLAIN, storageClass }, { accessedMs });
  return {
    stamp: 1,
    isNull: true,
    kind: 'normal',
    size,
    etag: 'e',
    crc64: undefined,
    modifiedMs: WRITTEN_MS,
    storageClass,
    attributes,
    parts: 0,
  };
}
const TIERED = objectOf('INTELLIGENT_TIERING', TIERED_FROM_BYTES);

describe('storageTier', () => {
  it('falls after the days without a read, to the millisecond', () => {
    for (const days of [30, 60, 90]) {
      const at = (ms: number) => storageTier({ days }, TIERED, WRITTEN_MS + ms);
      expect(at(0)).toBe('FREQUENT');
      expect(at(days * DAY_MS - 1)).toBe('FREQUENT');
      expect(at(days * DAY_MS)).toBe('INFREQUENT');
    }
  });

  it('stays up for small objects, and is nothing for other classes', () => {
    const late = WRITTEN_MS + 1_000 * DAY_MS;
    expect(storageTier({ days: 30 }, objectOf('INTELLIGENT_TIERING', TIERED_FROM_BYTES - 1), late)).toBe('FREQUENT');
    expect(storageTier({ days: 30 }, objectOf('MAZ_INTELLIGENT_TIERING', TIERED_FROM_BYTES), late)).toBe('INFREQUENT');
    for (const name of ['STANDARD', 'STANDARD_IA', 'ARCHIVE', 'MAZ_STANDARD']) {
      expect(storageTier({ days: 30 }, objectOf(name, TIERED_FROM_BYTES), late)).toBeUndefined();
    }
  });

  it('follows from the later of the write and the last read, whatever the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -200, max: 400 }), (read, now) => {
        const object = objectOf('INTELLIGENT_TIERING', TIERED_FROM_BYTES, WRITTEN_MS + read * DAY_MS);
        const idle = now - Math.max(0, read);
        expect(storageTier({ days: 60 }, object, WRITTEN_MS + now * DAY_MS)).toBe(
          idle >= 60 ? 'INFREQUENT' : 'FREQUENT',
        );
      }),
    );
  });
});
