/**
 * Takes answers framed by Content-Length off a stream of bytes: as little as a load generator needs. No pipelining: one
 * answer at a time.
 */
export interface ResponseSink {
  /** A piece of the body; the buffer is not kept. @param at its position in the body, bytes */
  onBody(piece: Buffer, at: number, status: number): void;
  /** The answer is complete. @param bytes of the body */
  onEnd(status: number, bytes: number): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const MAX_HEAD = 64 * 1024;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

export class ResponseParser {
  readonly #sink: ResponseSink;
  /** What there is of a head that came in several pieces. */
  #head: Buffer | undefined;
  #status = 0;
  #length = 0;
  /** Bytes of the body so far; -1 while the head is read. */
  #at = -1;
  /** The next answer has no body whatever it announces (it answers a HEAD). */
  bodiless = false;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** @throws Error when the bytes are no answer this parser understands */
  push(chunk: Buffer): void {
    let rest = chunk;
    if (this.#at < 0) {
      if (this.#head !== undefined) rest = Buffer.concat([this.#head, rest]);
      const end = rest.indexOf(HEAD_END);
      if (end < 0) {
        if (rest.length > MAX_HEAD) throw new Error('the head of an answer does not end');
        this.#head = Buffer.from(rest);
        return;
      }
      this.#head = undefined;
      this.#readHead(rest.toString('latin1', 0, end));
      this.#at = 0;
      rest = rest.subarray(end + 4);
    }
    const left = this.#length - this.#at;
    if (rest.length > left) throw new Error(`${rest.length - left} bytes behind the end of an answer`);
    if (rest.length > 0) {
      this.#sink.onBody(rest, this.#at, this.#status);
      this.#at += rest.length;
    }
    if (this.#at === this.#length) {
      this.#at = -1;
      this.#sink.onEnd(this.#status, this.#length);
    }
  }

  #readHead(head: string): void {
    this.#status = Number(head.slice(9, 12));
    if (!head.startsWith('HTTP/1.1 ') || !(this.#status >= 200)) {
      throw new Error(`no final answer: ${head.slice(0, 40)}`);
    }
    const length = CONTENT_LENGTH.exec(head);
    if (this.bodiless || this.#status === 204 || this.#status === 304) this.#length = 0;
    else if (length !== null) this.#length = Number(length[1]);
    else throw new Error(`an answer without Content-Length: ${head.slice(0, 200)}`);
  }
}
