/** Checksums in headers and trailers of Amazon S3. Source: spec/s3.md §5.2. */
import { CosError } from '../errors/cos-error.ts';
import type { BodySource } from '../http/types.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { ExpectedChecksum, ExpectedDigests } from '../model/ingest.ts';
import type { ShownChecksum } from '../model/multipart/checksums.ts';
import type { Checksum, UploadChecksum } from '../model/records/checksum.ts';
import {
  CHECKSUM_ALGORITHMS,
  CHECKSUM_BYTES,
  type ChecksumAlgorithm,
  checksumOf,
  loadChecksum,
  startChecksum,
} from '../platform/hash/checksum.ts';
import type { S3Request } from './wire.ts';

const PREFIX = 'x-amz-checksum-';
/** Headers of that prefix that hold no value. */
const NO_VALUES: ReadonlySet<string> = new Set(['algorithm', 'mode', 'type']);
/** The SDK for JavaScript sends the checksum MD5 under this name. */
const CONTENT_MD5 = 'content-md5';
const DASHED = /^(.+)-(\d{1,5})$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const byLowerName = new Map(CHECKSUM_ALGORITHMS.map((name) => [name.toLowerCase(), name] as const));

/** `x-amz-checksum-crc32` */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string => PREFIX + algorithm.toLowerCase();

/** @throws CosError InvalidRequest for a word that names no algorithm */
export function checksumAlgorithm(word: string | undefined): ChecksumAlgorithm | undefined {
  if (word === undefined) return undefined;
  const algorithm = byLowerName.get(word.toLowerCase());
  if (algorithm === undefined) throw invalid('Checksum algorithm provided is unsupported.');
  return algorithm;
}

/** @returns undefined when the text is no value of that algorithm */
export function checksumBytes(algorithm: ChecksumAlgorithm, text: string): Buffer | undefined {
  const value = BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  return value.length === CHECKSUM_BYTES[algorithm] && value.toString('base64') === text ? value : undefined;
}

export interface AnnouncedChecksum extends ExpectedChecksum {
  readonly expected: Buffer;
  /** The number behind the dash of a value of parts. */
  readonly parts?: number;
}

/**
 * The one value that headers announce.
 * @param form `with-parts`: the value of a whole upload may have a dash and the number of its parts
 * @throws CosError InvalidRequest when it is none, or there are several
 */
export function headerChecksum(
  request: Pick<S3Request, 'rawHeaders' | 'header'>,
  form: 'plain' | 'with-parts' = 'plain',
): AnnouncedChecksum | undefined {
  let found: AnnouncedChecksum | undefined;
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length <= PREFIX.length || (name.charCodeAt(0) | 32) !== 120) continue;
    const folded = name.toLowerCase();
    const rest = folded.slice(PREFIX.length);
    if (!folded.startsWith(PREFIX) || NO_VALUES.has(rest)) continue;
    const algorithm = checksumAlgorithm(rest)!;
    if (found !== undefined)
      throw invalid('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
    const text = request.header(folded) ?? '';
    const dashed = form === 'with-parts' ? DASHED.exec(text) : null;
    const expected = checksumBytes(algorithm, dashed?.[1] ?? text);
    // What is no value of the algorithm is the value of no body.
    const value = expected ?? Buffer.from(text);
    found = dashed === null ? { algorithm, expected: value } : { algorithm, expected: value, parts: Number(dashed[2]) };
  }
  return found;
}

/**
 * What an upload is to be checked against: a header, a trailer, or the algorithm alone.
 * @throws CosError InvalidRequest
 */
export function bodyChecksum(request: S3Request): ExpectedChecksum | undefined {
  const announced = headerChecksum(request);
  const named = checksumAlgorithm(request.header('x-amz-sdk-checksum-algorithm'));
  const trailer = request.header('x-amz-trailer')?.trim().toLowerCase();
  if (announced !== undefined) {
    if (named !== undefined && named !== announced.algorithm) {
      throw invalid('Value for x-amz-sdk-checksum-algorithm header is invalid.');
    }
    return announced;
  }
  if (trailer === CONTENT_MD5 || trailer?.startsWith(PREFIX)) {
    const algorithm = trailer === CONTENT_MD5 ? 'MD5' : checksumAlgorithm(trailer.slice(PREFIX.length))!;
    return { algorithm, expected: () => trailerValue(request, algorithm, trailer) };
  }
  return named === undefined ? undefined : { algorithm: named, expected: undefined };
}

/** The digests of a body, and the checksum that S3 has besides. @throws CosError InvalidRequest */
export function withChecksum(digests: ExpectedDigests, request: S3Request): ExpectedDigests {
  const checksum = bodyChecksum(request);
  return checksum === undefined ? digests : { ...digests, checksum };
}

function trailerValue(request: S3Request, algorithm: ChecksumAlgorithm, name: string): Buffer {
  const value = checksumBytes(algorithm, request.trailer(name) ?? '');
  if (value === undefined) throw invalid(`Value for ${name} trailing header is invalid.`);
  return value;
}

/** A body that fails at its end where it is not what was announced. */
export function checkedBody(body: BodySource, { algorithm, expected }: ExpectedChecksum): BodySource {
  const judge = (computed: Buffer): void => {
    const value = typeof expected === 'function' ? expected() : expected;
    if (value !== undefined && !value.equals(computed)) {
      throw new CosError('BadDigest', {
        message: `The ${algorithm} you specified did not match the calculated checksum.`,
      });
    }
  };
  return {
    length: body.length,
    unannounced: body.unannounced,
    async readAll(maxBytes, tooLarge) {
      const whole = await body.readAll(maxBytes, tooLarge);
      await loadChecksum(algorithm);
      judge(checksumOf(algorithm, whole));
      return whole;
    },
    async *chunks(maxBytes, tooLarge) {
      await loadChecksum(algorithm);
      const running = startChecksum(algorithm);
      for await (const chunk of body.chunks(maxBytes, tooLarge)) {
        running.update(chunk);
        yield chunk;
      }
      judge(running.digest());
    },
  };
}

/** As it stands in headers and documents: that of parts says how many there are. */
function shownText({ value, parts }: Shown): string {
  const text = value.toString('base64');
  return parts === undefined ? text : `${text}-${parts}`;
}

/** A checksum of a part, or of an object. */
type Shown = Checksum & Partial<ShownChecksum>;

/** Adds the headers of a checksum, where there is one. */
export function pushChecksum(headers: string[], checksum: Shown | undefined): void {
  if (checksum === undefined) return;
  headers.push(checksumHeader(checksum.algorithm), shownText(checksum));
  if (checksum.type !== undefined) headers.push('x-amz-checksum-type', checksum.type);
}

/** `<ChecksumCRC32>…</ChecksumCRC32>`; '' without one. */
export function valueElement(checksum: Shown | undefined): string {
  return checksum === undefined ? '' : xmlElement(`Checksum${checksum.algorithm}`, shownText(checksum));
}

/** The value, and how it comes about. */
export function checksumElements(checksum: Shown | undefined): string {
  const type = checksum?.type;
  return valueElement(checksum) + (type === undefined ? '' : xmlElement('ChecksumType', type));
}

/** What an unfinished upload is to get; '' without one. */
export function uploadChecksumElements(checksum: UploadChecksum | undefined): string {
  if (checksum === undefined) return '';
  return xmlElement('ChecksumAlgorithm', checksum.algorithm) + xmlElement('ChecksumType', checksum.type);
}

function invalid(message: string): CosError {
  return new CosError('InvalidRequest', { message, close: true });
}
