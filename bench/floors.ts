/** The least that the first version must reach. Source: DESIGN §7. */
import { KIB, MIB } from './cases.ts';
import type { Row } from './rows.ts';

export interface Floor {
  readonly name: string;
  readonly limit: number;
  readonly atMost: boolean;
  readonly unit: string;
  /** undefined: not measured in this run */
  readonly value: number | undefined;
  readonly met: boolean | undefined;
}

export interface Idle {
  /** Median of several starts on an empty folder, ms. */
  readonly startMs: number;
  /** bytes; undefined where the system does not tell */
  readonly rss: number | undefined;
}

export function judgeFloors(rows: readonly Row[], idle: Idle | undefined): Floor[] {
  const find = (method: string, size: number, connections: number): Row | undefined =>
    rows.find(
      ({ row }) =>
        row.kind === 'object' && row.method === method && row.size === size && row.connections === connections,
    );
  const page = (kind: string): number | undefined =>
    rows.find(({ row }) => row.kind === 'list' && row.page === kind && row.connections === 1 && row.keys === 1_000_000)
      ?.real.p50Ms;
  const least = (name: string, limit: number, value: number | undefined): Floor =>
    floor(name, limit, false, '× bare', value);
  return [
    least('PUT 4 KiB, durable', 0.33, find('PUT', 4 * KIB, 64)?.ratio),
    least('GET 4 KiB', 0.37, find('GET', 4 * KIB, 64)?.ratio),
    least('HEAD 4 KiB', 0.45, find('HEAD', 4 * KIB, 64)?.ratio),
    least('GET 64 MiB', 0.6, find('GET', 64 * MIB, 4)?.ratio),
    floor('PUT 64 MiB', 0.5, false, '× MD5 and CRC-64 alone', find('PUT', 64 * MIB, 4)?.hashRatio),
    floor('page of 1,000 keys at 1,000,000', 8, true, 'ms', page('middle')),
    floor('page of 1,000 prefixes at 1,000,000', 15, true, 'ms', page('delimiter')),
    floor('cold start', 500, true, 'ms', idle?.startMs),
    floor('idle memory', 90, true, 'MB', idle?.rss === undefined ? undefined : idle.rss / 1e6),
  ];
}

function floor(name: string, limit: number, atMost: boolean, unit: string, value: number | undefined): Floor {
  const met = value === undefined ? undefined : atMost ? value <= limit : value >= limit;
  return { name, limit, atMost, unit, value, met };
}
