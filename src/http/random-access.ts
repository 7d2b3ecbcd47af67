/**
 * Sends a RandomAccessBody: one block is read while the other is written, with the write callback as back-pressure.
 * Source: DESIGN §7.9.
 */
import type { ServerResponse } from 'node:http';
import type { BufferPool } from './buffer-pool.ts';
import type { RandomAccessBody } from './types.ts';

/** A slow body gets a block of its own up to here, so that many of them do not keep the pool from the others. bytes */
const OWN_BLOCK_BYTES = 16 * 1024;

const hasOwnBlock = ({ blockBytes }: RandomAccessBody) => blockBytes !== undefined && blockBytes <= OWN_BLOCK_BYTES;

/** Blocks for a body, from the pool or its own: a body that takes its time gains nothing from a second one. */
export function acquireBlocks(body: RandomAccessBody, pool: BufferPool): Buffer[] | Promise<Buffer[]> {
  const { blockBytes, length } = body;
  if (hasOwnBlock(body)) return [Buffer.allocUnsafeSlow(blockBytes!)];
  return pool.acquire(blockBytes === undefined && length > pool.blockBytes ? 2 : 1);
}

/** Gives back what `acquireBlocks` gave. */
export function releaseBlocks(body: RandomAccessBody, blocks: readonly Buffer[], pool: BufferPool): void {
  if (!hasOwnBlock(body)) pool.release(blocks);
}

export interface SendProgress {
  /** Called whenever a block has left. @param bytes its size */
  sent(bytes: number): void;
}

/**
 * Writes exactly `body.length` bytes to a response whose head has been given to node, and ends it. Resolves once the
 * last block has left; the blocks are free then, whatever happened.
 * @throws what `read` threw, or Error when the body ended early or the client went: the caller destroys the socket
 */
export async function sendRandomAccess(
  res: ServerResponse,
  body: RandomAccessBody,
  blocks: readonly Buffer[],
  progress: SendProgress,
): Promise<void> {
  const blockBytes = Math.min(blocks[0]!.length, body.blockBytes ?? Number.POSITIVE_INFINITY);
  let position = body.start;
  let remaining = body.length;
  let turn = 0;
  let writing: Promise<void> | undefined;
  let reading = fill(body, position, blocks[0]!.subarray(0, Math.min(remaining, blockBytes)));
  const closed = closeSignal(res);
  try {
    while (remaining > 0) {
      const block = await reading;
      position += block.length;
      remaining -= block.length;
      // The other block is free only once its bytes have left.
      await writing;
      writing = write(res, block, closed, progress);
      // It is awaited in the next round: a failure until then must not count as unhandled.
      writing.catch(ignore);
      if (remaining > 0) {
        turn = blocks.length > 1 ? 1 - turn : 0;
        if (blocks.length === 1) await writing;
        reading = fill(body, position, blocks[turn]!.subarray(0, Math.min(remaining, blockBytes)));
        reading.catch(ignore);
      }
    }
    await writing;
    res.end();
  } finally {
    closed.forget();
    // A read that still runs writes into its block.
    await reading.catch(ignore);
  }
}

async function fill(body: RandomAccessBody, position: number, target: Buffer): Promise<Buffer> {
  let filled = await body.read(position, target);
  while (filled < target.length) {
    if (filled <= 0) break;
    const more = await body.read(position + filled, target.subarray(filled));
    if (more <= 0) break;
    filled += more;
  }
  if (filled !== target.length) throw new Error(`body ended at ${position + Math.max(0, filled)}, before its length`);
  return target;
}

export interface CloseSignal {
  /** Set while a write waits. */
  onClose: (() => void) | undefined;
  closed: boolean;
  forget(): void;
}

/** node does not call the callback of a write that meets a closed connection; the close event tells. */
export function closeSignal(res: ServerResponse): CloseSignal {
  const listener = (): void => {
    signal.closed = true;
    signal.onClose?.();
  };
  const signal: CloseSignal = {
    onClose: undefined,
    closed: false,
    forget: () => res.removeListener('close', listener),
  };
  res.on('close', listener);
  return signal;
}

export function write(res: ServerResponse, block: Buffer, closed: CloseSignal, progress: SendProgress): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the client went'));
    if (closed.closed || res.destroyed) return gone();
    closed.onClose = gone;
    res.write(block, (error) => {
      closed.onClose = undefined;
      if (error) return reject(error);
      progress.sent(block.length);
      resolve();
    });
  });
}

function ignore(): void {}
