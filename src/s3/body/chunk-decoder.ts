/**
 * Takes aws-chunked framing away as bytes come, and checks the chain of chunk signatures and the trailer. Keeps a line at
 * most, never a chunk: its bytes go on before its signature is checked, and a wrong one fails what follows.
 * Source: spec/s3.md §5.1.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { ChunkChain } from '../signature/payload.ts';
import { ChunkSignatures } from './chunk-signatures.ts';
import { Trailers } from './trailers.ts';

export interface ChunkRules {
  /** Bytes of content that were announced. */
  readonly length: number;
  /** undefined: the chunks are not signed */
  readonly chain: ChunkChain | undefined;
  /** Names of announced trailers, lower case; undefined: no trailer may follow. */
  readonly trailers: ReadonlySet<string> | undefined;
}

/** bytes of a chunk's line with its extensions, and of all lines of a trailer */
const MAX_LINE = 8_192;
const LF = 10;
const CR = 13;
/** Digits of a size; more can hold no length that was announced. */
const SIZE_LINE = /^([0-9a-fA-F]{1,15})((?:;[^;]*)*)$/;
const SIGNATURE = /;chunk-signature=([0-9a-f]{64})$/;

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'last-line' | 'done';

export class ChunkDecoder {
  readonly #signatures: ChunkSignatures | undefined;
  readonly #trailers: Trailers | undefined;
  #state: State = 'size';
  /** A line that has not come whole. */
  #line: Buffer[] = [];
  #lineBytes = 0;
  /** Of the chunk at hand, bytes to come. */
  #left = 0;
  /** Of the content, bytes to come. */
  #leftOfAll: number;
  #claimed = '';
  #failure: CosError | undefined;

  constructor(rules: ChunkRules) {
    this.#leftOfAll = rules.length;
    this.#signatures = rules.chain === undefined ? undefined : new ChunkSignatures(rules.chain);
    this.#trailers = rules.trailers === undefined ? undefined : new Trailers(rules.trailers, this.#signatures);
  }

  /** Known after `end`. */
  get trailers(): ReadonlyMap<string, string> {
    return this.#trailers?.values ?? NO_TRAILERS;
  }

  /**
   * @param out gets the bytes of content, views of `bytes`
   * @throws CosError IncompleteBody, SignatureDoesNotMatch, MalformedTrailerError; the same again once it has failed
   */
  push(bytes: Buffer, out: Buffer[]): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      let at = 0;
      while (at < bytes.length) at = this.#state === 'data' ? this.#data(bytes, at, out) : this.#toLineEnd(bytes, at);
    } catch (error) {
      if (error instanceof CosError) this.#failure = error;
      throw error;
    }
  }

  /** @throws CosError as `push`, of a body that ends too early */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state === 'trailer' && this.#trailers!.mayEnd && this.#line.length === 0) return;
    if (this.#state !== 'done') throw incomplete();
  }

  #data(bytes: Buffer, at: number, out: Buffer[]): number {
    const end = Math.min(bytes.length, at + this.#left);
    const part = at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end);
    this.#signatures?.update(part);
    out.push(part);
    this.#left -= part.length;
    this.#leftOfAll -= part.length;
    if (this.#left === 0) this.#state = 'data-end';
    return end;
  }

  /** @returns where to go on, behind the line or at the end of the bytes */
  #toLineEnd(bytes: Buffer, at: number): number {
    if (this.#state === 'done') throw incomplete();
    const lf = bytes.indexOf(LF, at);
    const end = lf < 0 ? bytes.length : lf + 1;
    this.#lineBytes += end - at;
    if (this.#lineBytes > MAX_LINE) throw incomplete();
    if (lf < 0) {
      // Copied: the buffer may be the wire's own by the time the line is whole.
      this.#line.push(Buffer.from(bytes.subarray(at)));
      return end;
    }
    let line = bytes.subarray(at, end);
    if (this.#line.length > 0) {
      line = Buffer.concat([...this.#line, line]);
      this.#line = [];
    }
    if (this.#state !== 'trailer') this.#lineBytes = 0;
    this.#takeLine(line);
    return end;
  }

  /** @param line with its line end */
  #takeLine(line: Buffer): void {
    const withCr = line.length > 1 && line[line.length - 2] === CR;
    const text = line.toString('latin1', 0, line.length - (withCr ? 2 : 1));
    switch (this.#state) {
      case 'size':
        if (!withCr) throw incomplete();
        this.#beginChunk(text);
        return;
      case 'data-end':
        if (!withCr || text !== '') throw incomplete();
        this.#signatures?.endChunk(this.#claimed);
        this.#state = 'size';
        return;
      case 'last-line':
        if (!withCr || text !== '') throw incomplete();
        this.#state = 'done';
        return;
      case 'trailer':
        // Some clients end the fields with a bare line feed; only the end of all has to be a whole one.
        if (this.#trailers!.take(text, withCr)) this.#state = 'done';
        return;
      default:
        throw incomplete();
    }
  }

  #beginChunk(text: string): void {
    const match = SIZE_LINE.exec(text);
    if (match === null) throw incomplete();
    const size = Number.parseInt(match[1]!, 16);
    if (size > this.#leftOfAll) throw incomplete();
    if (this.#signatures !== undefined) {
      const claimed = SIGNATURE.exec(match[2]!)?.[1];
      if (claimed === undefined) throw incomplete();
      this.#claimed = claimed;
      if (size === 0) this.#signatures.endChunk(claimed);
    }
    if (size > 0) {
      this.#left = size;
      this.#state = 'data';
      return;
    }
    if (this.#leftOfAll > 0) throw incomplete();
    this.#state = this.#trailers === undefined ? 'last-line' : 'trailer';
  }
}

const NO_TRAILERS: ReadonlyMap<string, string> = new Map();

function incomplete(): CosError {
  return new CosError('IncompleteBody', { message: 'The request body terminated unexpectedly', close: true });
}
