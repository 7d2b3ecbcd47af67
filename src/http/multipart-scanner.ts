/**
 * Takes a multipart body apart while it arrives. A delimiter is a whole line, CRLF in front of it included; a line that
 * only begins like one belongs to the part it stands in. Source: RFC 2046 §5.1.1.
 */
import { CosError } from '../errors/cos-error.ts';

const CRLF = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);
const [TAB, LF, CR, BLANK, DASH] = [9, 10, 13, 32, 45];
/** Blanks that transports may leave behind a boundary. */
const MAX_PADDING = 64;
/** bytes of the headers of one part */
export const MAX_PART_HEAD = 8 * 1024;

interface DelimiterLine {
  /** Where the next line begins. */
  readonly end: number;
  /** No part follows. */
  readonly closes: boolean;
}

/**
 * Pulls from its source only what its reader asks for, and holds no more than one chunk of it. The text before the first
 * delimiter reads as a part without a head.
 */
export class MultipartScanner {
  readonly #source: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  /** A body may begin with the delimiter itself. */
  #pending: Buffer = CRLF;
  #ended = false;
  #closed = false;

  constructor(source: AsyncIterable<Buffer>, boundary: Buffer) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.concat([Buffer.from('\r\n--'), boundary]);
  }

  /**
   * The next piece of the part, undefined at the delimiter behind it.
   * @throws CosError MalformedPOSTRequest when the body ends before; what the source throws
   */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      const found = this.#findDelimiter();
      if (typeof found === 'number') {
        if (found > 0) return this.#take(found);
      } else {
        this.#take(found.end);
        this.#closed = found.closes;
        return undefined;
      }
      if (this.#ended) throw malformed();
      await this.#pull();
    }
  }

  /**
   * The header lines of the next part, undefined when there is none. To be called where `read` told an end.
   * @throws CosError MalformedPOSTRequest; what the source throws
   */
  async nextHead(): Promise<Buffer | undefined> {
    if (this.#closed) return undefined;
    for (;;) {
      if (this.#pending.subarray(0, CRLF.length).equals(CRLF)) {
        this.#take(CRLF.length);
        return EMPTY;
      }
      const end = this.#pending.indexOf(HEAD_END);
      if (end > MAX_PART_HEAD || (end < 0 && this.#pending.length >= MAX_PART_HEAD + HEAD_END.length))
        throw malformed();
      if (end >= 0) return this.#take(end + HEAD_END.length).subarray(0, end);
      if (this.#ended) throw malformed();
      await this.#pull();
    }
  }

  /** Reads what follows the last delimiter and drops it. @throws CosError MalformedPOSTRequest above `maxBytes` */
  async drain(maxBytes: number): Promise<void> {
    let dropped = 0;
    for (;;) {
      dropped += this.#take(this.#pending.length).length;
      if (dropped > maxBytes) throw malformed();
      if (this.#ended) return;
      await this.#pull();
    }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    this.#pending = EMPTY;
    if (this.#ended) return;
    this.#ended = true;
    await this.#source.return?.();
  }

  /** A delimiter at the very front, or the number of bytes in front that belong to the part. */
  #findDelimiter(): DelimiterLine | number {
    const pending = this.#pending;
    const length = this.#delimiter.length;
    for (let from = 0; ; ) {
      const at = pending.indexOf(this.#delimiter, from);
      if (at < 0) return this.#partBytes();
      const line = delimiterLine(pending, at + length, this.#ended);
      if (line !== undefined) return at === 0 && line !== 'undecided' ? line : at;
      from = at + length;
    }
  }

  /** Bytes of `pending`, which holds no delimiter, without an end that may be the beginning of one. */
  #partBytes(): number {
    const pending = this.#pending;
    const tail = pending.subarray(Math.max(0, pending.length - this.#delimiter.length + 1));
    const cr = tail.lastIndexOf(CR);
    if (cr < 0 || this.#ended) return pending.length;
    const begun = tail.subarray(cr);
    return this.#delimiter.subarray(0, begun.length).equals(begun) ? pending.length - begun.length : pending.length;
  }

  #take(length: number): Buffer {
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(length);
    return taken;
  }

  async #pull(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done === true) this.#ended = true;
    else this.#pending = this.#pending.length === 0 ? value : Buffer.concat([this.#pending, value]);
  }
}

/**
 * What follows a boundary, to the end of its line.
 * @param at behind the boundary
 * @param ended no more bytes will come
 * @returns undefined where the line is no delimiter
 */
function delimiterLine(bytes: Buffer, at: number, ended: boolean): DelimiterLine | 'undecided' | undefined {
  const closes = bytes[at] === DASH;
  let pos = at;
  if (closes) {
    if (at + 1 >= bytes.length) return ended ? undefined : 'undecided';
    if (bytes[at + 1] !== DASH) return undefined;
    pos += 2;
  }
  const padding = pos;
  while (bytes[pos] === BLANK || bytes[pos] === TAB) pos++;
  if (pos - padding > MAX_PADDING) return undefined;
  if (pos < bytes.length && bytes[pos] !== CR) {
    // Handwritten forms end their last line like their editor does; nothing follows that could be misread.
    return closes && bytes[pos] === LF ? { end: pos + 1, closes } : undefined;
  }
  if (pos + 1 >= bytes.length) {
    if (!ended) return 'undecided';
    return closes ? { end: bytes.length, closes } : undefined;
  }
  return bytes[pos + 1] === LF ? { end: pos + 2, closes } : undefined;
}

export function malformed(): CosError {
  return new CosError('MalformedPOSTRequest');
}
