/** What keeps back-to-source in bounds. Source: spec/buckets.md §18 and its note on security. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, put } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Send } from '../../support/http.ts';
import { hostName, type Origin, setOrigin, startOrigin } from '../../support/origin.ts';
import { exchange } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let origin: Origin;
let send: Send;
const held: (() => void)[] = [];

beforeAll(async () => {
  origin = await startOrigin((path, incoming, response) => {
    if (path.startsWith('/held')) held.push(() => response.end('held'));
    else if (path.startsWith('/long-')) for (let at = 0; at < 3; at++) response.write(Buffer.alloc(700_000));
    else if (path.startsWith('/long'))
      response.writeHead(200, { 'Content-Length': 2_000_001 }).end(Buffer.alloc(2_000_001));
    else if (path.startsWith('/meta')) response.writeHead(200, { 'x-cos-meta-a': 'm'.repeat(4_000) }).end('x');
    else if (path.startsWith('/back')) {
      // A front of the server itself.
      const headers = { ...incoming.headers, host: `guards-${APPID}.cos.${REGION}.myqcloud.com` };
      request({ host: '127.0.0.1', port: server.port, path: incoming.url!, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500);
        answer.pipe(response);
      }).end();
    } else response.end(`origin ${path}`);
  });
  const flags = ['--origin-private-addresses', '--origin-wait-ms', '300ms', '--origin-concurrent-pulls', '3'];
  server = await startServerProcess({ flags: [...flags, '--origin-max-pull-bytes', '2000000'] });
  send = await makeBucket(server, 'guards', { acl: 'public-read' });
  await setOrigin(send, { host: hostName(origin.host) });
});
afterAll(async () => {
  await server.remove();
  await origin.close();
});

const read = (key: string) => send({ method: 'GET', key });
async function until(found: () => boolean): Promise<void> {
  for (let tried = 0; tried < 100 && !found(); tried++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(found()).toBe(true);
}

describe('pulls', () => {
  it('end where they come back to the server', async () => {
    expectError(await read('back/1'), 404, 'NoSuchKey');
    expect(origin.count('/back/1')).toBe(1);
  });

  it('are not made of other servers by the hundred', async () => {
    const hops = ['cosette;p=1', 'cosette;p=2', 'other', 'cosette;p=3', 'cosette;p=4'];
    const chained = (count: number) =>
      send({ method: 'GET', key: `hops/${count}`, headers: { 'CDN-Loop': hops.slice(0, count).join(', ') } });
    expect(failure(await chained(5))).toEqual([404, 'NoSuchKey']);
    expect((await chained(4)).text).toBe('origin /hops/4');
    expect(origin.last()['cdn-loop']).toMatch(/^cosette;p=1, cosette;p=2, other, cosette;p=3, cosette;p=[0-9a-f]+$/);
  });

  it('reach no private address unless the operator says so', async () => {
    const strict = await startServerProcess();
    const bucket = await makeBucket(strict, 'strict');
    const asked = origin.seen.length;
    for (const host of [origin.host, `localhost:${origin.host.split(':')[1]}`]) {
      await setOrigin(bucket, { host: hostName(host) });
      expectError(await bucket({ method: 'GET', key: 'a' }), 424, 'MirrorFailed', 'its address is not public');
    }
    expect(origin.seen.length).toBe(asked);
    await strict.remove();
  });

  it('take no more bytes than they may', async () => {
    expectError(await read('long'), 424, 'MirrorFailed', 'more than 2000000 bytes');
    await expect(read('long-chunked')).rejects.toThrow(/aborted|hang up|reset/);
    expect((await send({ method: 'HEAD', key: 'long-chunked' })).status).toBe(404);
  });

  it('take no more metadata than uploads may bring', async () => {
    expectError(await read('meta'), 424, 'MirrorFailed', 'metadata');
  });

  it('are bounded in number', async () => {
    const waiting = [1, 2, 3].map((at) => read(`held/${at}`));
    await until(() => held.length === 3);
    expectError(await read('held/4'), 503, 'SlowDown');
    for (const go of held.splice(0)) go();
    expect((await Promise.all(waiting)).map(({ text }) => text)).toEqual(['held', 'held', 'held']);
    expect((await read('plain')).text).toBe('origin /plain');
  });

  it('let others wait for a while, who then are answered without storing', async () => {
    const first = read('held/wait');
    await until(() => held.length === 1);
    const second = read('held/wait');
    await until(() => held.length === 2);
    held.pop()!();
    expect((await second).text).toBe('held');
    expect((await send({ method: 'HEAD', key: 'held/wait' })).status).toBe(404);
    held.pop()!();
    expect((await first).text).toBe('held');
    expect((await send({ method: 'HEAD', key: 'held/wait' })).status).toBe(200);
  });

  it('are not made for the anonymous where they would be encrypted', async () => {
    const body =
      '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>' +
      '</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>';
    const sealed = await makeBucket(server, 'sealed', { acl: 'public-read' });
    await setOrigin(sealed, { host: hostName(origin.host) });
    await expectStatus(sealed({ method: 'PUT', query: { encryption: '' }, body }), 200);
    for (const headers of [{}, { Range: 'bytes=0-1' }]) {
      expect(failure(await sealed({ method: 'GET', key: 'sealed', headers, signed: false }))).toEqual([
        404,
        'NoSuchKey',
      ]);
    }
    expect(origin.count('/sealed')).toBe(0);
    expect((await sealed({ method: 'GET', key: 'sealed' })).text).toBe('origin /sealed');
    expect(failure(await sealed({ method: 'GET', key: 'sealed', signed: false }))).toEqual([403, 'AccessDenied']);
  });

  it('put nothing over what was uploaded meanwhile', async () => {
    const pulled = read('held/race');
    await until(() => held.length === 1);
    await put(send, 'held/race', 'mine');
    held.pop()!();
    expect((await pulled).text).toBe('mine');
    expect((await read('held/race')).text).toBe('mine');
  });
});

describe('a website', () => {
  const visit = (path: string) =>
    exchange(server.port, [
      `GET ${path} HTTP/1.1\r\nHost: guards-${APPID}.cos-website.${REGION}.myqcloud.com\r\nConnection: close\r\n\r\n`,
    ]);

  it('has what its bucket would pull', async () => {
    const body =
      '<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>';
    await expectStatus(send({ method: 'PUT', query: { website: '' }, body }), 200);
    expect((await visit('/folder/')).text).toContain('origin /folder/index.html');
    expect((await visit('/page')).text).toContain('origin /page');
    expect((await read('page')).text).toBe('origin /page');
    expect((await visit('/back/page')).status).toBe(404);
  });
});
