import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../model/fixture.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { checkRules } from './check.ts';
import { parseDestination } from './destination.ts';
import { matches } from './match.ts';
import { outboxKey, packOutbox, parseOutboxKey, unpackOutbox } from './outbox.ts';
import { BUCKET_REPLICATION, type ReplicationRule } from './rules.ts';

const rule = (bucket: string, more: Partial<ReplicationRule> = {}): ReplicationRule => ({
  id: undefined,
  enabled: true,
  priority: undefined,
  scope: { prefix: '' },
  destination: {
    bucket: `qcs::cos:ap-beijing::${bucket}-1250000000`,
    storageClass: undefined,
    replicaKmsKeyId: undefined,
  },
  deleteMarkers: undefined,
  kmsObjects: undefined,
  ...more,
});
const record = (more: Partial<ObjectRecord> = {}): ObjectRecord => ({
  stamp: 1,
  isNull: false,
  kind: 'normal',
  size: 0,
  etag: '',
  crc64: undefined,
  modifiedMs: 0,
  storageClass: 'STANDARD',
  attributes: PLAIN,
  parts: 0,
  ...more,
});
const withExtras = (extra: NonNullable<ObjectRecord['attributes']['extra']>) =>
  record({ attributes: { ...PLAIN, extra } });

describe('parseDestination', () => {
  it.each([
    ['qcs::cos:ap-beijing::b-1250000000', 'b-1250000000'],
    ['qcs:id/0:cos:ap-beijing:appid/1250000000:b', 'b-1250000000'],
    ['qcs::cos:ap-beijing:uid/1250000000:b-1250000000', 'b-1250000000'],
  ])('%s', (text, bucket) => {
    expect(parseDestination(text)).toEqual({ region: 'ap-beijing', bucket, appid: '1250000000' });
  });

  it.each([
    '',
    'b-1250000000',
    'qcs::cos:ap-beijing::b',
    'qcs::cos:::b-1250000000',
    'qcs::cos:ap-beijing::B-1250000000',
  ])('%s names none', (text) => {
    expect(parseDestination(text)).toBeUndefined();
  });
});

describe('the stored rules', () => {
  const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const condition = fc.oneof(
    fc.record({ kind: fc.constant('prefix' as const), prefix: fc.string() }),
    fc.record({ kind: fc.constant('tag' as const), key: fc.string(), value: fc.string() }),
  );
  const rules: fc.Arbitrary<ReplicationRule> = fc.record({
    id: option(fc.string()),
    enabled: fc.boolean(),
    priority: option(fc.nat()),
    scope: option(
      fc.oneof(
        fc.record({ prefix: fc.string() }),
        fc.record({ and: fc.boolean(), conditions: fc.array(condition, { maxLength: 3 }) }),
      ),
    ),
    destination: fc.record({
      bucket: fc.string(),
      storageClass: option(fc.string()),
      replicaKmsKeyId: option(fc.string()),
    }),
    deleteMarkers: option(fc.boolean()),
    kmsObjects: option(fc.boolean()),
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(rules, { maxLength: 4 }), fc.string(), fc.nat(), (given, role, setMs) => {
        const configuration = { role, rules: given, setMs };
        expect(BUCKET_REPLICATION.unpack(BUCKET_REPLICATION.pack(configuration))).toEqual(configuration);
      }),
    );
  });
});

describe('the rows of the outbox', () => {
  it('sort by stamp within a destination, and are read as they were written', () => {
    const id = Buffer.from('12345678');
    const keys = [2 ** 40, 1, 2 ** 20].map((stamp) => outboxKey(id, 'b', stamp, 'ä/\0'));
    expect([...keys].sort(Buffer.compare).map((key) => parseOutboxKey(key).stamp)).toEqual([1, 2 ** 20, 2 ** 40]);
    expect(parseOutboxKey(keys[1]!)).toMatchObject({ bucketId: id, key: 'ä/\0' });
    expect(outboxKey(id, 'c', 1, 'k').subarray(0, 17)).not.toEqual(keys[1]!.subarray(0, 17));
    const entry = {
      source: 's',
      destination: { bucket: 'b', region: 'r' },
      storageClass: undefined,
      replicaKmsKeyId: 'k',
      sinceMs: 1.5,
      attempts: 3,
      notBeforeMs: 7,
    };
    expect(unpackOutbox(packOutbox(entry))).toEqual(entry);
  });
});

