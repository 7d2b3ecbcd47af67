/**
 * A form with one file, read while it arrives: first the fields in front of the file, then the file as a stream.
 * Source: spec/objects.md §8.2; spec/errors.md rows 10 and 24.
 */
import { CosError } from '../errors/cos-error.ts';
import { formBoundary, parsePartHead } from './multipart-headers.ts';
import { MAX_PART_HEAD, MultipartScanner, malformed } from './multipart-scanner.ts';
import type { BodySource } from './types.ts';

export interface FormField {
  /** As sent. */
  readonly name: string;
  readonly value: Buffer;
}

/** The file of a form. It can be read once; its end is told only when no second file follows in the form. */
export interface FormFileBody {
  /** A part does not announce its length. */
  readonly length: undefined;
  /** @throws as `chunks` */
  readAll(maxBytes: number, tooLarge?: CosError): Promise<Buffer>;
  /**
   * Chunk by chunk with back-pressure.
   * @param maxBytes of the file; above it `tooLarge`, by default EntityTooLarge
   * @throws CosError IncorrectNumberOfFilesInPostRequest, MalformedPOSTRequest; what the request's body throws
   */
  chunks(maxBytes: number, tooLarge?: CosError): AsyncIterable<Buffer>;
}

export interface MultipartForm {
  /** Those in front of the file, in order. */
  readonly fields: readonly FormField[];
  readonly file: { readonly filename: string; readonly body: FormFileBody };
}

export interface FormLimits {
  /** bytes of the largest file that any form may bring */
  readonly fileBytes: number;
  /** Fields in front of the file, and again behind it. */
  readonly fieldCount: number;
  /** bytes of names and values together, in front of the file and again behind it */
  readonly fieldsBytes: number;
  /** bytes of one value. @param lowerName of the field, lower case */
  fieldBytes(lowerName: string): number;
}

/** Lower case. What else has a file name is a field. */
const FILE_FIELD = 'file';

/**
 * Reads as far as the head of the file.
 * @param contentType of the request
 * @throws CosError MalformedPOSTRequest, IncorrectNumberOfFilesInPostRequest (no file),
 *   MaxPostPreDataLengthExceededError (fields above a limit); what the body throws
 */
export async function readMultipartForm(
  body: BodySource,
  contentType: string | undefined,
  limits: FormLimits,
): Promise<MultipartForm> {
  const boundary = formBoundary(contentType);
  const frame = 2 * (limits.fieldsBytes + (limits.fieldCount + 1) * MAX_PART_HEAD);
  const scanner = new MultipartScanner(body.chunks(limits.fileBytes + frame), boundary);
  try {
    await readValue(scanner, MAX_PART_HEAD, malformed()); // what stands in front of the first part
    const fields: FormField[] = [];
    let bytes = 0;
    for (;;) {
      const head = await scanner.nextHead();
      if (head === undefined) throw wrongNumberOfFiles();
      const { name, filename } = parsePartHead(head);
      const folded = name.toLowerCase();
      if (folded === FILE_FIELD) {
        return { fields, file: { filename: filename ?? '', body: new FilePart(scanner, limits) } };
      }
      if (fields.length >= limits.fieldCount) throw fieldsTooLarge();
      const value = await readValue(scanner, limits.fieldBytes(folded), fieldsTooLarge());
      bytes += Buffer.byteLength(name) + value.length;
      if (bytes > limits.fieldsBytes) throw fieldsTooLarge();
      fields.push({ name, value });
    }
  } catch (error) {
    await scanner.close();
    throw error;
  }
}

async function readValue(scanner: MultipartScanner, maxBytes: number, tooLarge: CosError): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const piece = await scanner.read();
    if (piece === undefined) return Buffer.concat(pieces, bytes);
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge;
    pieces.push(piece);
  }
}

class FilePart implements FormFileBody {
  readonly length = undefined;
  readonly #scanner: MultipartScanner;
  readonly #limits: FormLimits;
  #started = false;

  constructor(scanner: MultipartScanner, limits: FormLimits) {
    this.#scanner = scanner;
    this.#limits = limits;
  }

  async readAll(maxBytes: number, tooLarge?: CosError): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.chunks(maxBytes, tooLarge)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *chunks(maxBytes: number, tooLarge?: CosError): AsyncGenerator<Buffer> {
    if (this.#started) throw new Error('the file of a form can be read only once');
    this.#started = true;
    let bytes = 0;
    try {
      for (;;) {
        const piece = await this.#scanner.read();
        if (piece === undefined) break;
        bytes += piece.length;
        if (bytes > maxBytes) throw tooLarge ?? new CosError('EntityTooLarge');
        yield piece;
      }
      await this.#readRest();
    } finally {
      await this.#scanner.close();
    }
  }

  /** Fields behind the file mean nothing, a second file does. */
  async #readRest(): Promise<void> {
    const { fieldCount, fieldsBytes } = this.#limits;
    let fields = 0;
    let bytes = 0;
    for (;;) {
      const head = await this.#scanner.nextHead();
      if (head === undefined) break;
      if (parsePartHead(head).name.toLowerCase() === FILE_FIELD) throw wrongNumberOfFiles();
      fields++;
      for (;;) {
        const piece = await this.#scanner.read();
        if (piece === undefined) break;
        bytes += piece.length;
        if (bytes > fieldsBytes) throw malformed();
      }
      if (fields > fieldCount) throw malformed();
    }
    await this.#scanner.drain(fieldsBytes);
  }
}

function wrongNumberOfFiles(): CosError {
  return new CosError('IncorrectNumberOfFilesInPostRequest');
}

function fieldsTooLarge(): CosError {
  return new CosError('MaxPostPreDataLengthExceededError');
}
