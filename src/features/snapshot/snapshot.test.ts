import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pins } from '../../model/pins.ts';
import { openMemoryStore } from '../../store/memory/index.ts';
import type { Store } from '../../store/store.ts';
import { encodeFrame, encodeStart } from './format.ts';
import { FrameReader } from './frame-reader.ts';
import { chunksOf, contentOf, ENGINES, FILES, fillStore, HEADER, snapshotOf } from './harness.ts';
import { restoreSnapshot } from './restore.ts';
import { saveSnapshot } from './save.ts';
import { SnapshotError } from './snapshot-error.ts';

const engine = (name: string) => ENGINES[name]!();

async function restored(file: Buffer, store: Store, chunk?: number) {
  return restoreSnapshot(chunksOf(file, chunk), store);
}

describe.each([
  ['memory', 'memory'],
  ['local', 'local'],
  ['memory', 'local'],
  ['local', 'memory'],
])('a snapshot of a store (%s) in another (%s)', (from, to) => {
  it('holds the same rows and bodies, each body once, and no row beside', async () => {
    const source = await engine(from);
    const target = await engine(to);
    await fillStore(source, 600);
    const file = await snapshotOf(source);
    const { counts, header, files } = await restored(file, target, 4_099);
    expect(await contentOf(target)).toEqual(await contentOf(source));
    const usage = await target.blobs.usage();
    expect(usage).toMatchObject({ liveBlobs: counts.blobs, liveBytes: counts.bytes, orphans: 0 });
    const had = await source.blobs.usage();
    expect([counts.blobs, counts.bytes]).toEqual([had.liveBlobs, had.liveBytes]);
    expect(header).toMatchObject(HEADER);
    expect(files).toEqual(FILES);
    // The second snapshot is the first, byte for byte.
    expect((await snapshotOf(target)).equals(file)).toBe(true);
    await source.close();
    await target.close();
  });
});

