/** Against real servers on the loopback interface. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of COS look like this
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { post } from '../../platform/outbound/post.ts';
import type { CallbackSettings } from './admit.ts';
import { decodeCallback } from './decode.ts';
import { MOST_ANSWER_BYTES, sendCallback } from './send.ts';

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const servers: Server[] = [];
const seen: Seen[] = [];
afterEach(async () => {
  seen.length = 0;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** @returns the port */
async function listen(answer: RequestListener): Promise<number> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      seen.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

const settings: CallbackSettings = { enabled: true, hosts: ['*'], privateAddresses: true, timeoutMs: 2_000 };
const variables = {
  bucket: 'b-1250000000',
  object: 'dir/图.png',
  size: 3,
  etag: 'e',
  region: 'ap-guangzhou',
  mimeType: 'image/png',
};

function call(fields: object, changed: Partial<CallbackSettings> = {}, send = post) {
  const json = JSON.stringify({ callbackBody: 'key=${object}&size=${size}', ...fields });
  const callback = decodeCallback(Buffer.from(json).toString('base64'), undefined)!;
  return sendCallback({ ...settings, ...changed }, callback, variables, { post: send });
}

const ok: RequestListener = (_, response) => response.end('{"fine":true}');
const failed = (text: RegExp) => ({ status: 203, code: 'CallbackFailed', message: expect.stringMatching(text) });

describe('sendCallback', () => {
  it('posts the rendered body and returns what is said', async () => {
    const port = await listen((_, response) => {
      response.setHeader('Content-Type', 'application/json');
      ok(_, response);
    });
    const result = await call({ callbackUrl: `127.0.0.1:${port}/%E6%B5%8B?a=1` });
    expect(result).toEqual({ status: 200, body: Buffer.from('{"fine":true}'), contentType: 'application/json' });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: 'POST', path: '/%E6%B5%8B?a=1', body: 'key=dir%2F%E5%9B%BE.png&size=3' });
    expect(seen[0]!.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '30',
      connection: 'close',
    });
  });

  it('sends JSON and another Host', async () => {
    const port = await listen(ok);
    await call({
      callbackUrl: `http://127.0.0.1:${port}`,
      callbackHost: 'cb.example.com',
      callbackBody: '{"key":${object}}',
      callbackBodyType: 'application/json',
    });
    expect(seen[0]!.headers).toMatchObject({ host: 'cb.example.com', 'content-type': 'application/json' });
    expect(JSON.parse(seen[0]!.body)).toEqual({ key: 'dir/图.png' });
  });

  it('goes on to the next URL until one answers 200, and no further', async () => {
    const bad = await listen((_, response) => {
      response.statusCode = 500;
      response.end('no');
    });
    const good = await listen(ok);
    const at = (port: number, path: string) => `http://127.0.0.1:${port}/${path}`;
    const urls = [at(bad, '1'), 'http://127.0.0.1:1/', at(bad, '3'), at(good, '4'), at(good, '5')];
    expect(await call({ callbackUrl: urls.join(';') })).toMatchObject({ status: 200 });
    expect(seen.map(({ path }) => path)).toEqual(['/1', '/3', '/4']);
  });

  it('fails when all answer badly, and without a URL', async () => {
    const bad = await listen((_, response) => {
      response.statusCode = 204;
      response.end();
    });
    expect(await call({ callbackUrl: `http://127.0.0.1:${bad}/` })).toEqual(failed(/answered 204/));
    expect(await call({ callbackUrlaaa: 'http://h/' })).toEqual(failed(/callbackUrl is missing/));
    expect(await call({ callbackUrl: 'http://127.0.0.1:1/' })).toEqual(failed(/could not be reached/));
    expect(await call({ callbackUrl: `https://127.0.0.1:${bad}/` })).toEqual(failed(/could not be reached/));
  });

  it('does not follow a redirect', async () => {
    const target = await listen(ok);
    const port = await listen((_, response) => {
      response.writeHead(302, { Location: `http://127.0.0.1:${target}/target` });
      response.end();
    });
    expect(await call({ callbackUrl: `http://127.0.0.1:${port}/first` })).toEqual(failed(/answered 302/));
    expect(seen.map(({ path }) => path)).toEqual(['/first']);
  });

  it('gives up on silence, before the head and in the middle of the body', async () => {
    const silent = await listen(() => undefined);
    const dripping = await listen((_, response) => {
      response.write('a');
      const timer = setInterval(() => response.write('a'), 20);
      response.once('close', () => clearInterval(timer));
    });
    for (const port of [silent, dripping]) {
      const begin = performance.now();
      const result = await call({ callbackUrl: `http://127.0.0.1:${port}/` }, { timeoutMs: 150 });
      expect(result).toEqual(failed(/no answer in time/));
      expect(performance.now() - begin).toBeGreaterThan(140);
      expect(performance.now() - begin).toBeLessThan(1_500);
    }
  });

  it('takes an answer of 1 MiB and not a byte more', async () => {
    let bytes = MOST_ANSWER_BYTES;
    let closed = false;
    const port = await listen((_, response) => {
      response.once('close', () => {
        closed = true;
      });
      response.end(Buffer.alloc(bytes));
    });
    const largest = await call({ callbackUrl: `http://127.0.0.1:${port}/` });
    expect(largest.status === 200 && largest.body.length).toBe(MOST_ANSWER_BYTES);
    bytes = MOST_ANSWER_BYTES * 64;
    closed = false;
    expect(await call({ callbackUrl: `http://127.0.0.1:${port}/` })).toEqual(failed(/too large/));
    await expect.poll(() => closed).toBe(true);
  });

  it('fails when the answer breaks off', async () => {
    const port = await listen((_, response) => {
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await call({ callbackUrl: `http://127.0.0.1:${port}/` })).toEqual(failed(/broke off/));
  });
});

