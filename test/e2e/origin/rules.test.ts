/** Which rule decides, what the origin is asked, and where clients are sent. Source: spec/buckets.md §18. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { hostName, type Origin, type RuleParts, setOrigin, startOrigin } from '../../support/origin.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let origin: Origin;
let other: Origin;
let send: Send;
/** Answers held back until they are let go. */
const held: (() => void)[] = [];

beforeAll(async () => {
  other = await startOrigin((path, _, response) => response.end(`other ${path}`));
  origin = await startOrigin((path, _, response) => {
    if (path.startsWith('/moved/')) {
      const to = { here: '/landed', there: `http://${other.host}/landed`, loop: '/moved/loop', ftp: 'ftp://a/b' };
      response.writeHead(302, { Location: to[path.slice(7) as keyof typeof to] ?? '/deco%2564ed' }).end();
    } else if (path.startsWith('/held')) held.push(() => response.end('held'));
    else if (path.startsWith('/fail')) response.writeHead(500).end();
    else response.end(`origin ${path}`);
  });
  const flags = ['--origin-private-addresses', '--origin-wait-ms', '300ms', '--origin-concurrent-pulls', '3'];
  server = await startServerProcess({ flags });
  send = await makeBucket(server, 'rules');
});
afterAll(async () => {
  await server.remove();
  await origin.close();
  await other.close();
});

const set = (...rules: Partial<RuleParts>[]) =>
  setOrigin(send, ...rules.map((rule) => ({ host: hostName(origin.host), ...rule })));
const read = (key: string, sent: Partial<Parameters<Send>[0]> = {}) => send({ method: 'GET', key, ...sent });

