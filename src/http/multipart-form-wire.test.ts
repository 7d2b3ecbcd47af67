/** Forms from clients on sockets, good ones and others. */
import { describe, expect, it } from 'vitest';
import { codeOf, errorReply, handlerErrors, start } from '../../test/support/wire-fixture.ts';
import { CosError } from '../errors/cos-error.ts';
import { readMultipartForm } from './multipart-form.ts';
import type { WireReply, WireRequest } from './types.ts';

const LIMITS = { fileBytes: 1e9, fieldCount: 10, fieldsBytes: 10_000, fieldBytes: () => 1_000 };
const FORM =
  '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n' +
  '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\ncontent\r\n--b--\r\n';

/** Answers with the size of the file; errors become answers, as a dialect does it. */
async function upload(request: WireRequest): Promise<WireReply> {
  try {
    const { file } = await readMultipartForm(request.body, request.header('content-type'), LIMITS);
    let bytes = 0;
    for await (const chunk of file.body.chunks(100_000)) bytes += chunk.length;
    return { status: 200, headers: [], body: String(bytes) };
  } catch (error) {
    if (error instanceof CosError) return errorReply(error, request.requestId);
    throw error;
  }
}

const head = (length: number) =>
  `POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n`;

describe('readMultipartForm on a connection', () => {
  it('leaves the connection to the next request', async () => {
    const client = (await start(upload)).dial();
    for (const form of [FORM, `${FORM}bye`, FORM.replace('name="key"', 'name="file"'), FORM.slice(0, -9), FORM]) {
      const reply = await client.send(head(form.length) + form).reply();
      expect(reply.head).toContain('Connection: keep-alive');
      if (form.startsWith(FORM)) expect([reply.status, reply.body]).toEqual([200, '7']);
      else expect(codeOf(reply)).toMatch(/^(MalformedPOSTRequest|IncorrectNumberOfFilesInPostRequest)$/);
    }
    expect(handlerErrors).toEqual([]);
  });

  it('ends with a client that falls silent or leaves, wherever it does', async () => {
    const { dial } = await start(upload, { bodyTimeoutMs: 50 });
    const lengths = [0, 20, 60, 100, FORM.length - 20, FORM.length - 1];
    const replies = lengths.map(async (length) => {
      const silent = dial().send(head(FORM.length) + FORM.slice(0, length));
      expect(codeOf(await silent.reply())).toBe('RequestTimeOut');
      const leaving = dial();
      leaving.socket.end(head(FORM.length) + FORM.slice(0, length));
      expect(codeOf(await leaving.reply())).toBe('IncompleteBody');
    });
    await Promise.all(replies);
    expect(handlerErrors).toEqual([]);
  });

  it('stops a file that is too large for its reader', async () => {
    const client = (await start(upload, { bodyTimeoutMs: 5_000 })).dial();
    const end = FORM.indexOf('content');
    client.send(head(20_000_000) + FORM.slice(0, end) + 'x'.repeat(200_000));
    expect(codeOf(await client.reply())).toBe('EntityTooLarge');
    await client.until(() => client.closed);
    expect(handlerErrors).toEqual([]);
  });
});
