/** Counters: what each segment still holds of use, and the totals. Kept in memory, written with every transaction. */

export interface SegmentStats {
  /** Bytes of rows (and of entries of large bodies) that are current. */
  rows: number;
  /** Bytes of bodies that are attached and not deleted. */
  bodies: number;
  /** Bytes of what was current here and is no more. */
  dead: number;
  /** Bytes of deletions that compaction carried here. */
  kept: number;
  /** Highest segment those deletions are about: once all up to it are gone, they are of no use. */
  keptUntil: number;
}

export interface Totals {
  /** Sequence number of the last record applied. */
  sequence: number;
  /** Where the log goes on behind it. */
  segment: number;
  offset: number;
  liveBlobs: number;
  liveBytes: number;
}

export const emptyStats = (): SegmentStats => ({ rows: 0, bodies: 0, dead: 0, kept: 0, keptUntil: 0 });
export const emptyTotals = (): Totals => ({ sequence: 0, segment: 0, offset: 0, liveBlobs: 0, liveBytes: 0 });

export const STATE_KEY = Buffer.from('p');
export const SEGMENT_PREFIX = Buffer.from('s');

export function segmentKey(number: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key[0] = 0x73;
  key.writeUInt32BE(number, 1);
  return key;
}

export const encodeStats = (stats: SegmentStats): Buffer =>
  doubles(stats.rows, stats.bodies, stats.dead, stats.kept, stats.keptUntil);

export function decodeStats(bytes: Buffer): SegmentStats {
  const [rows, bodies, dead, kept, keptUntil] = readDoubles(bytes, 5) as [number, number, number, number, number];
  return { rows, bodies, dead, kept, keptUntil };
}

export const encodeTotals = (totals: Totals): Buffer =>
  doubles(totals.sequence, totals.segment, totals.offset, totals.liveBlobs, totals.liveBytes);

export function decodeTotals(bytes: Buffer): Totals {
  const values = readDoubles(bytes, 5) as [number, number, number, number, number];
  const [sequence, segment, offset, liveBlobs, liveBytes] = values;
  return { sequence, segment, offset, liveBlobs, liveBytes };
}

function doubles(...values: number[]): Buffer {
  const out = Buffer.allocUnsafe(values.length * 8);
  for (const [at, value] of values.entries()) out.writeDoubleLE(value, at * 8);
  return out;
}

function readDoubles(bytes: Buffer, count: number): number[] {
  return Array.from({ length: count }, (_, at) => bytes.readDoubleLE(at * 8));
}
