import { describe, expect, it } from 'vitest';
import { crc32, tableCrc32 } from '../../platform/hash/crc32.ts';
import {
  continuationMessage,
  endMessage,
  errorMessage,
  progressMessage,
  recordsMessage,
  statsMessage,
} from './event-stream.ts';
import { readMessages } from './fixture.ts';

describe('messages', () => {
  it('has the End of the documentation byte for byte', () => {
    expect(endMessage().toString('hex')).toBe(
      '0000003800000028c1c684d40d3a6d6573736167652d747970650700056576656e740b3a6576656e742d74797065070003456e64cf97d392',
    );
  });

  it('has a Cont of 57 bytes with the checksum of the documentation', () => {
    const bytes = continuationMessage();
    expect(bytes).toHaveLength(57);
    expect(bytes.subarray(-4).toString('hex')).toBe('9c864a0d');
  });

  it('carries records and counters', () => {
    const counters = { scanned: 1, processed: 22, returned: 333 };
    const numbers =
      '<BytesScanned>1</BytesScanned><BytesProcessed>22</BytesProcessed><BytesReturned>333</BytesReturned>';
    const stream = Buffer.concat([
      recordsMessage(Buffer.from('a,b\n')),
      progressMessage(counters),
      statsMessage(counters),
    ]);
    expect(readMessages(stream).map(({ headers, payload }) => [headers, payload.toString()])).toEqual([
      [{ ':message-type': 'event', ':event-type': 'Records', ':content-type': 'application/octet-stream' }, 'a,b\n'],
      [
        { ':message-type': 'event', ':event-type': 'Progress', ':content-type': 'text/xml' },
        `<?xml version="1.0" encoding="UTF-8"?><Progress>${numbers}</Progress>`,
      ],
      [
        { ':message-type': 'event', ':event-type': 'Stats', ':content-type': 'text/xml' },
        `<?xml version="1.0" encoding="UTF-8"?><Stats>${numbers}</Stats>`,
      ],
    ]);
  });

  it('carries errors, however long their text', () => {
    const [error] = readMessages(errorMessage('CastFailed', 'é'.repeat(100_000)));
    expect(Object.keys(error!.headers)).toEqual([':error-code', ':error-message', ':message-type']);
    expect(error!.headers[':error-code']).toBe('CastFailed');
    expect(error!.headers[':message-type']).toBe('error');
    expect(error!.payload).toHaveLength(0);
  });

  it('computes the same checksum with and without the built-in', () => {
    expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(tableCrc32(Buffer.from('6789'), tableCrc32(Buffer.from('12345')))).toBe(0xcbf43926);
  });
});
