/** What the commands about the test clock ask of the server, and what they print. */
import { parseDuration } from '../platform/config/units.ts';
import { callAdmin, type Endpoint } from './admin-client.ts';
import { AdminClientError } from './admin-client-error.ts';

interface ShownClock {
  readonly testClock: boolean;
  /** ISO 8601. */
  readonly now: string;
  /** ahead of the system's clock */
  readonly offsetMs: number;
}

/** One of the three. */
export interface Move {
  readonly setMs?: number;
  readonly advanceMs?: number;
  readonly resume?: true;
}

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** @param move nothing: the clock is only shown @returns text to print @throws AdminClientError */
export async function clock(endpoint: Endpoint, move: Move | undefined, json: boolean): Promise<string> {
  const path = ['clock'];
  const answer = await callAdmin(
    endpoint,
    move === undefined ? { method: 'GET', path } : { method: 'PUT', path, body: { ...move } },
  );
  return json ? `${JSON.stringify(answer, undefined, 2)}\n` : clockText(answer as ShownClock);
}

export function clockText({ testClock, now, offsetMs }: ShownClock): string {
  if (!testClock) return `${now}  (the system's time; a server started with --test-clock can have another)\n`;
  if (offsetMs === 0) return `${now}  (the system's time)\n`;
  return `${now}  (${spanText(Math.abs(offsetMs))} ${offsetMs > 0 ? 'ahead of' : 'behind'} the system's time)\n`;
}

function spanText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const parts = [
    [days, 'd'],
    [hours, 'h'],
    [minutes, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return shown.length === 0 ? `${ms} ms` : shown.join(' ');
}

/** @param text `2027-01-31` or `2027-01-31T12:00:00Z` @returns ms since the epoch @throws AdminClientError */
export function readTime(text: string): number {
  const ms = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new AdminClientError(`${text} is no time: 2027-01-31 and 2027-01-31T12:00:00Z are`);
  return ms;
}

/** @param text `90min`, `7d` @returns ms @throws AdminClientError */
export function readSpan(text: string): number {
  const [, days] = /^(\d{1,7})\s*d$/i.exec(text.trim()) ?? [];
  const ms = days === undefined ? parseDuration(text) : Number(days) * 86_400_000;
  if (ms === undefined) throw new AdminClientError(`${text} is no span of time: 30s, 90min, 12h and 7d are`);
  return ms;
}
