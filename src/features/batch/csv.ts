/** Comma-separated values as they come, a record at a time: quotes as in RFC 4180, lines end with LF or CRLF. */
import { CosError } from '../../errors/cos-error.ts';

/** Characters of one record. */
const MOST = 16 * 1024;

/** @throws CosError InvalidRequest for a record that is too long or a quote that never ends; those of the chunks */
export async function* csvRecords(chunks: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8');
  let fields: string[] = [];
  let field = '';
  let length = 0;
  /** `quote`: inside of quotes; `end`: behind a quote that may have ended them */
  let state = 'plain' as 'plain' | 'quote' | 'end';
  const take = (text: string): string[][] => {
    const records: string[][] = [];
    for (const character of text) {
      length += 1;
      if (length > MOST) throw new CosError('InvalidRequest', { message: 'A line of the manifest is too long.' });
      if (state === 'quote') {
        if (character === '"') state = 'end';
        else field += character;
      } else if (character === '"' && (state === 'end' || field === '')) {
        if (state === 'end') field += '"';
        state = 'quote';
      } else if (character === ',') {
        fields.push(field);
        field = '';
        state = 'plain';
      } else if (character === '\n') {
        fields.push(field.endsWith('\r') ? field.slice(0, -1) : field);
        if (fields.length > 1 || fields[0] !== '') records.push(fields);
        fields = [];
        field = '';
        length = 0;
        state = 'plain';
      } else {
        field += character;
        state = 'plain';
      }
    }
    return records;
  };
  for await (const chunk of chunks) yield* take(decoder.decode(chunk, { stream: true }));
  yield* take(decoder.decode());
  if (state === 'quote') throw new CosError('InvalidRequest', { message: 'A quote in the manifest has no end.' });
  if (length > 0) yield* take('\n');
}
