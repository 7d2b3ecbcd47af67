/** What tests of SELECT share: requests with defaults, sources in chunks, a reader of event streams that checks CRCs. */
import { tableCrc32 } from '../../platform/hash/crc32.ts';
import { csvInput, csvOutput, type RawCsvInput, type RawCsvOutput } from './parameters.ts';
import { planSelect } from './plan.ts';
import type { SelectRequest, SelectSource } from './request.ts';
import { runSelect } from './run.ts';

export const NOW_MS = Date.UTC(2026, 10, 26, 8, 30, 15, 123);

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

/** @throws Error when a length or a checksum is wrong */
export function readMessages(stream: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < stream.length; ) {
    const total = stream.readUInt32BE(at);
    const headerLength = stream.readUInt32BE(at + 4);
    if (at + total > stream.length) throw new Error('a message is cut');
    if (stream.readUInt32BE(at + 8) !== tableCrc32(stream.subarray(at, at + 8))) throw new Error('prelude CRC');
    const end = at + total - 4;
    if (stream.readUInt32BE(end) !== tableCrc32(stream.subarray(at, end))) throw new Error('message CRC');
    messages.push({
      headers: readHeaders(stream.subarray(at + 12, at + 12 + headerLength)),
      payload: stream.subarray(at + 12 + headerLength, end),
    });
    at += total;
  }
  return messages;
}

function readHeaders(bytes: Buffer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + bytes[at]!;
    if (bytes[nameEnd] !== 7) throw new Error('a header that is no string');
    const valueEnd = nameEnd + 3 + bytes.readUInt16BE(nameEnd + 1);
    headers[bytes.toString('utf8', at + 1, nameEnd)] = bytes.toString('utf8', nameEnd + 3, valueEnd);
    at = valueEnd;
  }
  return headers;
}

export interface Options {
  readonly csv?: RawCsvInput;
  readonly json?: 'document' | 'lines';
  /** CSV as a rule. */
  readonly to?: RawCsvOutput | 'json';
  readonly compression?: SelectRequest['compression'];
  readonly progress?: boolean;
  /** Length of the chunks of the object, bytes, in turn. */
  readonly chunks?: readonly number[];
}

export function request(expression: string, { csv, json, to = {}, compression, progress }: Options = {}) {
  return {
    expression,
    compression: compression ?? 'none',
    input: json === undefined ? csvInput(csv ?? {}) : { format: 'json', type: json },
    output: to === 'json' ? { format: 'json', recordDelimiter: '\n' } : csvOutput(to),
    progress: progress ?? false,
  } satisfies SelectRequest;
}

export function sourceOf(object: string | Buffer, chunks: readonly number[] = [64 * 1024]): SelectSource {
  const bytes = Buffer.from(object as string);
  return {
    size: bytes.length,
    async *chunks() {
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const end = at + Math.max(1, chunks[turn % chunks.length]!);
        yield bytes.subarray(at, end);
        at = end;
      }
    },
  };
}

/** All messages of an answer. */
export async function messagesOf(
  expression: string,
  object: string | Buffer,
  options: Options = {},
): Promise<Message[]> {
  const plan = planSelect(request(expression, options), NOW_MS);
  const parts: Buffer[] = [];
  for await (const part of runSelect(plan, sourceOf(object, options.chunks), () => 0)) parts.push(part);
  return readMessages(Buffer.concat(parts));
}

/** The rows, or `error:<code>` when the answer fails before or after its first message. */
export async function select(expression: string, object: string | Buffer, options: Options = {}): Promise<string> {
  try {
    const messages = await messagesOf(expression, object, options);
    const failed = messages.find(({ headers }) => headers[':message-type'] === 'error');
    if (failed !== undefined) return `error:${failed.headers[':error-code']}`;
    return Buffer.concat(recordsOf(messages)).toString();
  } catch (error) {
    return `error:${(error as { code: string }).code}`;
  }
}

export function recordsOf(messages: readonly Message[]): Buffer[] {
  return messages.filter(({ headers }) => headers[':event-type'] === 'Records').map(({ payload }) => payload);
}
