/**
 * Messages of the event stream that a SELECT answers with: prelude, headers, payload, two checksums.
 * Source: spec/objects.md §10.2.
 */
import { crc32 } from '../../platform/hash/crc32.ts';

const PRELUDE = 12;
const CHECKSUM = 4;
const STRING = 7;
/** A length has 16 bits. */
const MAX_TEXT = 0xffff;

type Headers = readonly (readonly [name: string, value: string])[];

export interface Counters {
  /** Bytes of the object read, as stored. */
  readonly scanned: number;
  /** The same, decompressed. */
  readonly processed: number;
  /** Payload of Records messages. */
  readonly returned: number;
}

const EVENT = [':message-type', 'event'] as const;
const RECORDS: Headers = [EVENT, [':event-type', 'Records'], [':content-type', 'application/octet-stream']];
const NOTHING = Buffer.alloc(0);

const CONTINUATION = message([EVENT, [':event-type', 'Cont']], NOTHING);
const END = message([EVENT, [':event-type', 'End']], NOTHING);

export function recordsMessage(payload: Buffer): Buffer {
  return message(RECORDS, payload);
}

export function continuationMessage(): Buffer {
  return CONTINUATION;
}

export function endMessage(): Buffer {
  return END;
}

export function progressMessage(counters: Counters): Buffer {
  return countersMessage('Progress', counters);
}

export function statsMessage(counters: Counters): Buffer {
  return countersMessage('Stats', counters);
}

export function errorMessage(code: string, text: string): Buffer {
  return message(
    [
      [':error-code', code],
      [':error-message', shortened(text)],
      [':message-type', 'error'],
    ],
    NOTHING,
  );
}

function countersMessage(type: 'Progress' | 'Stats', { scanned, processed, returned }: Counters): Buffer {
  const numbers =
    `<BytesScanned>${scanned}</BytesScanned>` +
    `<BytesProcessed>${processed}</BytesProcessed>` +
    `<BytesReturned>${returned}</BytesReturned>`;
  const xml = `<?xml version="1.0" encoding="UTF-8"?><${type}>${numbers}</${type}>`;
  return message([EVENT, [':event-type', type], [':content-type', 'text/xml']], Buffer.from(xml));
}

function message(headers: Headers, payload: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of headers) {
    const text = Buffer.from(value);
    parts.push(Buffer.from([name.length]), Buffer.from(name), Buffer.from([STRING, text.length >> 8, text.length]));
    parts.push(text);
  }
  const headerBytes = Buffer.concat(parts);
  const whole = Buffer.allocUnsafe(PRELUDE + headerBytes.length + payload.length + CHECKSUM);
  whole.writeUInt32BE(whole.length, 0);
  whole.writeUInt32BE(headerBytes.length, 4);
  whole.writeUInt32BE(crc32(whole.subarray(0, 8)), 8);
  headerBytes.copy(whole, PRELUDE);
  payload.copy(whole, PRELUDE + headerBytes.length);
  const end = whole.length - CHECKSUM;
  whole.writeUInt32BE(crc32(whole.subarray(0, end)), end);
  return whole;
}

function shortened(text: string): string {
  return Buffer.byteLength(text) <= MAX_TEXT ? text : text.slice(0, MAX_TEXT / 4);
}
