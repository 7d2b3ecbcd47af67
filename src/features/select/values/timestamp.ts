/**
 * Timestamps of any precision from the year to the nanosecond, with the offset they were written with.
 * Source: spec/objects.md §10.3 (type timestamp: ISO 8601; year and month end in `T`).
 */

export const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;
export type Part = (typeof PARTS)[number];

const SECONDS_PER_DAY = 86_400;
const MAX_OFFSET_MINUTES = 24 * 60;

export interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 … 999,999,999. */
  readonly nanos: number;
}

/** Fields as on the clock at `offset`; equality and order are those of the instants. */
export class Timestamp {
  readonly fields: Fields;
  readonly precision: Part;
  /** Digits of the fraction of the second that were written, 0 … 9. */
  readonly fractionDigits: number;
  /** Minutes east of UTC; undefined when not known (`-00:00`, dates). */
  readonly offset: number | undefined;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly epochSeconds: number;

  constructor(fields: Fields, precision: Part, fractionDigits: number, offset: number | undefined) {
    this.fields = fields;
    this.precision = precision;
    this.fractionDigits = fractionDigits;
    this.offset = offset;
    const { year, month, day, hour, minute, second } = fields;
    this.epochSeconds =
      daysFromCivil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - (offset ?? 0) * 60;
  }

  toString(): string {
    const { year, month, day, hour, minute, second, nanos } = this.fields;
    let text = pad(year, 4);
    if (this.precision === 'year') return `${text}T`;
    text += `-${pad(month, 2)}`;
    if (this.precision === 'month') return `${text}T`;
    text += `-${pad(day, 2)}T`;
    if (this.precision === 'day') return text;
    text += `${pad(hour, 2)}:${pad(minute, 2)}`;
    if (this.precision === 'second') {
      text += `:${pad(second, 2)}`;
      if (this.fractionDigits > 0) text += `.${pad(nanos, 9).slice(0, this.fractionDigits)}`;
    }
    if (this.offset === undefined) return `${text}-00:00`;
    return text + (this.offset === 0 ? 'Z' : offsetText(this.offset, ':'));
  }
}

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9})\d*)?)?(Z|[+-]\d\d:\d\d)$/;

/** undefined when the text is no timestamp. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const t = text.indexOf('T');
  const date = DATE.exec(t < 0 ? text : text.slice(0, t));
  if (date === null) return undefined;
  const [, year, month, day] = date;
  const clock = t < 0 ? '' : text.slice(t + 1);
  // Years and months without the T would be numbers.
  if (day === undefined && (t < 0 || clock !== '')) return undefined;
  const fields = { year: Number(year), month: Number(month ?? 1), day: Number(day ?? 1) };
  if (clock === '') {
    const precision = day !== undefined ? 'day' : month !== undefined ? 'month' : 'year';
    return timestamp({ ...fields, hour: 0, minute: 0, second: 0, nanos: 0 }, precision, 0, undefined);
  }
  const time = TIME.exec(clock);
  if (time === null) return undefined;
  const [, hour, minute, second, fraction = '', zone] = time;
  return timestamp(
    {
      ...fields,
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second ?? 0),
      nanos: Number(fraction.padEnd(9, '0')),
    },
    second === undefined ? 'minute' : 'second',
    fraction.length,
    parseOffset(zone!),
  );
}

/** @param milliseconds since 1970-01-01T00:00:00Z */
export function timestampAt(milliseconds: number): Timestamp {
  const seconds = Math.floor(milliseconds / 1000);
  const nanos = Math.floor(milliseconds - seconds * 1000) * 1_000_000;
  return new Timestamp(fieldsAt(seconds, nanos), 'second', 3, 0);
}

/** undefined when a field is out of its range. */
export function timestamp(
  fields: Fields,
  precision: Part,
  fractionDigits: number,
  offset: number | undefined,
): Timestamp | undefined {
  const { year, month, day, hour, minute, second } = fields;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || Math.abs(offset ?? 0) >= MAX_OFFSET_MINUTES) return undefined;
  return new Timestamp(fields, precision, fractionDigits, offset);
}

/** Negative, zero or positive, by instant. */
export function compareTimestamps(left: Timestamp, right: Timestamp): number {
  return left.epochSeconds - right.epochSeconds || left.fields.nanos - right.fields.nanos;
}

/** Fields in UTC. @param seconds since 1970-01-01T00:00:00Z */
export function fieldsAt(seconds: number, nanos: number): Fields {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  return {
    ...civilFromDays(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
    nanos,
  };
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `+08:00`, or without the separator. */
export function offsetText(minutes: number, separator: string): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}${separator}${pad(size % 60, 2)}`;
}

export function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function parseOffset(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  if (zone === '-00:00') return undefined;
  const minutes = Number(zone.slice(4));
  if (minutes > 59) return MAX_OFFSET_MINUTES;
  return (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + minutes);
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}
