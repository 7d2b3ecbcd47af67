import { describe, expect, it } from 'vitest';
import { KIB, MIB } from './cases.ts';
import { judgeFloors } from './floors.ts';
import type { Row } from './rows.ts';

const side = {
  perSecond: 1,
  bytesPerSecond: 1,
  p50Ms: 8.5,
  p99Ms: 9,
  cpuMsPerRequest: 0.1,
  peakRss: 1,
  requests: 1,
  sampled: 1,
};
const put = (size: number, connections: number, ratio: number, hashRatio?: number): Row => ({
  name: 'PUT',
  row: { kind: 'object', method: 'PUT', size, connections },
  real: side,
  bare: side,
  ratio,
  ...(hashRatio === undefined ? {} : { hashRatio }),
});

describe('judgeFloors', () => {
  it('says nothing about what was not measured', () => {
    const floors = judgeFloors([put(4 * KIB, 16, 0.1)], undefined);
    expect(floors).toHaveLength(9);
    expect(floors.every(({ value, met }) => value === undefined && met === undefined)).toBe(true);
  });

  it('passes what reaches a floor or stays below a ceiling, and nothing else', () => {
    const list = { kind: 'list', keys: 1_000_000, connections: 1 } as const;
    const rows: Row[] = [
      put(4 * KIB, 64, 0.33),
      put(64 * MIB, 4, 0.9, 0.49),
      { name: 'LIST', row: { ...list, page: 'middle' }, real: side, bare: side, ratio: 1 },
      { name: 'LIST', row: { ...list, page: 'delimiter' }, real: side, bare: side, ratio: 1 },
    ];
    const met = judgeFloors(rows, { startMs: 500, rss: 90.1e6 }).filter((floor) => floor.met !== undefined);
    expect(met.map((floor) => [floor.name, floor.met])).toEqual([
      ['PUT 4 KiB, durable', true],
      ['PUT 64 MiB', false],
      ['page of 1,000 keys at 1,000,000', false],
      ['page of 1,000 prefixes at 1,000,000', true],
      ['cold start', true],
      ['idle memory', false],
    ]);
  });
});
