/** Sizes and durations as people write them: `5GiB`, `64 KiB`, `30s`. */

const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['kib', 1024],
  ['mib', 1024 ** 2],
  ['gib', 1024 ** 3],
  ['tib', 1024 ** 4],
]);

const TIME_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1_000],
  ['min', 60_000],
  ['h', 3_600_000],
]);

/** @returns bytes, or undefined when the text is no size. Binary units only: `KiB`, `MiB`, `GiB`, `TiB`. */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, SIZE_UNITS);
}

/** @returns milliseconds, or undefined when the text is no duration. Units: `ms` (the default), `s`, `min`, `h`. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, TIME_UNITS);
}

/** The largest unit that divides the size: `5 GiB`, `850 bytes`. */
export function formatSize(bytes: number): string {
  return formatQuantity(bytes, 'bytes', [
    ['TiB', 1024 ** 4],
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ]);
}

/** The largest unit that divides the duration: `30 s`, `2 min`. */
export function formatDuration(ms: number): string {
  return formatQuantity(ms, 'ms', [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ]);
}

function parseQuantity(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const match = /^(\d{1,16})\s*([A-Za-z]*)$/.exec(text.trim());
  if (match === null) return undefined;
  const factor = units.get(match[2]!.toLowerCase());
  if (factor === undefined) return undefined;
  const value = Number(match[1]) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

function formatQuantity(value: number, base: string, units: readonly (readonly [string, number])[]): string {
  for (const [unit, factor] of units) if (value >= factor && value % factor === 0) return `${value / factor} ${unit}`;
  return `${value} ${base}`;
}
