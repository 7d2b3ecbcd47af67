/** Missing objects that are mirrored while the client waits. Source: spec/buckets.md §18 "Behaviour". */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Hex, put } from '../../support/buckets.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Send } from '../../support/http.ts';
import { hostName, type Origin, setOrigin, startOrigin } from '../../support/origin.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const BIG = Buffer.alloc(3 * 1024 * 1024 + 17, 'big');
const GZIP = gzipSync('packed');
const HEADERS = {
  'Content-Type': 'text/x-test',
  'Cache-Control': 'max-age=5',
  'Content-Disposition': 'attachment',
  Expires: 'Thu, 01 Jan 2037 00:00:00 GMT',
  'x-cos-meta-a': '1',
  'x-cos-meta-b_c': '2',
  'x-other': '3',
  ETag: '"theirs"',
};

function respond(path: string, request: IncomingMessage, response: ServerResponse): void {
  const name = path.split('/').at(-1)!;
  const status = /^status-(\d+)/.exec(name)?.[1];
  if (status !== undefined) {
    const location = status.startsWith('3') ? { Location: '/plain' } : {};
    response.writeHead(Number(status), { 'Content-Type': 'text/plain', ...location }).end(`said ${status}`);
  } else if (name.startsWith('big')) {
    ranged(request, response, BIG);
  } else if (name.startsWith('chunked')) {
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    for (let at = 0; at < 40; at++) response.write(Buffer.alloc(64 * 1024, at));
    response.end();
  } else if (name.startsWith('gzip')) {
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' }).end(GZIP);
  } else if (name.startsWith('short')) {
    response.writeHead(200, { 'Content-Length': name.includes('big') ? BIG.length : 100 });
    response.write(name.includes('big') ? BIG.subarray(0, 2_000_000) : 'x', () =>
      setTimeout(() => response.destroy(), 50),
    );
  } else if (name.startsWith('torn')) {
    response.writeHead(200);
    response.write(Buffer.alloc(2_000_000), () => setTimeout(() => response.destroy(), 50));
  } else if (name.startsWith('slow')) {
    setTimeout(() => response.writeHead(200, HEADERS).end('slow'), 400);
  } else if (name.startsWith('silent')) {
    response.writeHead(200, { 'Content-Length': 10 }).write('x');
  } else if (name.startsWith('mute')) {
    request.socket.setTimeout(5_000);
  } else {
    response.writeHead(200, { ...HEADERS, 'Content-Length': 5 }).end('plain');
  }
}

/** An origin that knows ranges. */
function ranged({ headers, url }: IncomingMessage, response: ServerResponse, whole: Buffer): void {
  const asked = url!.includes('whole') ? null : /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  if (asked === null) {
    response.writeHead(200, { 'Content-Length': whole.length }).end(whole);
    return;
  }
  const [from, to] = [Number(asked[1]), Number(asked[2])];
  if (from >= whole.length) {
    response.writeHead(416).end();
    return;
  }
  const part = whole.subarray(from, to + 1);
  response
    .writeHead(206, {
      'Content-Length': part.length,
      'Content-Range': `bytes ${from}-${from + part.length - 1}/${whole.length}`,
    })
    .end(part);
}

let server: ServerProcess;
let origin: Origin;
let send: Send;
beforeAll(async () => {
  origin = await startOrigin(respond);
  const flags = ['--origin-private-addresses', '--origin-head-timeout-ms', '1s', '--origin-stall-ms', '1s'];
  server = await startServerProcess({ flags });
  send = await makeBucket(server, 'mirror');
});
afterAll(async () => {
  await server.remove();
  await origin.close();
});
beforeEach(() => setOrigin(send, { host: hostName(origin.host) }));

const read = (key: string, headers: Readonly<Record<string, string>> = {}, query = {}) =>
  send({ method: 'GET', key, headers, query });
const stored = async (key: string) => (await send({ method: 'HEAD', key })).status === 200;