describe('matches', () => {
  const found = (rules: ReplicationRule[], key: string, given = record()) =>
    matches({ role: '', rules, setMs: 0 }, key, given).map(({ rule: { id }, destination }) => [id, destination.bucket]);

  it('takes the enabled rule of the highest priority for each destination', () => {
    const rules = [
      rule('a', { id: 'low', priority: 1 }),
      rule('a', { id: 'high', priority: 3, scope: { prefix: 'x/' } }),
      rule('a', { id: 'off', priority: 4, enabled: false }),
      rule('b', { id: 'other', priority: 2 }),
    ];
    expect(found(rules, 'x/y')).toEqual([
      ['high', 'a-1250000000'],
      ['other', 'b-1250000000'],
    ]);
    expect(found(rules, 'y')).toEqual([
      ['other', 'b-1250000000'],
      ['low', 'a-1250000000'],
    ]);
  });

  it('wants all tags, and has none for markers', () => {
    const tag = (key: string, value: string) => ({ kind: 'tag' as const, key, value });
    const rules = [rule('a', { scope: { and: true, conditions: [tag('k', 'v'), tag('l', 'w')] } })];
    expect(found(rules, 'x', withExtras({ tags: ['l', 'w', 'k', 'v'] }))).toHaveLength(1);
    expect(found(rules, 'x', withExtras({ tags: ['k', 'v'] }))).toEqual([]);
    expect(found(rules, 'x', withExtras({ tags: ['v', 'k', 'w', 'l'] }))).toEqual([]);
    expect(found(rules, 'x', record({ kind: 'delete-marker' }))).toEqual([]);
  });

  it('leaves out what cannot or shall not be replicated', () => {
    const marker = record({ kind: 'delete-marker' });
    expect(found([rule('a')], 'x', marker)).toHaveLength(1);
    expect(found([rule('a', { deleteMarkers: false })], 'x', marker)).toEqual([]);
    expect(found([rule('a')], 'x', record({ kind: 'appendable' }))).toEqual([]);
    expect(found([rule('a')], 'x', record({ kind: 'symlink' }))).toEqual([]);
    const bytes = Buffer.alloc(8);
    const kms = withExtras({
      encryption: { mode: 'kms', keyId: 'k', keyVersion: 1, context: undefined, wrapped: bytes },
    });
    expect(found([rule('a')], 'x', kms)).toEqual([]);
    expect(found([rule('a', { kmsObjects: true })], 'x', kms)).toHaveLength(1);
    const mine = withExtras({ encryption: { mode: 'customer', keyMd5: '', salt: bytes, verifier: bytes } });
    expect(found([rule('a', { kmsObjects: true })], 'x', mine)).toEqual([]);
  });
});

describe('checkRules', () => {
  const code = (...rules: ReplicationRule[]): string | undefined => {
    try {
      checkRules(rules, 'source-1250000000');
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const at = (prefix: string, more: Partial<ReplicationRule> = {}) => rule('a', { scope: { prefix }, ...more });

  it('finds overlaps wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 3 }), { maxLength: 6 }),
        (prefixes) => {
          const overlap = prefixes.some((one) => prefixes.some((other) => one !== other && other.startsWith(one)));
          expect(code(...prefixes.map((prefix) => at(prefix)))).toBe(overlap ? 'InvalidArgument' : undefined);
        },
      ),
    );
  });

  it('does not count disabled rules and those with tags', () => {
    const tagged = { and: false, conditions: [{ kind: 'tag' as const, key: 'k', value: 'v' }] };
    expect(code(at('a'), at('ab', { enabled: false }))).toBeUndefined();
    expect(code(at('a'), rule('a', { scope: tagged }))).toBeUndefined();
    expect(code(at('a'), rule('b', { scope: { prefix: 'a' } }))).toBe('MultiBucketNotSupport');
    expect(code(at('a', { priority: 1 }), rule('b', { priority: 2, scope: { prefix: 'a' } }))).toBeUndefined();
  });

  it('has limits', () => {
    expect(code(at('a', { priority: 2 ** 31 }))).toBe('InvalidArgument');
    expect(code(at('a'.repeat(851)))).toBe('InvalidArgument');
    expect(code(at('a', { id: 'i'.repeat(256) }))).toBe('InvalidArgument');
    const elsewhere = {
      bucket: 'qcs::cos:ap-nanjing::a-1250000000',
      storageClass: undefined,
      replicaKmsKeyId: undefined,
    };
    expect(code(at('a'), at('b', { destination: elsewhere }))).toBe('InvalidArgument');
  });
});
