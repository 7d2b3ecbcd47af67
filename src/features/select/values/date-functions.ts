/** DATE_ADD, DATE_DIFF and EXTRACT. Source: spec/objects.md §10.3. */
import {
  compareTimestamps,
  daysInMonth,
  type Fields,
  fieldsAt,
  PARTS,
  type Part,
  Timestamp,
  timestamp,
} from './timestamp.ts';

export type ExtractPart = Part | 'timezone_hour' | 'timezone_minute';

const SECONDS: Readonly<Record<Exclude<Part, 'year' | 'month'>, number>> = {
  day: 86_400,
  hour: 3600,
  minute: 60,
  second: 1,
};
/** More than the calendar has of any part. */
const MAX_AMOUNT = 400_000_000_000;

/** As precise as the finer of both; the day gives way to a shorter month. undefined outside years 1 … 9999. */
export function dateAdd(part: Part, amount: number, value: Timestamp): Timestamp | undefined {
  if (Math.abs(amount) > MAX_AMOUNT) return undefined;
  const precision = PARTS.indexOf(part) > PARTS.indexOf(value.precision) ? part : value.precision;
  const fields = part === 'year' || part === 'month' ? addMonths(part, amount, value) : addSeconds(part, amount, value);
  return timestamp(fields, precision, value.fractionDigits, value.offset);
}

/** Whole parts from `from` to `to`; negative when `to` is the earlier one. */
export function dateDiff(part: Part, from: Timestamp, to: Timestamp): number {
  if (part === 'year' || part === 'month') {
    const months = monthsBetween(from, to);
    return zero(part === 'year' ? Math.trunc(months / 12) : months);
  }
  let seconds = to.epochSeconds - from.epochSeconds;
  const nanos = to.fields.nanos - from.fields.nanos;
  if (seconds > 0 && nanos < 0) seconds -= 1;
  else if (seconds < 0 && nanos > 0) seconds += 1;
  return zero(Math.trunc(seconds / SECONDS[part]));
}

export function extract(part: ExtractPart, value: Timestamp): number {
  const offset = value.offset ?? 0;
  if (part === 'timezone_hour') return zero(Math.trunc(offset / 60));
  if (part === 'timezone_minute') return zero(offset % 60);
  return value.fields[part];
}

function addMonths(part: 'year' | 'month', amount: number, { fields }: Timestamp): Fields {
  const months = fields.year * 12 + fields.month - 1 + amount * (part === 'year' ? 12 : 1);
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  return { ...fields, year, month, day: Math.min(fields.day, daysInMonth(year, month)) };
}

function addSeconds(part: keyof typeof SECONDS, amount: number, value: Timestamp): Fields {
  const local = value.epochSeconds + (value.offset ?? 0) * 60;
  return fieldsAt(local + amount * SECONDS[part], value.fields.nanos);
}

function monthsBetween(from: Timestamp, to: Timestamp): number {
  // Both on the clock of the first, so that the months are counted in one calendar.
  const end = fieldsAt(to.epochSeconds + (from.offset ?? 0) * 60, to.fields.nanos);
  const months = (end.year - from.fields.year) * 12 + end.month - from.fields.month;
  const reached = compareTimestamps(new Timestamp(addMonths('month', months, from), 'second', 9, from.offset), to);
  if (months > 0 && reached > 0) return months - 1;
  if (months < 0 && reached < 0) return months + 1;
  return months;
}

function zero(value: number): number {
  return value === 0 ? 0 : value;
}
