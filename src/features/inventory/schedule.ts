/** When a report of an inventory is due. Source: spec/buckets.md §21. */
import type { Calendar } from '../lifecycle/calendar.ts';
import type { Inventory } from './catalogue.ts';
import type { RunState } from './run-state.ts';

const DAYS_A_WEEK = 7;

export interface DueReport {
  /** Midnight it is of, or when it was asked for, ms since the epoch. */
  readonly runMs: number;
  /** That of the first report. */
  readonly firstMs: number;
  /** `YYYYMMDD` in the zone of the midnights. */
  readonly day: string;
}

/**
 * Every day, or every seventh from the first; what was set since the midnight has to wait for the next one, and of
 * several midnights that were missed the last one counts.
 */
export function dueOf(
  { kind, setMs, configuration: { schedule } }: Pick<Inventory, 'kind' | 'setMs' | 'configuration'>,
  { firstMs, doneMs }: RunState,
  midnightMs: number,
  calendar: Calendar,
): DueReport | undefined {
  if (kind === 'o') return { runMs: setMs, firstMs: setMs, day: dayOf(setMs, calendar) };
  if (schedule?.enabled !== true || setMs >= midnightMs || doneMs === midnightMs) return undefined;
  // After the clock was set back it begins anew.
  if (firstMs === undefined || doneMs === undefined || midnightMs < doneMs) {
    return { runMs: midnightMs, firstMs: midnightMs, day: dayOf(midnightMs, calendar) };
  }
  if (schedule.frequency === 'Weekly') {
    const weekMs = DAYS_A_WEEK * calendar.dayMs;
    const latestMs = firstMs + Math.floor((midnightMs - firstMs) / weekMs) * weekMs;
    if (latestMs <= doneMs) return undefined;
  }
  return { runMs: midnightMs, firstMs, day: dayOf(midnightMs, calendar) };
}

function dayOf(ms: number, { offsetMs }: Calendar): string {
  return new Date(ms + offsetMs).toISOString().slice(0, 10).replaceAll('-', '');
}
