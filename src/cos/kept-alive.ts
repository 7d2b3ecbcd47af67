/**
 * Answers of operations that take long: blanks keep the client waiting, then comes the document. What happens after the
 * 200 has been sent, also an error, is told in its body. Source: spec/objects.md §8.6, §11.7.
 */
import type { WireReply } from '../http/types.ts';

const BLANK = Buffer.from(' ');

/**
 * @param running ends in an answer whose body is text, or fails
 * @param everyMs first blank, and the time between two
 * @param refuse renders what `running` failed with
 */
export async function keptAlive(
  running: Promise<WireReply>,
  everyMs: number,
  refuse: (error: unknown) => WireReply,
): Promise<WireReply> {
  const soon = await settledWithin(running, everyMs);
  if (soon) return running;
  return {
    status: 200,
    headers: ['Content-Type', 'application/xml'],
    body: { stream: blanks(running, everyMs, refuse) },
  };
}

async function* blanks(
  running: Promise<WireReply>,
  everyMs: number,
  refuse: (error: unknown) => WireReply,
): AsyncGenerator<Buffer> {
  do yield BLANK;
  while (!(await settledWithin(running, everyMs)));
  let reply: WireReply;
  try {
    reply = await running;
  } catch (error) {
    reply = refuse(error);
  }
  if (typeof reply.body === 'string') yield Buffer.from(reply.body.replace(/^<\?xml[^>]*\?>\s*/, ''));
}

/** False when the time is over first; never rejects. */
function settledWithin(running: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    const settled = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    running.then(settled, settled);
  });
}
