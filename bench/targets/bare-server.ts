/**
 * What the server is compared with: bare node:http that answers or swallows the same bytes and does nothing else.
 * `/<bytes>/…`: GET gives that many bytes (from memory up to 1 MiB, else streamed from a file), HEAD announces them, PUT
 * swallows its body, DELETE answers 204.
 *
 * Started by fork with the name of a file that holds the longest body; sends its port.
 */
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from '../load/job.ts';

const IN_MEMORY = 1024 * 1024;
/** A larger one than Node's own makes the stream faster. */
const CHUNK = 256 * 1024;
const ETAG = '"0123456789abcdef0123456789abcdef"';
const [file = ''] = process.argv.slice(2);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url!;
  const bytes = Number(url.slice(1, url.indexOf('/', 1)));
  switch (request.method) {
    case 'PUT':
      request.resume();
      request.on('end', () => {
        response.writeHead(200, { ETag: ETAG, 'Content-Length': 0 });
        response.end();
      });
      return;
    case 'DELETE':
      response.writeHead(204);
      response.end();
      return;
    case 'HEAD':
      response.writeHead(200, { ETag: ETAG, 'Content-Length': bytes });
      response.end();
      return;
    default:
      response.writeHead(200, { ETag: ETAG, 'Content-Length': bytes });
      if (bytes <= IN_MEMORY) response.end(bodyOf(bytes));
      else createReadStream(file, { end: bytes - 1, highWaterMark: CHUNK }).pipe(response);
  }
}

const server = createServer(answer);
// Connections wait while the other side is measured.
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));
