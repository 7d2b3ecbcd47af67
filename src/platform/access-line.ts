/** Access lines, written by hand: there is one for every request, and a general logger costs three times as much. */
import type { Clock } from './clock.ts';

/** What is known of a finished request. Nothing of it is secret: no headers, no query. */
export interface AccessLine {
  readonly requestId: string;
  readonly remote: string;
  readonly method: string;
  /** COS's name of the operation; absent when the request did not get that far. */
  readonly operation?: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  readonly secretId?: string | undefined;
  readonly status: number;
  /** Error code on the wire. */
  readonly code?: string | undefined;
  /** Ids of the fault rules that it met. */
  readonly fault?: string | undefined;
  /** Rows of the metadata store that a listing looked at: what its page cost. */
  readonly rows?: number | undefined;
  /** Body bytes sent. */
  readonly bytes: number;
  /** From the complete head of the request to the end of the answer. */
  readonly ms: number;
}

/** @returns a function that makes the JSON line, with its newline; the order of fields is fixed */
export function accessLineWriter(clock: Clock): (line: AccessLine) => string {
  let second = Number.NaN;
  let date = '';
  return (line) => {
    const now = clock.nowMs();
    const ms = Math.floor(now % 1000);
    if (now - ms !== second) {
      second = now - ms;
      date = new Date(second).toISOString().slice(0, 20);
    }
    const fraction = ms < 10 ? `00${ms}` : ms < 100 ? `0${ms}` : ms;
    let out = `{"level":"info","time":"${date}${fraction}Z","message":"access","requestId":"${line.requestId}"`;
    out += `,"remote":"${line.remote}","method":${quoted(line.method)}`;
    if (line.operation !== undefined) out += `,"operation":"${line.operation}"`;
    if (line.bucket !== undefined) out += `,"bucket":${quoted(line.bucket)}`;
    if (line.key !== undefined) out += `,"key":${quoted(line.key)}`;
    if (line.secretId !== undefined) out += `,"secretId":${quoted(line.secretId)}`;
    out += `,"status":${line.status}`;
    if (line.code !== undefined) out += `,"code":"${line.code}"`;
    if (line.fault !== undefined) out += `,"fault":"${line.fault}"`;
    if (line.rows !== undefined) out += `,"rows":${line.rows}`;
    return `${out},"bytes":${line.bytes},"ms":${Math.round(line.ms * 1000) / 1000}}\n`;
  };
}

/** JSON text of a string that a client chose. Most keys need no escape; a loop sees that faster than JSON.stringify. */
function quoted(text: string): string {
  if (text.length > 120) return JSON.stringify(text);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 32 || unit === 34 || unit === 92 || unit > 126) return JSON.stringify(text);
  }
  return `"${text}"`;
}
