/** When a request says it was signed. Source: spec/s3.md §4.1, §4.2. */
import { CosError } from '../../errors/cos-error.ts';
import { parseHttpDate } from '../../http/http-date.ts';
import type { WireRequest } from '../../http/types.ts';

/** Clock difference that is still taken for the same time, ms. */
export const MAX_SKEW_MS = 900_000;

const LONG = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const RFC822 = /^((?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d) (?:\+0000|-0000|UTC|UT)$/;
const EXTENDED = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/** `yyyyMMdd'T'HHmmss'Z'` @returns ms since the epoch; undefined for anything else */
export function parseLongTime(text: string): number | undefined {
  const match = LONG.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Requests of one second say the same. */
let lastLong: { readonly text: string; readonly ms: number | undefined } = { text: '', ms: undefined };

/** @see parseLongTime */
function sameLongTime(text: string): number | undefined {
  if (text === lastLong.text) return lastLong.ms;
  const ms = parseLongTime(text);
  if (ms !== undefined) lastLong = { text, ms };
  return ms;
}

/** Any of the forms that clients send, but the long one. */
function parseTime(text: string): number | undefined {
  const ms = parseHttpDate(text);
  if (ms !== undefined) return ms;
  const [, rfc822] = RFC822.exec(text) ?? [];
  if (rfc822 !== undefined) return parseHttpDate(`${rfc822} GMT`);
  const extended = EXTENDED.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(extended) ? undefined : extended;
}

/** @returns `yyyyMMddTHHmmssZ` */
function longTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

const shown = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * Time of a signature in a header: that of `x-amz-date`, without it that of `Date`.
 * @returns it as `yyyyMMddTHHmmssZ`
 * @throws CosError AccessDenied when it is missing or no time; RequestTimeTooSkewed
 */
export function requireHeaderTime(wire: WireRequest, nowMs: number): string {
  const text = wire.header('x-amz-date') ?? (hasHeader(wire, 'x-amz-date') ? '' : (wire.header('date') ?? ''));
  const longMs = sameLongTime(text);
  const ms = longMs ?? parseTime(text);
  if (ms === undefined || ms < 0) {
    throw new CosError('AccessDenied', {
      message: 'AWS authentication requires a valid Date or x-amz-date header',
    });
  }
  if (Math.abs(ms - nowMs) > MAX_SKEW_MS) {
    throw new CosError('RequestTimeTooSkewed', {
      elements: [
        ['RequestTime', text],
        ['ServerTime', shown(nowMs)],
        ['MaxAllowedSkewMilliseconds', String(MAX_SKEW_MS)],
      ],
    });
  }
  return longMs === undefined ? longTime(ms) : text;
}

/** Of a presigned URL. @param more elements before those of the time */
export function expired(endMs: number, nowMs: number, more: readonly (readonly [string, string])[] = []): CosError {
  return new CosError('AccessDenied', {
    message: 'Request has expired',
    elements: [...more, ['Expires', shown(endMs)], ['ServerTime', shown(nowMs)]],
  });
}

/** Whether a header came, be it without a value. @param lowerName lower case */
export function hasHeader({ rawHeaders }: WireRequest, lowerName: string): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === lowerName.length && name.toLowerCase() === lowerName) return true;
  }
  return false;
}
