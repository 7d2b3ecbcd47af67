import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../platform/hash/crc32.ts';
import { SimDisk } from '../../platform/sim-disk.ts';
import { noise } from '../conformance/harness.ts';
import { rowOf } from './entry.ts';
import { ChunkPool, Group, RecordWriter } from './group.ts';
import { LogReader, laterGroupExists } from './log-reader.ts';
import {
  BODY_BYTES,
  bodySpan,
  type Change,
  FILE_BYTES,
  FREE_BYTES,
  GONE_BYTES,
  RECORD_BYTES,
  ROW_BYTES,
} from './record.ts';
import { encodeFileRef, encodeLogRef } from './ref.ts';
import { Segment } from './segments.ts';

const START = 32;

interface Item {
  readonly rows: readonly (readonly [key: Uint8Array, value: Uint8Array, withRef: boolean])[];
  readonly gone: readonly Uint8Array[];
  readonly bodies: readonly number[];
  readonly files: number;
  readonly frees: number;
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 40 });
const item: fc.Arbitrary<Item> = fc.record({
  rows: fc.array(fc.tuple(bytes, fc.uint8Array({ maxLength: 60 }), fc.boolean()), { maxLength: 4 }),
  gone: fc.array(bytes, { maxLength: 3 }),
  bodies: fc.array(fc.oneof(fc.nat(300), fc.constantFrom(0, 16_384, 16_385, 40_000)), { maxLength: 3 }),
  files: fc.nat(2),
  frees: fc.nat(2),
});

const fileRef = encodeFileRef(Buffer.alloc(12, 0xab), 123_456_789_012);

/** Writes records as the queue does: every few in a group of their own. */
async function written(items: readonly Item[], groupOf: number) {
  const pool = new ChunkPool();
  const disk = new SimDisk({ folders: ['/log'] });
  const file = await disk.open('/log/1', 'create');
  const all: { changes: Change[]; bodies: Buffer[]; end: number; group: number }[] = [];
  let at = START;
  let sequence = 0x1_2345_6789;
  for (let i = 0; i < items.length; i += groupOf) {
    const group = new Group(pool, 1, at);
    for (const one of items.slice(i, i + groupOf)) {
      const from = group.changes.length;
      const bodies = one.bodies.map((size, n) => noise(size, n + i));
      let head = RECORD_BYTES + one.files * (FILE_BYTES + 19) + one.frees * (FREE_BYTES + 17);
      for (const [key, value, withRef] of one.rows)
        head += ROW_BYTES + key.length + 15 + value.length + (withRef ? 19 : 0);
      for (const key of one.gone) head += GONE_BYTES + key.length;
      head += bodies.length * (BODY_BYTES + 17);
      const span = bodies.reduce((sum, { length }) => sum + bodySpan(length), 0);
      const record = new RecordWriter(group, ++sequence, head, span);
      for (const [key, value, withRef] of one.rows) {
        record.row(Buffer.from(key), sequence - 1, 7, withRef ? fileRef : undefined, Buffer.from(value), undefined);
      }
      for (const body of bodies) record.body(encodeLogRef(1, record.bodyOffset, body.length, crc32(body)), body.length);
      for (const key of one.gone) record.gone(Buffer.from(key), sequence, 3, 4_000_000_000, undefined);
      for (let n = 0; n < one.files; n++) record.file(fileRef, 5);
      for (let n = 0; n < one.frees; n++) record.free(encodeLogRef(9, n, 1, 2), 6, 8);
      record.end();
      for (const body of bodies) group.addBody(body);
      all.push({ changes: group.changes.slice(from), bodies, end: group.end, group: group.offset });
    }
    group.seal();
    await file.write(group.pieces, at);
    expect(group.pieces.reduce((sum, { length }) => sum + length, 0)).toBe(group.bytes);
    at = group.end;
  }
  return { segment: new Segment(1, file, at), all };
}

describe('LogReader', () => {
  it('reads what was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 8 }), fc.integer({ min: 1, max: 3 }), async (items, groupOf) => {
        const { segment, all } = await written(items, groupOf);
        const reader = new LogReader(segment, START, segment.size, true);
        for (const wanted of all) {
          const result = await reader.next();
          if (result.kind !== 'record') throw new Error(result.kind);
          expect(result.record.end).toBe(wanted.end);
          expect(result.record.head.groupOffset).toBe(wanted.group);
          const plain = (change: Change) => ({ ...change, key: change.key.toString('hex'), before: undefined });
          expect(result.record.changes.map(plain)).toEqual(wanted.changes.map(plain));
          for (const [at, { op, key, offset }] of wanted.changes.filter((change) => change.op === 3).entries()) {
            const body = Buffer.alloc(key.readUInt32BE(9));
            await segment.file.read(body, offset);
            expect(body.equals(wanted.bodies[at]!)).toBe(true);
            expect([op, key.readUInt32BE(5)]).toEqual([3, offset]);
          }
        }
        expect((await reader.next()).kind).toBe('end');
      }),
      { numRuns: 60 },
    );
  });

  it('takes no record that was changed anywhere', async () => {
    const one: Item = {
      rows: [[noise(9, 1), noise(30, 2), true]],
      gone: [noise(5, 1)],
      bodies: [40, 0, 30],
      files: 1,
      frees: 1,
    };
    const { segment } = await written([one], 1);
    const whole = Buffer.alloc(segment.size - START);
    await segment.file.read(whole, START);
    for (let at = 0; at < whole.length; at++) {
      const was = whole[at]!;
      // The padding of an empty body says nothing.
      whole[at] = was ^ 0x10;
      await segment.file.write([whole], START);
      const result = await new LogReader(segment, START, segment.size, true).next();
      if (result.kind !== 'bad') expect([at, result.kind, was]).toEqual([whole.length - 31, 'record', 0]);
      whole[at] = was;
    }
  });

  it('knows damage from a write that was cut off', async () => {
    const one: Item = { rows: [[noise(9, 1), noise(30, 2), false]], gone: [], bodies: [100], files: 0, frees: 0 };
    const { segment, all } = await written([one, one, one, one], 2);
    const [first, second, third] = all.map(({ end }) => end) as [number, number, number];
    // Records of the same group prove nothing: the pages of one write reach the disk in any order.
    expect(await laterGroupExists(segment, START, segment.size)).toBe(true);
    expect(await laterGroupExists(segment, first, segment.size)).toBe(true);
    expect(await laterGroupExists(segment, second, segment.size)).toBe(false);
    expect(await laterGroupExists(segment, third, segment.size)).toBe(false);
    expect(await laterGroupExists(segment, START, second)).toBe(false);
  });
});

describe('rowOf', () => {
  it('gives back what writeEntry wrote', async () => {
    const { all } = await written(
      [{ rows: [[noise(9, 1), noise(30, 2), true]], gone: [], bodies: [], files: 0, frees: 0 }],
      1,
    );
    const row = rowOf(Buffer.from('k'), all[0]!.changes[0]!.entry!);
    expect(row.version).toBe(0x1_2345_6789);
    expect(row.blob?.equals(fileRef)).toBe(true);
    expect(row.value.equals(noise(30, 2))).toBe(true);
  });
});
