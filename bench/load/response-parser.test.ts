import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseParser } from './response-parser.ts';

function collect() {
  const answers: { status: number; bytes: number; body: string }[] = [];
  let body = '';
  const parser = new ResponseParser({
    onBody(piece, at) {
      expect(at).toBe(body.length);
      body += piece.toString('latin1');
    },
    onEnd(status, bytes) {
      answers.push({ status, bytes, body });
      body = '';
    },
  });
  return { parser, answers };
}

describe('ResponseParser', () => {
  it('finds the same answer however the bytes are cut', () => {
    const text = 'HTTP/1.1 200 OK\r\nDate: now\r\ncontent-LENGTH: 12\r\nETag: "x"\r\n\r\nHello\r\n\r\nyou';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 8 }), (cuts) => {
        const { parser, answers } = collect();
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
        for (let at = 1; at < edges.length; at++) {
          if (edges[at - 1] !== edges[at]) parser.push(Buffer.from(text.slice(edges[at - 1], edges[at])));
        }
        expect(answers).toEqual([{ status: 200, bytes: 12, body: 'Hello\r\n\r\nyou' }]);
      }),
    );
  });

  it('takes one answer after the other', () => {
    const { parser, answers } = collect();
    parser.push(Buffer.from('HTTP/1.1 204 No Content\r\n\r\n'));
    parser.push(Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno'));
    parser.bodiless = true;
    parser.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 4096\r\n\r\n'));
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [204, ''],
      [404, 'no'],
      [200, ''],
    ]);
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'without Content-Length'],
    ['HTTP/1.1 100 Continue\r\n\r\n', 'no final answer'],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'no final answer'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab', 'behind the end'],
    ['x'.repeat(70_000), 'does not end'],
  ])('refuses %j', (text, message) => {
    expect(() => collect().parser.push(Buffer.from(text))).toThrow(message);
  });
});
