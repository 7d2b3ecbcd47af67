import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pack, unpack } from '../../model/records/pack.ts';
import { type Entry, packEntry, rowKeyOf, unpackEntry } from './records.ts';

const digits = fc.bigInt({ min: 10_000n, max: 9_999_999_999_999_999_999n }).map(String);
const name = fc.stringMatching(/^[A-Za-z_][\w+=,.@-]{0,63}$/);
const ms = fc.nat({ max: 2 ** 45 });
const list = fc.array(name, { maxLength: 5 });
const sealed = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));

const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    kind: fc.constant('account' as const),
    record: fc.record({ uin: digits, appid: digits, name: fc.string({ unit: 'grapheme' }), createdMs: ms }),
  }),
  fc.record({
    kind: fc.constant('user' as const),
    record: fc.record({
      ...{ ownerUin: digits, uin: digits, name, groups: list, policies: list, disabled: fc.boolean(), createdMs: ms },
    }),
  }),
  fc.record({
    kind: fc.constant('group' as const),
    record: fc.record({ ownerUin: digits, id: digits, name, policies: list, createdMs: ms }),
  }),
  fc.record({
    kind: fc.constant('role' as const),
    record: fc.record({
      ...{ ownerUin: digits, id: digits, name, trust: list, policies: list, maxSessionS: fc.nat(), createdMs: ms },
    }),
  }),
  fc.record({
    kind: fc.constant('policy' as const),
    record: fc.record({ ownerUin: digits, name, text: fc.string({ unit: 'grapheme' }), updatedMs: ms }),
  }),
  fc.record({
    kind: fc.constant('key' as const),
    record: fc.record({ secretId: name, ownerUin: digits, uin: digits, sealed, enabled: fc.boolean(), createdMs: ms }),
  }),
);

it('every record comes back from its row', () => {
  fc.assert(
    fc.property(entry, (given) => {
      expect(unpackEntry(rowKeyOf(given), packEntry(given))).toEqual(given);
    }),
    { numRuns: 1_000 },
  );
});

it('fields that a later release adds at the end do no harm', () => {
  fc.assert(
    fc.property(entry, (given) => {
      const longer = pack([...unpack(packEntry(given)), 'later']);
      expect(unpackEntry(rowKeyOf(given), longer)).toEqual(given);
    }),
  );
});

it('rows of different entries have different keys; those of unknown kinds are left alone', () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: idOf, maxLength: 20 }), (entries) => {
      expect(new Set(entries.map((each) => rowKeyOf(each).toString('latin1'))).size).toBe(entries.length);
    }),
  );
  expect(unpackEntry(Buffer.from('iz1/1'), pack([1, 'x']))).toBeUndefined();
});

function idOf({ kind, record: r }: Entry): string {
  switch (kind) {
    case 'account':
      return `${kind} ${r.uin}`;
    case 'user':
      return `${kind} ${r.ownerUin} ${r.uin}`;
    case 'group':
    case 'role':
      return `${kind} ${r.ownerUin} ${r.id}`;
    case 'policy':
      return `${kind} ${r.ownerUin} ${r.name}`;
    case 'key':
      return `${kind} ${r.ownerUin} ${r.secretId}`;
  }
}
