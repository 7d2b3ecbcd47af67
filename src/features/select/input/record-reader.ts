/** What cuts text into records. Source: spec/objects.md §10.1, §10.5. */
import { CosError } from '../../../errors/cos-error.ts';
import { MAX_RECORD } from '../request.ts';

/** @typeParam R record */
export interface RecordReader<R> {
  /** Records that end in this text or before. */
  feed(text: string): Iterable<R>;
  /** Records that end with the object. */
  end(): Iterable<R>;
}

/** UTF-8 has at most three bytes a UTF-16 unit. @throws CosError OverMaxRecordSize */
export function checkRecordSize(text: string, start: number, end: number): void {
  const units = end - start;
  if (units * 3 <= MAX_RECORD) return;
  if (units > MAX_RECORD || Buffer.byteLength(text.slice(start, end)) > MAX_RECORD) {
    throw new CosError('OverMaxRecordSize');
  }
}
