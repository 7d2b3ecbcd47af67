/**
 * Days as lifecycle counts them: they begin at midnight of one zone, GMT+8 by default. Everything is decided as of a
 * midnight, so a run that is late decides what one in time would have. Source: spec/buckets.md §12.
 */
export interface Calendar {
  /** Length of a day, ms; tests shorten it. */
  readonly dayMs: number;
  /** From UTC to the zone, ms. */
  readonly offsetMs: number;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const UTC: Calendar = { dayMs: DAY_MS, offsetMs: 0 };
export const GMT_8: Calendar = { dayMs: DAY_MS, offsetMs: 8 * HOUR_MS };

/** The last midnight at or before a time, ms since the epoch. */
export function midnightBefore({ dayMs, offsetMs }: Calendar, ms: number): number {
  return Math.floor((ms + offsetMs) / dayMs) * dayMs - offsetMs;
}

/** The first midnight at or after a time. */
export function midnightFrom({ dayMs, offsetMs }: Calendar, ms: number): number {
  return Math.ceil((ms + offsetMs) / dayMs) * dayMs - offsetMs;
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;

/** A date of a rule: ISO 8601 with zone. @returns ms since the epoch; undefined where it is none */
export function parseDate(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
