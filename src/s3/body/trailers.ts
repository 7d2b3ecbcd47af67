/** The fields behind the last chunk of an aws-chunked body. Source: spec/s3.md §5.1. */
import { CosError } from '../../errors/cos-error.ts';
import { trimBlanks } from '../../http/headers.ts';
import type { ChunkSignatures } from './chunk-signatures.ts';

const MAX_LINES = 16;
const FIELD = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:([^\r]*)$/;
const SIGNATURE_FIELD = 'x-amz-trailer-signature';

export class Trailers {
  readonly #announced: ReadonlySet<string>;
  readonly #signatures: ChunkSignatures | undefined;
  readonly #values = new Map<string, string>();
  #lines = 0;
  /** What the signature covers. */
  #signed = '';
  #signatureSeen = false;
  /** The last field ended with a bare line feed: some clients end fields with LF CR LF. */
  #halfEnded = false;
  #mayEnd = false;

  /**
   * @param announced names, lower case
   * @param signatures undefined: the trailer is not signed
   */
  constructor(announced: ReadonlySet<string>, signatures: ChunkSignatures | undefined) {
    this.#announced = announced;
    this.#signatures = signatures;
  }

  /** By name, lower case. */
  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /**
   * @param line without its end
   * @param whole it ended with CR LF
   * @returns whether it was the last one
   * @throws CosError MalformedTrailerError, SignatureDoesNotMatch
   */
  take(line: string, whole: boolean): boolean {
    this.#lines += 1;
    if (this.#lines > MAX_LINES) throw malformed();
    if (line === '') return this.#emptyLine(whole);
    this.#halfEnded = !whole;
    this.#mayEnd = false;
    const match = FIELD.exec(line);
    if (match === null || this.#signatureSeen) throw malformed();
    const name = match[1]!.toLowerCase();
    const value = trimBlanks(match[2]!);
    if (name === SIGNATURE_FIELD && this.#signatures !== undefined) {
      this.#requireAll();
      this.#signatures.endTrailer(this.#signed, value);
      this.#signatureSeen = true;
      return false;
    }
    if (!this.#announced.has(name) || this.#values.has(name)) throw malformed();
    this.#values.set(name, value);
    this.#signed += `${name}:${value}\n`;
    return false;
  }

  /** All is there but the last line end, which clients that end fields with LF CR LF may leave out. */
  get mayEnd(): boolean {
    return this.#mayEnd;
  }

  #emptyLine(whole: boolean): boolean {
    if (!whole) throw malformed();
    if (this.#halfEnded) {
      this.#halfEnded = false;
      this.#mayEnd = this.#signatures === undefined && [...this.#announced].every((name) => this.#values.has(name));
      return false;
    }
    if (this.#signatures !== undefined && !this.#signatureSeen) throw incomplete();
    this.#requireAll();
    return true;
  }

  #requireAll(): void {
    for (const name of this.#announced) if (!this.#values.has(name)) throw malformed();
  }
}

function incomplete(): CosError {
  return new CosError('IncompleteBody', { message: 'The request body terminated unexpectedly', close: true });
}

function malformed(): CosError {
  return new CosError('MalformedTrailerError', { close: true });
}
