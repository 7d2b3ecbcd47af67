/** A connection where what is sent next depends on what came. */
import { connect } from 'node:net';
import { parse, type RawAnswer } from './raw.ts';

export interface Conversation {
  write(text: string): void;
  /** Ends this side; the other one may go on. */
  end(): void;
  /** Resolves once the text has arrived. */
  heard(text: string): Promise<void>;
  /** Resolves when the server closes: ask it to by `Connection: close`. */
  readonly answer: Promise<RawAnswer>;
}

export function converse(port: number): Conversation {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let received = '';
  const waiting = new Map<string, () => void>();
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (const [text, wake] of waiting) if (received.includes(text)) wake();
    });
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(parse(received, true));
    });
  });
  return {
    write: (text) => void socket.write(text),
    end: () => void socket.end(),
    heard: (text) =>
      new Promise((resolve) => {
        if (received.includes(text)) resolve();
        else waiting.set(text, resolve);
      }),
    answer,
  };
}
