/** What the times of a signature say about the clock of the client. */
import { parseHttpDate } from '../../http/http-date.ts';
import type { SignatureFields } from '../signature/fields.ts';
import type { SignedRequestView } from '../signature/request-view.ts';
import { MAX_SKEW_S } from '../signature/verify.ts';
import type { Finding } from './finding.ts';

const SYNCHRONISE =
  "Set the client's clock (NTP). SDKs that correct their clock by the server's time do so on their own.";

/** @param nowS of the server when it judged, Unix seconds */
export function inferClock(fields: SignatureFields, view: SignedRequestView, nowS: number): Finding[] {
  const found: Finding[] = [];
  const from = Math.max(fields.signFrom, fields.keyFrom);
  const to = Math.min(fields.signTo, fields.keyTo);
  const date = view.header('date');
  const dateMs = date === undefined ? undefined : parseHttpDate(date);
  const offsetS = dateMs === undefined ? undefined : Math.round(dateMs / 1_000) - nowS;
  if (offsetS !== undefined && Math.abs(offsetS) > 1) {
    found.push({
      certainty: 'fact',
      what: `By its Date header the client's clock is ${amount(offsetS)}.`,
      advice: SYNCHRONISE,
    });
  }
  if (from - nowS > MAX_SKEW_S) {
    found.push({
      certainty: 'fact',
      what: `The signature begins ${from - nowS} s after the server's time: the client's clock is ${amount(from - nowS)}, or it signed for later. ${MAX_SKEW_S} s are allowed.`,
      advice: SYNCHRONISE,
    });
  }
  if (nowS > to) {
    found.push({
      certainty: 'fact',
      what: `The signature ended ${nowS - to} s before the server's time; it was good for ${Math.max(0, to - from)} s from ${iso(from)}.`,
      advice: `Sign again, for longer where requests wait; else the client's clock is ${amount(to - nowS)} or more: set it (NTP).`,
    });
  }
  return found;
}

function amount(seconds: number): string {
  return `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead'}`;
}

/** @param seconds may be beyond what a date can be */
function iso(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? `${seconds}` : `${date.toISOString().slice(0, 19)}Z`;
}
