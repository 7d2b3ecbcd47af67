import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Mac } from './mac.ts';

const key = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'binary', maxLength: 100 }),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  // About the longest that goes without a stream, in either encoding.
  fc.integer({ min: 300, max: 1_000 }).map((length) => '图'.repeat(length)),
  fc.integer({ min: 900, max: 1_000 }).map((length) => 'é'.repeat(length)),
);

it.each(['sha1', 'sha256'] as const)('%s: is what a stream makes, with one key for several texts', (algorithm) => {
  fc.assert(
    fc.property(key, fc.array(text, { minLength: 1, maxLength: 4 }), (given, texts) => {
      const mac = new Mac(algorithm, given);
      for (const encoding of ['utf8', 'latin1'] as const) {
        const macs = texts.map((each) => mac.hex(each, encoding));
        expect(macs).toEqual(texts.map((each) => createHmac(algorithm, given).update(each, encoding).digest('hex')));
      }
    }),
    { numRuns: 300 },
  );
});
