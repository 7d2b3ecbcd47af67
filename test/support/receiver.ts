/** A web server that serves what tests fetch, and remembers what is posted to it. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly posted: Received[];
  /** Bodies of GET by path; others are 404. */
  readonly pages: Map<string, string>;
  /** Status for a POST; default: always 200. */
  answer: (received: Received) => number;
  close(): void;
}

export async function startReceiver(): Promise<Receiver> {
  const posted: Received[] = [];
  const pages = new Map<string, string>();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const path = incoming.url ?? '';
      if (incoming.method === 'GET') {
        const page = pages.get(path);
        outgoing.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/x-test' }).end(page);
        return;
      }
      const received = { path, headers: incoming.headers, body: Buffer.concat(chunks).toString() };
      const status = receiver.answer(received);
      if (status < 300) posted.push(received);
      outgoing.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted,
    pages,
    answer: () => 200,
    close: () => server.close(),
  };
  return receiver;
}
