/** One JSON value a line. Empty lines are none. Source: spec/objects.md §10.1, §10.5. */
import { CosError } from '../../../errors/cos-error.ts';
import type { Json } from '../values/value.ts';
import { parseJson } from './json-parser.ts';
import { checkRecordSize, type RecordReader } from './record-reader.ts';

export class JsonLines implements RecordReader<Json> {
  #text = '';

  /** @throws CosError JSONParsingError, OverMaxRecordSize */
  *feed(text: string): Generator<Json> {
    const searched = this.#text.length;
    const all = this.#text + text;
    let start = 0;
    for (let end = all.indexOf('\n', searched); end >= 0; end = all.indexOf('\n', start)) {
      checkRecordSize(all, start, end);
      const line = all.slice(start, end).trim();
      start = end + 1;
      if (line !== '') yield parseJson(line);
    }
    this.#text = all.slice(start);
    checkRecordSize(this.#text, 0, this.#text.length);
  }

  /** A line that the object breaks off. @throws CosError LastRecordParseFail */
  *end(): Generator<Json> {
    const line = this.#text.trim();
    if (line === '') return;
    let value: Json;
    try {
      value = parseJson(line);
    } catch (cause) {
      throw new CosError('LastRecordParseFail', { cause });
    }
    yield value;
  }
}
