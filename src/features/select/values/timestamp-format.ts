/** Patterns of TO_STRING. Source: spec/objects.md §10.3. */
import { offsetText, pad, type Timestamp } from './timestamp.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

type Field = (value: Timestamp) => string;

const FIELDS: Readonly<Record<string, Field>> = {
  yy: ({ fields }) => pad(fields.year % 100, 2),
  y: ({ fields }) => String(fields.year),
  yyyy: ({ fields }) => pad(fields.year, 4),
  M: ({ fields }) => String(fields.month),
  MM: ({ fields }) => pad(fields.month, 2),
  MMM: ({ fields }) => monthName(fields.month).slice(0, 3),
  MMMM: ({ fields }) => monthName(fields.month),
  MMMMM: ({ fields }) => monthName(fields.month).slice(0, 1),
  d: ({ fields }) => String(fields.day),
  dd: ({ fields }) => pad(fields.day, 2),
  a: ({ fields }) => (fields.hour < 12 ? 'AM' : 'PM'),
  h: ({ fields }) => String(fields.hour % 12 || 12),
  hh: ({ fields }) => pad(fields.hour % 12 || 12, 2),
  H: ({ fields }) => String(fields.hour),
  HH: ({ fields }) => pad(fields.hour, 2),
  m: ({ fields }) => String(fields.minute),
  mm: ({ fields }) => pad(fields.minute, 2),
  s: ({ fields }) => String(fields.second),
  ss: ({ fields }) => pad(fields.second, 2),
  n: ({ fields }) => String(fields.nanos),
};

const TOKEN = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/gy;

/** Longest pattern, UTF-16 units. */
const MAX_PATTERN = 1024;

/** undefined when the pattern is too long, has a letter that means nothing, or an open quote. */
export function timestampFormat(pattern: string): Field | undefined {
  if (pattern.length > MAX_PATTERN) return undefined;
  const parts: Field[] = [];
  TOKEN.lastIndex = 0;
  let end = 0;
  for (let match = TOKEN.exec(pattern); match !== null; match = TOKEN.exec(pattern)) {
    end = TOKEN.lastIndex;
    const part = fieldOf(match[0], match[1]);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  if (end !== pattern.length) return undefined;
  return (value) => parts.map((part) => part(value)).join('');
}

function fieldOf(text: string, quoted: string | undefined): Field | undefined {
  if (quoted !== undefined) {
    const literal = quoted === '' ? "'" : quoted.replaceAll("''", "'");
    return () => literal;
  }
  if (/^S{1,9}$/.test(text)) return ({ fields }) => pad(fields.nanos, 9).slice(0, text.length);
  if (/^(?:X{1,5}|x{1,5})$/.test(text)) return (value) => zone(value, text.length, text.startsWith('X'));
  if (/[A-Za-z]/.test(text)) return Object.hasOwn(FIELDS, text) ? FIELDS[text] : undefined;
  return () => text;
}

function monthName(month: number): string {
  return MONTHS[month - 1]!;
}

/** One letter: hours, with minutes if there are any; an odd number of letters besides puts a colon between both. */
function zone(value: Timestamp, letters: number, zulu: boolean): string {
  const offset = value.offset ?? 0;
  if (zulu && offset === 0) return 'Z';
  if (letters === 1 && offset % 60 === 0) return offsetText(offset, '').slice(0, 3);
  return offsetText(offset, letters > 1 && letters % 2 === 1 ? ':' : '');
}
