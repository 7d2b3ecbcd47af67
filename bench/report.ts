/** Tables for people. */
import type { Floor } from './floors.ts';
import type { Row } from './rows.ts';

const MB = 1e6;

const HEADER = [
  'row',
  'ops/s',
  'MB/s',
  'p50 ms',
  'p99 ms',
  'CPU ms',
  'RSS MB',
  'bare ops/s',
  'bare CPU ms',
  '× bare',
  'CPU × bare',
  '× files',
  '× hashes',
];

/** `× files`: by files written and synced; `× hashes`: by MD5 and CRC-64 alone. CPU is a server's, per request. */
export function renderRows(rows: readonly Row[]): string {
  const lines = rows.map(({ name, real, bare, ratio, filesRatio, hashRatio }) => [
    name,
    number(real.perSecond),
    number(real.bytesPerSecond / MB),
    number(real.p50Ms),
    number(real.p99Ms),
    number(real.cpuMsPerRequest),
    number(real.peakRss === undefined ? undefined : real.peakRss / MB),
    number(bare.perSecond),
    number(bare.cpuMsPerRequest),
    ratio.toFixed(2),
    number(cpuRatio(real.cpuMsPerRequest, bare.cpuMsPerRequest)),
    filesRatio === undefined ? '' : filesRatio.toFixed(2),
    hashRatio === undefined ? '' : hashRatio.toFixed(2),
  ]);
  return table([HEADER, ...lines]);
}

function cpuRatio(real: number | undefined, bare: number | undefined): number | undefined {
  return real === undefined || bare === undefined || bare === 0 ? undefined : real / bare;
}

export function renderFloors(floors: readonly Floor[]): string {
  const lines = floors.map(({ name, limit, atMost, unit, value, met }) => [
    name,
    value === undefined ? 'not measured' : value.toPrecision(3),
    `${atMost ? 'at most' : 'at least'} ${limit} ${unit}`,
    met === undefined ? '' : met ? 'pass' : 'MISS',
  ]);
  return table([['floor', 'measured', 'wanted', ''], ...lines]);
}

/** The first column is text, the others are set to the right. */
export function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const text = (line: readonly string[]): string =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return `${[text(lines[0]!), rule, ...lines.slice(1).map(text)].join('\n')}\n`;
}

/** Three significant digits, no exponent. */
export function number(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return 'n/a';
  if (value >= 100) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}
