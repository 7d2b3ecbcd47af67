import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CHECKSUM_ALGORITHMS,
  CHECKSUM_BYTES,
  type ChecksumAlgorithm,
  checksumOf,
  combineChecksums,
  isCrc,
  loadChecksum,
  startChecksum,
} from './checksum.ts';
import { type CrcName, crcOf, createCrcUpdate, GENERATORS } from './checksum-crcs.ts';

beforeAll(async () => {
  await Promise.all(CHECKSUM_ALGORITHMS.map(loadChecksum));
});

const CRCS = CHECKSUM_ALGORITHMS.filter(isCrc);
const bytes = fc.uint8Array({ maxLength: 3_000 });

/** The definition, bit by bit. */
function bitwise(name: CrcName, data: Uint8Array): bigint {
  const { high, low } = GENERATORS[name];
  const generator = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  const ones = name === 'CRC64NVME' ? (1n << 64n) - 1n : (1n << 32n) - 1n;
  let crc = ones;
  for (const byte of data) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ generator : crc >> 1n;
  }
  return crc ^ ones;
}

describe('CHECKSUM_ALGORITHMS', () => {
  it('stay where rows look for them', () => {
    expect(CHECKSUM_ALGORITHMS).toEqual([
      ...['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'],
      ...['MD5', 'SHA512', 'XXHASH64', 'XXHASH3', 'XXHASH128'],
    ]);
    expect(CRCS).toEqual(['CRC32', 'CRC32C', 'CRC64NVME']);
  });
});

describe('checksumOf', () => {
  it.each([
    ['CRC32', '123456789', 'cbf43926'],
    ['CRC32C', '123456789', 'e3069283'],
    ['CRC64NVME', '123456789', 'ae8b14860a799888'],
    ['CRC32', '', '00000000'],
    ['CRC32C', '', '00000000'],
    ['CRC64NVME', '', '0000000000000000'],
    ['SHA1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['SHA256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['MD5', 'abc', '900150983cd24fb0d6963f7d28e17f72'],
    [
      ...(['SHA512', 'abc'] as const),
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
        '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
    ['XXHASH64', 'abc', '44bc2cf5ad770999'],
    ['XXHASH3', 'abc', '78af5f94892f3950'],
    ['XXHASH128', 'abc', '06b05ab6733a618578af5f94892f3950'],
  ] as const)('%s of %j is %s', (algorithm, text, hex) => {
    const value = checksumOf(algorithm, Buffer.from(text));
    expect(value.toString('hex')).toBe(hex);
    expect(value.length).toBe(CHECKSUM_BYTES[algorithm]);
  });

  // RFC 3720 §B.4
  it.each([
    [Buffer.alloc(32), '8a9136aa'],
    [Buffer.alloc(32, 0xff), '62a8ab43'],
    [Buffer.from(Array.from({ length: 32 }, (_, at) => at)), '46dd794e'],
    [Buffer.from(Array.from({ length: 32 }, (_, at) => 31 - at)), '113fdb5c'],
  ])('knows the vectors of iSCSI', (data, hex) => expect(checksumOf('CRC32C', data).toString('hex')).toBe(hex));

  it.each(['QQ==', 'AAAAAAAAAAAAAAAA'])('hashes %s as Node does', (text) => {
    const data = Buffer.from(text, 'base64');
    expect(checksumOf('SHA1', data)).toEqual(createHash('sha1').update(data).digest());
    expect(checksumOf('SHA256', data)).toEqual(createHash('sha256').update(data).digest());
    expect(checksumOf('SHA512', data)).toEqual(createHash('sha512').update(data).digest());
    expect(checksumOf('MD5', data)).toEqual(createHash('md5').update(data).digest());
  });

  it.each(CRCS)('%s equals the definition, native, compiled and as a script', (name) => {
    const forms = [crcOf(name).update, createCrcUpdate(name), createCrcUpdate(name, () => undefined)];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        for (const update of forms) expect(update(data, 0n)).toBe(bitwise(name, data));
      }),
    );
  });

  it.each(CRCS)('%s takes more than the module holds at once', (name) => {
    const data = Buffer.alloc(200_001, 'some text. ');
    expect(createCrcUpdate(name)(data, 0n)).toBe(createCrcUpdate(name, () => undefined)(data, 0n));
  });
});

describe('startChecksum', () => {
  it.each(CHECKSUM_ALGORITHMS)('%s of pieces is that of the whole', (algorithm) => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (pieces) => {
        const running = startChecksum(algorithm);
        for (const piece of pieces) running.update(piece);
        expect(running.digest()).toEqual(checksumOf(algorithm, Buffer.concat(pieces)));
      }),
    );
  });
});

describe('combineChecksums', () => {
  it.each(CRCS)('%s of parts gives that of the whole', (algorithm) => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 6 }), (parts) => {
        const joined = parts
          .map((part) => ({ value: checksumOf(algorithm, part), size: part.length }))
          .reduce((a, b) => ({
            value: combineChecksums(algorithm, a.value, b.value, b.size),
            size: a.size + b.size,
          }));
        expect(joined.value).toEqual(checksumOf(algorithm, Buffer.concat(parts)));
      }),
    );
  });

  it.each(CRCS)('%s is associative at lengths that no test can hold', (algorithm) => {
    const width = CHECKSUM_BYTES[algorithm];
    const value = fc.uint8Array({ minLength: width, maxLength: width }).map((given) => Buffer.from(given));
    const length = fc.integer({ min: 0, max: 50 * 1024 ** 4 });
    const combine = (a: Buffer, b: Buffer, size: number) => combineChecksums(algorithm, a, b, size);
    fc.assert(
      fc.property(value, value, value, length, length, (a, b, c, lengthB, lengthC) => {
        expect(combine(combine(a, b, lengthB), c, lengthC)).toEqual(
          combine(a, combine(b, c, lengthC), lengthB + lengthC),
        );
      }),
    );
  });

  it.each(CHECKSUM_ALGORITHMS.filter((name) => !isCrc(name)))('%s has none', (algorithm: ChecksumAlgorithm) => {
    const value = checksumOf(algorithm, Buffer.from('x'));
    expect(() => combineChecksums(algorithm, value, value, 1)).toThrow(RangeError);
  });
});

describe('speed', () => {
  it.each(CHECKSUM_ALGORITHMS)('%s keeps up with a network', (algorithm) => {
    const block = Buffer.alloc(1024 * 1024, 'abcdefg');
    const pass = (rounds: number): number => {
      const from = process.hrtime.bigint();
      const running = startChecksum(algorithm);
      for (let round = 0; round < rounds; round++) running.update(block);
      running.digest();
      return rounds / (Number(process.hrtime.bigint() - from) / 1e9);
    };
    pass(8);
    const best = Math.max(pass(32), pass(32), pass(32));
    console.info(`${algorithm}: ${Math.round(best)} MiB/s`);
    // A loop over single bytes in JavaScript would be far below on any machine that runs the rest.
    expect(best).toBeGreaterThan(40);
  });
});
