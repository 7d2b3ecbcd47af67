/**
 * HTTP dates. Source: RFC 9110 §5.6.7; spec/clients.md §3 "Date".
 */
const MONTHS: readonly string[] = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Texts that were made, by second: the present one and the modification times of what is read often. */
const SLOTS = 1_024;
const cachedSeconds = new Float64Array(SLOTS).fill(Number.NaN);
const cachedTexts: string[] = new Array(SLOTS).fill('');

/** IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`). @param ms since the epoch */
export function formatHttpDate(ms: number): string {
  const second = Math.floor(ms / 1000);
  const slot = second & (SLOTS - 1);
  if (cachedSeconds[slot] !== second) {
    cachedTexts[slot] = new Date(second * 1000).toUTCString();
    cachedSeconds[slot] = second;
  }
  return cachedTexts[slot]!;
}

const IMF = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const RFC850 =
  /^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const ASCTIME = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/;

/**
 * Milliseconds since the epoch of any of the three HTTP forms; undefined when it is none of them or no such date
 * exists. The day name is not compared with the date. Two-digit years: 70–99 are 19xx, others 20xx.
 */
export function parseHttpDate(text: string): number | undefined {
  let match = IMF.exec(text);
  if (match !== null) return toMs(match[3]!, match[2]!, match[1]!, match[4]!, match[5]!, match[6]!);
  match = RFC850.exec(text);
  if (match !== null) {
    const year = Number(match[3]) + (match[3]! >= '70' ? 1900 : 2000);
    return toMs(year, match[2]!, match[1]!, match[4]!, match[5]!, match[6]!);
  }
  match = ASCTIME.exec(text);
  if (match !== null) return toMs(match[6]!, match[1]!, match[2]!, match[3]!, match[4]!, match[5]!);
  return undefined;
}

function toMs(
  year: string | number,
  monthName: string,
  day: string,
  hour: string,
  minute: string,
  second: string,
): number | undefined {
  const month = MONTHS.indexOf(monthName);
  if (month < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), month, Number(day));
  if (date.getUTCMonth() !== month || date.getUTCDate() !== Number(day)) return undefined;
  // A leap second (60) rolls into the next minute, as every system clock does it.
  return date.getTime() + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1_000;
}