describe('private addresses', () => {
  it('are not connected to, however they are written', async () => {
    const port = await listen(ok);
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', 'localhost', '[::ffff:127.0.0.1]', '0.0.0.0']) {
      const result = await call({ callbackUrl: `http://${host}:${port}/` }, { privateAddresses: false });
      expect(result, host).toEqual(failed(/its address is not public/));
    }
    expect(seen).toEqual([]);
  });

  it('cannot be slipped in by a name: it is resolved once, and all its addresses are judged', async () => {
    const port = await listen(ok);
    const asked: string[] = [];
    const answers = ['8.8.8.8', '127.0.0.1'].map((address) => ({ address, family: 4 }));
    const resolving = (addresses: typeof answers) => (wanted: Parameters<typeof post>[0]) =>
      post(wanted, async (host) => {
        asked.push(host);
        return addresses;
      });
    const url = { callbackUrl: `http://cb.example.com:${port}/` };
    expect(await call(url, { privateAddresses: false }, resolving(answers))).toEqual(failed(/not public/));
    expect(await call(url, { privateAddresses: false }, resolving([]))).toEqual(failed(/unknown/));
    // The connection goes to the address that was judged, not to what the name means at that moment.
    expect(await call(url, {}, resolving(answers.slice(1)))).toMatchObject({ status: 200 });
    expect(asked).toEqual(['cb.example.com', 'cb.example.com', 'cb.example.com']);
    expect(seen[0]!.headers.host).toBe(`cb.example.com:${port}`);
  });

  it('are no way to wait for ever: a name that is not resolved counts as silence', async () => {
    const stuck = (wanted: Parameters<typeof post>[0]) => post(wanted, () => new Promise(() => undefined));
    const result = await call({ callbackUrl: 'http://cb.example.com/' }, { timeoutMs: 50 }, stuck);
    expect(result).toEqual(failed(/no answer in time/));
  });
});