describe('a snapshot', () => {
  it('of an empty store makes an empty store', async () => {
    const target = await engine('memory');
    const { counts } = await restored(await snapshotOf(await engine('memory')), target);
    expect(counts).toEqual({ rows: 0, objects: 0, blobs: 0, bytes: 0 });
    expect(await contentOf(target)).toEqual([]);
  });

  it('is of one moment: what is written and deleted meanwhile is not in it', async () => {
    const source = await engine('local');
    await fillStore(source);
    const before = await contentOf(source);
    const pins = new Pins();
    const saving = saveSnapshot({ services: { store: source, pins }, header: HEADER, files: async () => FILES });
    const pieces = [(await saving.next()).value as Buffer];
    await source.meta.commit({ puts: [{ key: Buffer.from('cbucketidnew'), value: Buffer.from('v') }] });
    await source.meta.commit({ deletes: [Buffer.from('cbucketidlarge')] });
    // What the row named may not be freed before the end.
    expect(await pins.freeing(async () => 'freed')).toBeUndefined();
    for await (const piece of saving) pieces.push(piece);
    expect(await pins.freeing(async () => 'freed')).toBe('freed');
    const target = await engine('memory');
    await restored(Buffer.concat(pieces), target);
    expect(await contentOf(target)).toEqual(before);
    await source.close();
  });

  it('waits for a deletion that runs, and lets go when nobody reads on', async () => {
    const source = await engine('memory');
    await fillStore(source);
    const pins = new Pins();
    let end: (() => void) | undefined;
    const deletion = pins.freeing(() => new Promise<void>((resolve) => (end = resolve)));
    const saving = saveSnapshot({ services: { store: source, pins }, header: HEADER, files: async () => FILES });
    let began = false;
    const first = saving.next().then(() => (began = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(began).toBe(false);
    end?.();
    await deletion;
    await first;
    expect(await pins.freeing(async () => 'freed')).toBeUndefined();
    await saving.return(undefined);
    expect(await pins.freeing(async () => 'freed')).toBe('freed');
  });

  it('is not made of a store that has lost a body', async () => {
    const source = await engine('memory');
    await fillStore(source);
    const [row] = await source.meta.get([Buffer.from('cbucketidlarge')]);
    await source.blobs.delete([row!.blob!]);
    await expect(snapshotOf(source)).rejects.toThrow('cbucketidlarge\\" is missing'.replace('\\', ''));
  });

  it('packs what shrinks and stores what does not', async () => {
    const source = openMemoryStore();
    const put = (key: string, body: Buffer) =>
      source.meta.commit({ puts: [{ key: Buffer.from(key), value: Buffer.alloc(1), blob: source.blobs.stage(body) }] });
    await put('c1', Buffer.alloc(1_000_000, 'text '));
    expect((await snapshotOf(source)).length).toBeLessThan(20_000);
    const { randomBytes } = await import('node:crypto');
    await put('c2', randomBytes(1_000_000));
    const { length } = await snapshotOf(source);
    expect(length).toBeGreaterThan(1_000_000);
    expect(length).toBeLessThan(1_025_000);
  });
});

describe('what is no whole snapshot', () => {
  const made = (async () => {
    const source = await engine('memory');
    await fillStore(source, 50);
    return snapshotOf(source);
  })();
  const verdict = async (file: Buffer) => {
    const reader = new FrameReader(chunksOf(file));
    const checked = reader.header().then(() => reader.verify());
    await expect(checked).rejects.toBeInstanceOf(SnapshotError);
    await expect(restored(file, await engine('memory'))).rejects.toBeInstanceOf(SnapshotError);
  };

  it('is refused, wherever it is cut', async () => {
    const file = await made;
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), (length) => verdict(file.subarray(0, length))),
      { numRuns: 150, examples: [[0], [5], [16], [22], [file.length - 1], [file.length - 20]] },
    );
  });

  it('is refused, whichever bit is another', async () => {
    const file = await made;
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(7), (at, bit) => {
        const other = Buffer.from(file);
        other[at]! ^= 1 << bit;
        return verdict(other);
      }),
      {
        numRuns: 200,
        examples: [
          [0, 0],
          [17, 0],
          [19, 3],
          [file.length - 1, 7],
        ],
      },
    );
  });

  it('is refused when frames are left out, doubled or follow the end', async () => {
    const file = await made;
    const start = encodeStart({ ...HEADER, estimate: await estimate(file) }).length;
    const first = start + 13 + file.readUInt32BE(start + 1);
    const without = Buffer.concat([file.subarray(0, start), file.subarray(first)]);
    const doubled = Buffer.concat([file.subarray(0, first), file.subarray(start)]);
    await verdict(without);
    await verdict(doubled);
    await verdict(Buffer.concat([file, Buffer.from('x')]));
    await verdict(Buffer.concat([file, file]));
  });

  it('says where, and what to do', async () => {
    const file = await made;
    const says = async (bytes: Buffer) => restored(bytes, await engine('memory')).catch((error) => error.message);
    expect(await says(Buffer.from('PK\u0003\u0004 something else entirely'))).toContain('no snapshot of Cosette');
    expect(await says(file.subarray(0, file.length - 1))).toContain(`ends at byte ${file.length - 1}`);
    const newer = Buffer.from(file);
    newer.writeUInt16BE(2, 16);
    expect(await says(newer)).toContain('has format 2');
    const flipped = Buffer.from(file);
    flipped[file.length >> 1]! ^= 1;
    expect(await says(flipped)).toMatch(/damaged at byte \d+: use another copy/);
  });

  it('is refused when it names what it does not hold', async () => {
    const { FrameWriter } = await import('./frame-writer.ts');
    const { encodeRow, encodeBlobHead } = await import('./items.ts');
    const forged = async (...items: readonly Buffer[]) => {
      const writer = new FrameWriter();
      const pieces = [writer.start({ ...HEADER, estimate: { blobs: 0, bytes: 0 } })];
      for (const item of items) writer.put(item);
      const rows = items.length;
      for await (const piece of writer.end({ rows, objects: rows, blobs: 0, bytes: 0 })) pieces.push(piece);
      return Buffer.concat(pieces);
    };
    const row = (key: string, blob = 0) => encodeRow(Buffer.from(key), Buffer.from([0x91, 1]), blob);
    expect((await restored(await forged(row('c1'), row('c2')), await engine('memory'))).counts.rows).toBe(2);
    const refused = async (...items: readonly Buffer[]) =>
      expect(restored(await forged(...items), await engine('memory'))).rejects.toBeInstanceOf(SnapshotError);
    await refused(row('c1', 7));
    await refused(row('c2'), row('c1'));
    await refused(row('c1'), Buffer.from([9]));
    await refused(row('c1').subarray(0, 10));
    await refused(row('c1'), encodeBlobHead(1, 0, false));
    await refused(row('c1'), encodeBlobHead(1, 9, true));
  });
});

async function estimate(file: Buffer) {
  return (await new FrameReader(chunksOf(file)).header()).estimate;
}

describe('frames', () => {
  it('are refused when they hold more than a frame may', async () => {
    const head = encodeFrame(1, Buffer.alloc(300_000), 300_000);
    const start = encodeStart({ ...HEADER, estimate: { blobs: 0, bytes: 0 } });
    const reader = new FrameReader(chunksOf(Buffer.concat([start, ...head])));
    await reader.header();
    await expect(reader.verify()).rejects.toThrow(`damaged at byte ${start.length}`);
  });
});
