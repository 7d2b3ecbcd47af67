/** Bytes to text in blocks of a useful size, cut between characters. Source: spec/objects.md §10.5. */
import { isUtf8 } from 'node:buffer';
import { CosError } from '../../../errors/cos-error.ts';

const BLOCK = 64 * 1024;
const BYTE_ORDER_MARK = 0xfeff;

/** A byte-order mark at the start is dropped. @throws CosError InvalidTextEncoding when the bytes are not UTF-8 */
export async function* textBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let atStart = true;
  for await (const block of blocks(chunks)) {
    if (!isUtf8(block)) throw new CosError('InvalidTextEncoding');
    const text = block.toString('utf8');
    yield atStart && text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
    atStart = false;
  }
}

/** Small chunks are gathered, large ones cut; a character that is cut goes to the next block. */
async function* blocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += BLOCK) {
      const piece = chunk.subarray(at, at + BLOCK);
      waiting.push(piece);
      size += piece.length;
      if (size < BLOCK) continue;
      const bytes = size === piece.length ? piece : Buffer.concat(waiting, size);
      const end = characterEnd(bytes);
      yield bytes.subarray(0, end);
      waiting = [bytes.subarray(end)];
      size = bytes.length - end;
    }
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

/** Where the last whole character ends; a character has at most four bytes. */
function characterEnd(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}
