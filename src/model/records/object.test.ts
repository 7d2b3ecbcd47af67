import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OBJECT_ACLS, type ObjectAttributes, type ObjectLock, packAttributes, unpackAttributes } from './attributes.ts';
import { type ObjectRecord, packObject, unpackObject } from './object.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const header = fc.option(text, { nil: undefined });
const md5 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const etagText = fc.oneof(
  md5,
  fc.tuple(md5, fc.integer({ min: 1, max: 999_999_999 })).map(([hash, count]) => `${hash}-${count}`),
  fc.constant(''),
  text,
  md5.map((hash) => `${hash}-0`),
  md5.map((hash) => hash.toUpperCase()),
);
const lockField: fc.Arbitrary<ObjectLock> = fc
  .record({
    retainUntilMs: fc.option(fc.maxSafeNat(), { nil: undefined }),
    legalHold: fc.boolean(),
    governance: fc.boolean(),
  })
  .map(({ governance, ...lock }) => (governance ? { ...lock, mode: 'GOVERNANCE' } : lock));
const attributeFields: fc.Arbitrary<ObjectAttributes> = fc
  .record({
    contentType: text,
    optional: fc.record({
      cacheControl: header,
      contentDisposition: header,
      contentEncoding: header,
      contentLanguage: header,
      expires: header,
      websiteRedirect: header,
    }),
    userMeta: fc.array(fc.tuple(text, text), { maxLength: 3 }),
    storageClass: fc.constantFrom('STANDARD', 'STANDARD_IA', 'DEEP_ARCHIVE', 'MAZ_DEEP_ARCHIVE'),
    acl: fc.constantFrom(...OBJECT_ACLS),
    extra: fc.option(fc.record({ accessedMs: fc.maxSafeNat(), symlink: text, lock: lockField }), { nil: undefined }),
  })
  .map(({ contentType, optional, userMeta, storageClass, acl, extra }) => ({
    ...(extra === undefined ? {} : { extra }),
    headers: {
      contentType,
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    },
    userMeta: userMeta.flat(),
    storageClass,
    acl,
  }));
const bytes8 = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes));
const safe = fc.maxSafeNat();

const record: fc.Arbitrary<ObjectRecord> = fc
  .record({
    stamp: safe,
    isNull: fc.boolean(),
    kind: fc.constantFrom('normal' as const, 'appendable' as const, 'delete-marker' as const),
    size: safe,
    etag: etagText,
    crc64: fc.option(bytes8, { nil: undefined }),
    modifiedMs: safe,
    attributes: attributeFields,
    parts: fc.nat(10_000),
    manifest: fc.option(fc.record({ id: bytes8, starts: fc.array(safe, { maxLength: 4 }) }), { nil: undefined }),
  })
  .map((fields) => ({ ...fields, storageClass: fields.attributes.storageClass }));

/** The fields of a row, read one by one. */
function summary(row: ObjectRecord): Omit<ObjectRecord, 'manifest'> {
  const { stamp, isNull, kind, size, etag, crc64, modifiedMs, storageClass, attributes, parts } = row;
  return { stamp, isNull, kind, size, etag, crc64, modifiedMs, storageClass, attributes, parts };
}

describe('object rows', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(record, (given) => {
        const back = unpackObject(packObject(given));
        for (const name of Object.keys(given) as (keyof ObjectRecord)[]) expect(back[name], name).toEqual(given[name]);
      }),
      { numRuns: 500 },
    );
  });

  it('stay readable: a row of release 0.1.0', () => {
    const stored =
      '01680100431911650589000440140000000000004279ab697e87b000000000035d41402abc4b2a76b9719d911017c592' +
      '9b1e3c8a5d2f40719495aa746578742f706c61696e96a86e6f2d6361636865c0c0c0c0c092a161a162ab5354414e44415244' +
      '5f49410203c40801020304050607089200cd03e8';
    const row = unpackObject(Buffer.from(stored, 'hex'));
    expect({ ...summary(row), manifest: row.manifest }).toEqual({
      stamp: 1_764_000_000_000_001,
      isNull: false,
      kind: 'normal',
      size: 5,
      etag: '5d41402abc4b2a76b9719d911017c592-3',
      crc64: Buffer.from('9b1e3c8a5d2f4071', 'hex'),
      modifiedMs: 1_764_000_000_123,
      storageClass: 'STANDARD_IA',
      attributes: {
        headers: { contentType: 'text/plain', cacheControl: 'no-cache' },
        userMeta: ['a', 'b'],
        storageClass: 'STANDARD_IA',
        acl: 'public-read',
      },
      parts: 3,
      manifest: { id: Buffer.from('0102030405060708', 'hex'), starts: [0, 1000] },
    });
  });

  it('refuse a storage class without a number', () => {
    const given = fc.sample(record, 1)[0]!;
    expect(() => packObject({ ...given, attributes: { ...given.attributes, storageClass: 'COLD' } })).toThrow(
      RangeError,
    );
  });
});

it('costs a lock of COMPLIANCE nothing that it has a mode, and takes locks without one for such', () => {
  const extra = { lock: { retainUntilMs: 5, legalHold: false } };
  const attributes: ObjectAttributes = {
    ...{ headers: { contentType: '' }, userMeta: [], storageClass: 'STANDARD', acl: 'default' },
    extra,
  };
  const packed = packAttributes(attributes);
  expect((packed[5] as unknown[])[4]).toEqual([5, false]);
  expect(unpackAttributes(packed)).toEqual(attributes);
  const named: ObjectAttributes = { ...attributes, extra: { lock: { mode: 'COMPLIANCE', ...extra.lock } } };
  expect(packAttributes(named)).toEqual(packed);
});