async function until(found: () => Promise<boolean>): Promise<void> {
  for (let tried = 0; tried < 200; tried++) {
    if (await found()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not happen in time');
}
const stored = async (key: string) => (await send({ method: 'HEAD', key })).status === 200;

describe('rules', () => {
  it('count by their priority, and only where all conditions hold', async () => {
    const condition = '<HTTPStatusCode>404</HTTPStatusCode><Prefix>a/</Prefix><Suffix>.jpg</Suffix>';
    await set({ priority: 9, host: hostName(other.host) }, { priority: 2, condition });
    expect((await read('a/1.jpg')).text).toBe('origin /a/1.jpg');
    expect((await read('a/1.png')).text).toBe('other /a/1.png');
    expect((await read('b/1.jpg')).text).toBe('other /b/1.jpg');
    await set({ condition });
    expect(failure(await read('b/2.jpg'))).toEqual([404, 'NoSuchKey']);
  });

  it('leave out requests to forbidden hosts', async () => {
    const forbidden = `<FilterHost><ForbidHost><DomainList><Domain>rules-${APPID}.cos.${REGION}.myqcloud.com</Domain></DomainList></ForbidHost></FilterHost>`;
    await set({ condition: `<HTTPStatusCode>404</HTTPStatusCode>${forbidden}` });
    expectError(await read('forbidden'), 404, 'NoSuchKey');
  });

  it.each([
    ['<PrefixConfiguration><Prefix>test</Prefix></PrefixConfiguration>', '/test/x/k.jpg'],
    ['<PrefixConfiguration><Prefix>test/</Prefix></PrefixConfiguration>', '/test/x/k.jpg'],
    [
      '<PrefixConfiguration><Prefix>x</Prefix><ReplacedWithPrefix>y/z</ReplacedWithPrefix></PrefixConfiguration>',
      '/y/z/k.jpg',
    ],
    [
      '<PrefixConfiguration><Prefix>q</Prefix><ReplacedWithPrefix>y</ReplacedWithPrefix></PrefixConfiguration>',
      '/x/k.jpg',
    ],
    ['<SuffixConfiguration><Suffix>.gz</Suffix></SuffixConfiguration>', '/x/k.jpg.gz'],
    [
      '<SuffixConfiguration><Suffix>.jpg</Suffix><ReplacedWithSuffix>.png</ReplacedWithSuffix></SuffixConfiguration>',
      '/x/k.png',
    ],
    ['<FixedFileConfiguration><FixedFilePath>/one/file</FixedFilePath></FixedFileConfiguration>', '/one/file'],
    ['<PrefixDirective>true</PrefixDirective><Prefix>test</Prefix><Suffix>.s</Suffix>', '/test/x/k.jpg.s'],
    ['<PrefixDirective>false</PrefixDirective><Prefix>test</Prefix>', '/x/k.jpg'],
  ])('make the path: %s', async (file, path) => {
    await set({ file });
    await send({ method: 'DELETE', key: 'x/k.jpg' });
    expect((await expectStatus(read('x/k.jpg'), 200)).text).toBe(`origin ${path}`);
  });

  it('share the requests by weight', async () => {
    const host = `${hostName(origin.host)}<Weight>0</Weight></HostInfo><HostInfo>${hostName(other.host)}<Weight>5</Weight>`;
    await set({ host });
    for (let at = 0; at < 5; at++) expect((await read(`weight/${at}`)).text).toBe(`other /weight/${at}`);
  });

  it('may say that nothing is kept', async () => {
    await set({ parameter: '<CopyOriginData>false</CopyOriginData>' });
    expect((await read('unkept')).text).toBe('origin /unkept');
    expect(await stored('unkept')).toBe(false);
  });
});

describe('what the origin is asked', () => {
  const lists = (more: string) => `<HttpHeader>${more}</HttpHeader>`;
  const names = (list: string, ...keys: string[]) =>
    `<${list}>${keys.map((key) => `<Header><Key>${key}</Key></Header>`).join('')}</${list}>`;
  const headers = { 'X-One': '1', 'X-Two': '2', Cookie: 'c=1', 'If-None-Match': '"x"', Accept: 'a/b' };

  it('has the query without the signature, unless the rule says no', async () => {
    await set({});
    await read('query', { query: { a: '1', b: 'ü/+', 'x-cos-security-token': 't', 'response-expires': '0' } });
    expect(origin.seen.at(-1)).toBe('GET /query?a=1&b=%C3%BC%2F%2B');
    await set({ parameter: '<FollowQueryString>false</FollowQueryString>' });
    await read('query-2', { query: { a: '1' } });
    expect(origin.seen.at(-1)).toBe('GET /query-2');
  });

  it('has no headers of the request by itself', async () => {
    await set({});
    await read('headers-0', { headers });
    expect(Object.keys(origin.last()).sort()).toEqual(['cdn-loop', 'connection', 'host']);
    expect(origin.last().host).toBe(origin.host);
  });

  it('has those that are listed, and new ones', async () => {
    const added =
      '<NewHttpHeaders><Header><Key>X-New</Key><Value>n</Value></Header><Header><Key>x-one</Key><Value/></Header></NewHttpHeaders>';
    await set({ parameter: lists(names('FollowHttpHeaders', 'X-ONE', 'authorization') + added) });
    await read('headers-1', { headers });
    expect(origin.last()).toMatchObject({ 'x-one': '1', 'x-new': 'n' });
    for (const name of ['x-two', 'cookie', 'authorization']) expect(origin.last()).not.toHaveProperty(name);
  });

  it('has all but those of the connection, of the client’s copy, and the forbidden ones', async () => {
    const all = '<FollowAllHeaders>true</FollowAllHeaders>';
    await set({ parameter: lists(all + names('ForbidFollowHeaders', 'x-two')) });
    await read('headers-2', { headers });
    expect(origin.last()).toMatchObject({ 'x-one': '1', cookie: 'c=1', accept: 'a/b' });
    for (const name of ['x-two', 'authorization', 'if-none-match']) expect(origin.last()).not.toHaveProperty(name);
  });
});

describe('an origin that sends on', () => {
  it('is followed, with the same headers or without them, and never with cookies to another server', async () => {
    const parameter =
      '<HttpHeader><FollowHttpHeaders><Header><Key>cookie</Key></Header><Header><Key>x-one</Key></Header></FollowHttpHeaders></HttpHeader>';
    await set({ parameter });
    const headers = { Cookie: 'c=1', 'X-One': '1' };
    expect((await read('moved/here', { headers })).text).toBe('origin /landed');
    expect(origin.last()).toMatchObject({ cookie: 'c=1', 'x-one': '1' });
    expect((await read('moved/there', { headers })).text).toBe('other /landed');
    expect(other.last()).toMatchObject({ 'x-one': '1' });
    expect(other.last()).not.toHaveProperty('cookie');
    const without =
      '<FollowRedirectionConfiguration><FollowOriginHeaders>false</FollowOriginHeaders></FollowRedirectionConfiguration>';
    await send({ method: 'DELETE', key: 'moved/here' });
    await set({ parameter: parameter + without });
    expect((await read('moved/here', { headers })).text).toBe('origin /landed');
    expect(origin.last()).not.toHaveProperty('x-one');
  });

  it('is followed to decoded addresses where the rule says so', async () => {
    await set({});
    expect((await read('moved/coded-1')).text).toBe('origin /deco%2564ed');
    const decode = '<FollowUrlAutoDecode>true</FollowUrlAutoDecode>';
    await set({ parameter: `<FollowRedirectionConfiguration>${decode}</FollowRedirectionConfiguration>` });
    expect((await read('moved/coded-2')).text).toBe('origin /deco%64ed');
  });

  it('is not followed without end, nor to what is no web server', async () => {
    await set({});
    expectError(await read('moved/loop'), 424, 'MirrorFailed');
    expect(origin.count('/moved/loop')).toBe(11);
    expectError(await read('moved/ftp'), 424, 'MirrorFailed');
  });

  it('is passed on where the rule says so', async () => {
    await set({ parameter: '<FollowRedirection>false</FollowRedirection>' });
    const answer = await read('moved/there');
    expect([answer.status, answer.headers['location']]).toEqual([200, undefined]);
    await send({ method: 'DELETE', key: 'moved/there' });
    const passed = await read('moved/there');
    expect([passed.status, passed.headers['location']]).toEqual([302, `http://${other.host}/landed`]);
  });
});

describe('Redirect', () => {
  it('sends GET and HEAD to the origin with its code, for any status of the rule', async () => {
    await set({ type: 'Redirect', parameter: '<Protocol>HTTPS</Protocol><HttpRedirectCode>307</HttpRedirectCode>' });
    const asked = origin.seen.length;
    for (const method of ['GET', 'HEAD']) {
      const answer = await send({ method, key: 'gone/ü', query: { a: 'b' } });
      expect([answer.status, answer.headers['location'], answer.text]).toEqual([
        307,
        `https://${origin.host}/gone/%C3%BC?a=b`,
        '',
      ]);
    }
    expect((await read('gone', { signed: false })).status).toBe(403);
    await set({ type: 'Redirect', condition: '<HTTPStatusCode>4XX</HTTPStatusCode>' });
    const refused = await read('gone', { signed: false });
    expect([refused.status, refused.headers['location']]).toEqual([302, `http://${origin.host}/gone`]);
    expect(origin.seen.length).toBe(asked);
  });
});

describe('Proxy', () => {
  it('sends the client on at once and stores the object afterwards', async () => {
    await set({ type: 'Proxy' });
    const answer = await read('proxied/1', { query: { v: '1' } });
    expect([answer.status, answer.headers['location']]).toEqual([302, `http://${origin.host}/proxied/1?v=1`]);
    await until(() => stored('proxied/1'));
    expect((await read('proxied/1')).text).toBe('origin /proxied/1');
    expect(origin.seen).toContain('GET /proxied/1?v=1');
    expect((await send({ method: 'HEAD', key: 'proxied/2' })).status).toBe(404);
  });

  it('does so after a restart as well', async () => {
    await read('held/restart');
    await until(async () => held.length > 0);
    await server.stop('SIGKILL');
    for (const go of held.splice(0)) go();
    server = await startServerProcess({ folder: server.folder, flags: ['--origin-private-addresses'] });
    send = clientOf(server, 'rules');
    await until(async () => held.length > 0);
    for (const go of held.splice(0)) go();
    await until(() => stored('held/restart'));
    expect(origin.count('/held/restart')).toBe(2);
  });

  it('gives up on an origin that keeps failing', async () => {
    await set({ type: 'Proxy' });
    await read('fail/proxy');
    await until(async () => origin.count('/fail/proxy') >= 2);
    expect(await stored('fail/proxy')).toBe(false);
  });
});
