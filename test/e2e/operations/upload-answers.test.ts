/** Callbacks, return bodies and traffic limits of uploads. Source: spec/objects.md §2.12, §12. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, type Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let application: Server;
const received: { type: string | undefined; body: string }[] = [];
let said: { status: number; body: string } = { status: 200, body: '' };

beforeAll(async () => {
  application = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      received.push({ type: request.headers['content-type'], body });
      response.writeHead(said.status, { 'Content-Type': 'application/json' }).end(said.body);
    });
  });
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  const flags = ['--callbacks-enabled', '--callbacks-hosts', '127.0.0.1', '--callbacks-private-addresses'];
  server = await startServerProcess({ flags: [...flags, '--limits-min-part-bytes', '1'] });
  send = clientOf(server, 'answers');
  await send({ method: 'PUT' });
});
afterAll(async () => {
  application.close();
  await server.remove();
});

const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const callback = (): Record<string, string> => ({
  'x-cos-callback': base64({
    callbackUrl: `http://127.0.0.1:${(application.address() as AddressInfo).port}/done`,
    callbackBody: '{"bucket":${bucket},"key":${object},"size":${size},"who":"${x:who}"}',
    callbackBodyType: 'application/json',
  }),
  'x-cos-callback-var': base64({ 'x:who': 'me' }),
});

async function upload(key: string): Promise<{ uploadId: string; list: string }> {
  const started = await send({ method: 'POST', key, query: { uploads: '' } });
  const uploadId = /<UploadId>(\w+)/.exec(started.text)![1]!;
  const part = await send({ method: 'PUT', key, query: { partNumber: '1', uploadId }, body: 'part' });
  const list = `<Part><PartNumber>1</PartNumber><ETag>${part.headers['etag']}</ETag></Part>`;
  return { uploadId, list: `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>` };
}

describe('PutObject', () => {
  it('lets the callback server answer, once the object is there', async () => {
    said = { status: 200, body: '{"ok":true}' };
    const answer = await send({ method: 'PUT', key: 'called', headers: callback(), body: 'four' });
    expect([answer.status, answer.text]).toEqual([200, '{"ok":true}']);
    expect(answer.headers['etag']).toBeDefined();
    expect(received.at(-1)).toEqual({
      type: 'application/json',
      body: `{"bucket":"answers-${APPID}","key":"called","size":4,"who":"me"}`,
    });
  });

  it('says 203 when the callback fails, and keeps the object', async () => {
    said = { status: 500, body: 'no' };
    const answer = await send({ method: 'PUT', key: 'kept', headers: callback(), body: 'four' });
    expect([answer.status, answer.error['Code']]).toEqual([203, 'CallbackFailed']);
    expect((await send({ method: 'GET', key: 'kept' })).text).toBe('four');
  });

  it('renders a return body', async () => {
    const headers = { 'x-cos-return-body': base64('{"key":"${object}","etag":"${etag}","type":"${mimeType}"}') };
    const answer = await send({ method: 'PUT', key: 'r.txt', headers, body: '' });
    expect(JSON.parse(answer.text)).toEqual({
      key: 'r.txt',
      etag: 'd41d8cd98f00b204e9800998ecf8427e',
      type: 'text/plain',
    });
  });

  it('stores, and says 203, when the return body asks for what media processing would tell', async () => {
    const headers = { 'x-cos-return-body': base64('{"rate":"${videoInfo.video.bit_rate}"}') };
    const answer = await send({ method: 'PUT', key: 'media', headers, body: 'four' });
    expect([answer.status, answer.error['Code']]).toEqual([203, 'NotImplemented']);
    expect((await send({ method: 'GET', key: 'media' })).text).toBe('four');
  });

  it('refuses what it cannot read, or may not call, before it stores', async () => {
    const forbidden = { callbackUrl: 'http://example.org/', callbackBody: 'a=1' };
    for (const [value, status, code] of [
      ['!', 400, 'InvalidArgument'],
      [base64('[]'), 400, 'InvalidArgument'],
      [base64(forbidden), 403, 'AccessDenied'],
    ] as const) {
      const answer = await send({ method: 'PUT', key: 'never', headers: { 'x-cos-callback': value }, body: 'x' });
      expect([answer.status, answer.error['Code']]).toEqual([status, code]);
    }
    expect((await send({ method: 'HEAD', key: 'never' })).status).toBe(404);
  });
});

describe('CompleteMultipartUpload', () => {
  it('shows what the callback server said', async () => {
    said = { status: 200, body: 'fine' };
    const good = await upload('m1');
    const query = { uploadId: good.uploadId };
    const answer = await send({ method: 'POST', key: 'm1', query, headers: callback(), body: good.list });
    expect(answer.text).toContain(
      `<CallbackResult><Status>200</Status><CallbackBody>${base64('fine')}</CallbackBody></CallbackResult>`,
    );
    said = { status: 404, body: '' };
    const bad = await upload('m2');
    const failed = await send({
      method: 'POST',
      key: 'm2',
      query: { uploadId: bad.uploadId },
      headers: callback(),
      body: bad.list,
    });
    expect(failed.status).toBe(200);
    expect(failed.text).toContain('<CallbackResult><Status>203</Status><Error><Code>CallbackFailed</Code>');
    expect((await send({ method: 'GET', key: 'm2' })).text).toBe('part');
  });

  it('shows the rendered return body', async () => {
    const { uploadId, list } = await upload('m3');
    const headers = { 'x-cos-return-body': base64('{"key":"${object}","size":${size}}') };
    const answer = await send({ method: 'POST', key: 'm3', query: { uploadId }, headers, body: list });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(
      `<ReturnBodyResult><Status>200</Status><ReturnBody>${base64('{"key":"m3","size":4}')}</ReturnBody></ReturnBodyResult>`,
    );
  });
});

describe('x-cos-traffic-limit', () => {
  const body = Buffer.alloc(150 * 1024, 'x');
  const RATE = 819_200;
  /** s */
  const wanted = (body.length * 8) / RATE;

  async function seconds(work: () => Promise<{ status: number; text: string }>): Promise<number> {
    const start = performance.now();
    const answer = await work();
    expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    return (performance.now() - start) / 1000;
  }

  it('paces uploads and downloads within ten per cent', async () => {
    const headers = { 'x-cos-traffic-limit': String(RATE) };
    const up = await seconds(() => send({ method: 'PUT', key: 'paced', headers, body }));
    const down = await seconds(() => send({ method: 'GET', key: 'paced', headers }));
    const query = { 'x-cos-traffic-limit': String(RATE) };
    const presigned = await seconds(() => send({ method: 'GET', key: 'paced', query }));
    for (const took of [up, down, presigned]) {
      expect(took).toBeGreaterThan(wanted * 0.9);
      // A busy machine adds to what pacing takes.
      expect(took).toBeLessThan(wanted * 1.1 + 1);
    }
  });

  it('must lie between 819200 and 838860800', async () => {
    for (const value of ['819199', '838860801', 'fast', '-1']) {
      const headers = { 'x-cos-traffic-limit': value };
      for (const method of ['PUT', 'GET']) {
        const answer = await send({ method, key: 'paced', headers, ...(method === 'PUT' ? { body: 'x' } : {}) });
        expect([answer.status, answer.error['Code']]).toEqual([400, 'InvalidArgument']);
      }
    }
  });
});
