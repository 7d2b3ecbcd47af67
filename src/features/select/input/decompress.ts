/** The bytes of an object without its compression. Source: spec/objects.md §10.1, §10.5. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CosError } from '../../../errors/cos-error.ts';
import type { Compression } from '../request.ts';
import { bunzip2 } from './bzip2.ts';
import { Bzip2Fault } from './bzip2-bits.ts';

const PIECE = 64 * 1024;

/** @throws CosError GzipDecompressError, Bzip2DecompressError; errors of the chunks pass */
export function decompressed(chunks: AsyncIterable<Buffer>, compression: Compression): AsyncIterable<Buffer> {
  if (compression === 'gzip') return gunzip(chunks);
  return compression === 'bzip2' ? bzip2(chunks) : chunks;
}

/** Members in a row are one text, as for gzip itself. */
async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: PIECE });
  pipeline(Readable.from(chunks), stream, () => {});
  try {
    yield* stream;
  } catch (error) {
    throw isZlibError(error) ? new CosError('GzipDecompressError', { cause: error }) : error;
  }
  // zlib is content with nothing at all, which is no gzip file.
  if (stream.bytesWritten === 0) throw new CosError('GzipDecompressError');
}

async function* bzip2(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* bunzip2(chunks);
  } catch (error) {
    throw error instanceof Bzip2Fault ? new CosError('Bzip2DecompressError', { cause: error }) : error;
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}