/** Waits for what goes on in the background. */
async function until(found: () => Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < 100; tried++) {
    if (await found()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not happen in time');
}

describe('a missing object', () => {
  it('is answered, and stored under its own key with the headers that are kept', async () => {
    const first = await expectStatus(read('plain a/ü+'), 200);
    expect(origin.seen.at(-1)).toBe('GET /plain%20a/%C3%BC%2B');
    const second = await expectStatus(read('plain a/ü+'), 200);
    expect(origin.count('/plain%20a/%C3%BC%2B')).toBe(1);
    for (const { text, headers } of [first, second]) {
      expect(text).toBe('plain');
      expect(headers).toMatchObject({
        'content-type': 'text/x-test',
        'cache-control': 'max-age=5',
        'content-disposition': 'attachment',
        expires: HEADERS.Expires,
        'x-cos-meta-a': '1',
        etag: `"${md5Hex('plain')}"`,
      });
      expect(headers['x-other']).toBeUndefined();
    }
    expect(second.headers['x-cos-storage-class']).toBeUndefined();
  });

  it.each([
    ['large, with a length', 'big', BIG],
    ['of unknown length', 'chunked', Buffer.concat(Array.from({ length: 40 }, (_, at) => Buffer.alloc(65_536, at)))],
    ['packed', 'gzip', GZIP],
  ])('comes %s', async (_, key, content) => {
    const first = await expectStatus(read(key), 200);
    expect(first.body.equals(content)).toBe(true);
    const second = await expectStatus(read(key), 200);
    expect(second.body.equals(content)).toBe(true);
    expect(second.headers['etag']).toBe(`"${md5Hex(content)}"`);
    expect(second.headers['content-encoding']).toBe(key === 'gzip' ? 'gzip' : undefined);
    expect(origin.count(`/${key}`)).toBe(1);
  });

  it('is asked for once, however many want it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => read('slow-many')));
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(Array(20).fill('200 slow'));
    expect(origin.count('/slow-many')).toBe(1);
    await Promise.all(Array.from({ length: 8 }, () => expectStatus(read('big-many'), 200)));
    expect(origin.count('/big-many')).toBe(1);
  });

  it('is encrypted as the bucket says', async () => {
    const bucket = await makeBucket(server, 'mirror-sse');
    const body =
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256' +
      '</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>';
    await expectStatus(bucket({ method: 'PUT', query: { encryption: '' }, body }), 200);
    await setOrigin(bucket, { host: hostName(origin.host) });
    await expectStatus(bucket({ method: 'GET', key: 'big' }), 200);
    const again = await expectStatus(bucket({ method: 'GET', key: 'big' }), 200);
    expect(again.headers['x-cos-server-side-encryption']).toBe('AES256');
    expect(again.body.equals(BIG)).toBe(true);
  });

  it('is not looked for by HEAD, by version, or by who may not read', async () => {
    expectHeadError(await send({ method: 'HEAD', key: 'plain-head' }), 404);
    expect((await read('plain-head', {}, { versionId: 'null' })).status).not.toBe(200);
    expectError(await send({ method: 'GET', key: 'plain-head', signed: false }), 403, 'AccessDenied');
    expect(origin.count('/plain-head')).toBe(0);
  });

  it('is not what is there, and not what a symlink points to', async () => {
    await put(send, 'plain-here', 'mine');
    expect((await expectStatus(read('plain-here'), 200)).text).toBe('mine');
    expect(origin.count('/plain-here')).toBe(0);
    await expectStatus(
      send({
        method: 'PUT',
        key: 'plain-link',
        query: { symlink: '' },
        headers: { 'x-cos-symlink-target': 'plain-here' },
      }),
      200,
    );
    await expectStatus(send({ method: 'DELETE', key: 'plain-here' }), 204);
    expectError(await read('plain-link'), 404, 'NoSuchKey');
    expect(origin.count('/plain-link')).toBe(0);
  });

  it('takes response-* parameters of the request, also the first time', async () => {
    const answer = await read('big-typed', {}, { 'response-content-type': 'a/b' });
    expect([answer.status, answer.headers['content-type'], answer.body.length]).toEqual([200, 'a/b', BIG.length]);
  });
});

describe('a range', () => {
  it.each([
    ['big-range', 'an origin with ranges'],
    ['big-whole', 'an origin without'],
  ])('of %s comes from %s, and the whole object is stored', async (key) => {
    const answer = await expectStatus(read(key, { Range: 'bytes=1000000-1000009' }), 206);
    expect(answer.body.equals(BIG.subarray(1_000_000, 1_000_010))).toBe(true);
    expect(answer.headers['content-range']).toBe(`bytes 1000000-1000009/${BIG.length}`);
    expect(answer.headers['content-length']).toBe('10');
    await until(() => stored(key));
    expect(origin.count(`/${key}`)).toBe(2);
    expect((await expectStatus(read(key), 200)).body.equals(BIG)).toBe(true);
  });

  it('beyond the end is refused', async () => {
    expectError(await read('big-beyond', { Range: 'bytes=9000000-9000001' }), 416, 'InvalidRange');
    expectError(await read('big-whole-2', { Range: 'bytes=9000000-9000001' }), 416, 'InvalidRange');
  });
});

