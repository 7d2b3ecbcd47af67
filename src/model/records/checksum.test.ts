import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKSUM_ALGORITHMS } from '../../platform/hash/checksum.ts';
import { PLAIN } from '../fixture.ts';
import { type ObjectAttributes, packAttributes, unpackAttributes } from './attributes.ts';
import { CHECKSUM_TYPES, type StoredChecksum } from './checksum.ts';
import { type Extent, packExtents, unpackExtents } from './extents.ts';
import { pack, unpack } from './pack.ts';
import { packFinished, packPart, packUpload, unpackFinished, unpackPart, unpackUpload } from './upload.ts';

const bytes = (maxLength = 32) => fc.uint8Array({ minLength: 1, maxLength }).map((given) => Buffer.from(given));
const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const algorithm = fc.constantFrom(...CHECKSUM_ALGORITHMS);
const type = fc.constantFrom(...CHECKSUM_TYPES);
const stored: fc.Arbitrary<StoredChecksum> = fc
  .record({ algorithm, type, value: bytes(), part: optional(bytes()) })
  .map(({ part, ...rest }) => (part === undefined ? rest : { ...rest, part }));

const through = (attributes: ObjectAttributes): ObjectAttributes =>
  unpackAttributes(unpack(pack(packAttributes(attributes))));

describe('checksums in rows', () => {
  it('of objects come back, and cost other rows nothing', () => {
    fc.assert(
      fc.property(stored, (checksum) => {
        expect(through({ ...PLAIN, extra: { checksum } }).extra).toEqual({ checksum });
      }),
    );
    const tagged = packAttributes({ ...PLAIN, extra: { tags: ['a', 'b'] } });
    expect(tagged.at(-1)).toHaveLength(9);
    expect(packAttributes(PLAIN)).toHaveLength(5);
    const tail = packAttributes({
      ...PLAIN,
      extra: { checksum: { algorithm: 'CRC32', type: 'FULL_OBJECT', value: Buffer.alloc(4) } },
    });
    expect(pack(tail).length - pack(packAttributes({ ...PLAIN, extra: {} })).length).toBeLessThan(12);
  });

  it('of parts come back, with a nonce or without', () => {
    const part = { size: 3, etag: 'ab', crc64: Buffer.alloc(8, 1), modifiedMs: 5 };
    fc.assert(
      fc.property(optional(fc.record({ algorithm, value: bytes() })), optional(bytes(16)), (checksum, nonce) => {
        const expected = {
          ...part,
          ...(nonce === undefined ? {} : { nonce }),
          ...(checksum === undefined ? {} : { checksum }),
        };
        expect(unpackPart(packPart({ ...part, nonce, checksum }))).toEqual(expected);
      }),
    );
    expect(packPart({ ...part, nonce: undefined, checksum: undefined })).toEqual(
      pack([1, 3, 'ab', Buffer.alloc(8, 1), 5]),
    );
  });

  it('of uploads come back', () => {
    const upload = { key: 'k', initiatedMs: 1, initiatorUin: '2', attributes: PLAIN };
    fc.assert(
      fc.property(algorithm, type, fc.boolean(), (name, kind, locked) => {
        const record = {
          ...upload,
          checksum: { algorithm: name, type: kind },
          ...(locked ? { completing: { by: 'p', sinceMs: 3 } } : {}),
        };
        expect(unpackUpload(packUpload(record))).toEqual(record);
      }),
    );
    expect(unpackUpload(packUpload(upload))).toEqual(upload);
  });

  it('of finished uploads come back', () => {
    const finished = {
      ...{ key: 'k', partsDigest: Buffer.alloc(20), etag: 'e', crc64: Buffer.alloc(8), versionId: undefined },
      untilMs: 9,
    };
    expect(unpackFinished(packFinished(finished))).toEqual(finished);
    fc.assert(
      fc.property(stored, fc.integer({ min: 1, max: 10_000 }), (checksum, parts) => {
        expect(unpackFinished(packFinished({ ...finished, checksum, parts }))).toEqual({
          ...finished,
          checksum,
          parts,
        });
      }),
    );
  });

  it('of extents come back, in the oldest format that can hold them', () => {
    const extent = fc.record({
      size: fc.maxSafeNat(),
      ref: fc.option(bytes()),
      nonce: optional(bytes(16)),
      checksum: optional(bytes()),
    });
    fc.assert(
      fc.property(fc.array(extent, { maxLength: 5 }), (given) => {
        const extents: Extent[] = given.map(({ nonce, checksum, ...rest }) => ({
          ...rest,
          ...(nonce === undefined ? {} : { nonce }),
          ...(checksum === undefined ? {} : { checksum }),
        }));
        const value = packExtents(extents);
        expect(unpackExtents(value)).toEqual(extents);
        const newest = extents.some((e) => e.checksum !== undefined)
          ? 3
          : extents.some((e) => e.nonce !== undefined)
            ? 2
            : 1;
        expect(unpack(value)[0]).toBe(newest);
      }),
    );
  });

  it.each([
    [500, 32],
    [400, 64],
  ])('of %i sealed parts with checksums of %i bytes fit into a row, whatever the references', (length, bytes) => {
    const one: Extent = {
      size: 5 * 1024 ** 3,
      ref: Buffer.alloc(32),
      nonce: Buffer.alloc(16),
      checksum: Buffer.alloc(bytes),
    };
    expect(packExtents(Array.from({ length }, () => one)).length).toBeLessThan(64 * 1024);
  });
});
