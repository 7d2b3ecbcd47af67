import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32, tableCrc32 } from './crc32.ts';

it('is CRC-32, with Node or without', () => {
  expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf4_3926);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (a, b) => {
      const whole = tableCrc32(Buffer.concat([a, b]));
      expect(crc32(Buffer.concat([a, b]))).toBe(whole);
      expect(crc32(Buffer.from(b), tableCrc32(Buffer.from(a)))).toBe(whole);
    }),
  );
});