describe('an origin that fails', () => {
  it('with 404 is 404', async () => {
    expectError(await read('status-404'), 404, 'NoSuchKey');
  });

  it.each(['status-403', 'status-500', 'status-204', 'short-1', 'mute', 'silent'])('with %s is 424', async (key) => {
    expectError(await read(key), 424, 'MirrorFailed');
    expect(await stored(key)).toBe(false);
  });

  it('that nobody can reach is 424', async () => {
    await setOrigin(send, { host: hostName('127.0.0.1:1') });
    expectError(await read('plain-nobody'), 424, 'MirrorFailed', 'could not be reached');
    await setOrigin(send, { host: hostName('nowhere.invalid') });
    expectError(await read('plain-nobody'), 424, 'MirrorFailed', 'host name is unknown');
  });

  it.each(['short-big', 'torn'])(
    'in the middle of a large body (%s) breaks the answer and stores nothing',
    async (key) => {
      await expect(read(key)).rejects.toThrow(/aborted|hang up|reset/);
      expect(await stored(key)).toBe(false);
    },
  );

  it('is passed on where the rule says so', async () => {
    await setOrigin(send, {
      parameter: '<TransparentErrorCode>true</TransparentErrorCode>',
      host: hostName(origin.host),
    });
    for (const code of [403, 503]) {
      const answer = await read(`status-${code}-transparent`);
      expect([answer.status, answer.text, answer.headers['content-type']]).toEqual([
        code,
        `said ${code}`,
        'text/plain',
      ]);
    }
    expectError(await read('status-404-transparent'), 404, 'NoSuchKey');
    expect(await stored('status-403-transparent')).toBe(false);
  });

  it('is replaced by its standby hosts, one after the other', async () => {
    const host = `${hostName('127.0.0.1:1')}<StandbyHostName_2>${origin.host}</StandbyHostName_2><StandbyHostName_1>127.0.0.1:2</StandbyHostName_1>`;
    await setOrigin(send, { host });
    expect((await expectStatus(read('plain-standby'), 200)).text).toBe('plain');
  });

  it('is replaced where it answers 5xx or a code of the rule', async () => {
    const failing = await startOrigin((path, _, response) => {
      response.writeHead(path.includes('403') ? 403 : 500).end();
    });
    const host = `${hostName(failing.host)}<StandbyHostName_1>${origin.host}</StandbyHostName_1>`;
    await setOrigin(send, { host });
    expect((await read('plain-500')).text).toBe('plain');
    expect(failure(await read('plain-403'))).toEqual([424, 'MirrorFailed']);
    await setOrigin(send, { host, more: '<HTTPStandbyCode><StatusCode>403</StatusCode></HTTPStandbyCode>' });
    expect((await read('plain-403')).text).toBe('plain');
    await failing.close();
  });
});

describe('a client that goes away', () => {
  it('loses nothing: the object is stored to its end', async () => {
    const { request } = await import('node:http');
    const { authorization } = await import('../../support/raw.ts');
    const { APPID, REGION } = await import('../../support/server-process.ts');
    await new Promise<void>((resolve) => {
      const path = '/big-left';
      const headers = {
        Host: `mirror-${APPID}.cos.${REGION}.myqcloud.com`,
        Authorization: authorization('GET', path, {}, {}),
      };
      const outgoing = request({ host: '127.0.0.1', port: server.port, path, headers, agent: false }, (incoming) => {
        incoming.once('data', () => {
          outgoing.destroy();
          resolve();
        });
        incoming.on('error', () => undefined);
      });
      outgoing.on('error', () => undefined);
      outgoing.end();
    });
    await until(() => stored('big-left'));
    expect((await expectStatus(read('big-left'), 200)).body.equals(BIG)).toBe(true);
    expect(origin.count('/big-left')).toBe(1);
  });
});
