/** TLS as clients meet it: official SDKs through the TLS port and through CONNECT, own certificates, foreign names. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorityCertificate, makeKeys, serverCertificate } from '../../src/platform/certificates/certificate.ts';
import { exchange } from '../support/raw.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

const run = promisify(execFile);
const BUCKET = `tls-${APPID}`;
const NAME = `${BUCKET}.cos.${REGION}.myqcloud.com`;
const HOUR_MS = 3_600_000;
const SDKS = ['cos-nodejs-sdk-v5', 'cos-nodejs-sdk-v5-2'];

interface Ready {
  readonly tls?: { readonly port: number; readonly caFile: string };
  readonly tlsAddresses?: readonly { readonly host: string; readonly port: number }[];
}

const readyOf = (server: ServerProcess) => JSON.parse(readFileSync(join(server.folder, 'ready.json'), 'utf8')) as Ready;
const authorityOf = (server: ServerProcess) => join(server.folder, 'data', 'tls', 'ca.crt');

/** The CLI. */
async function cosette(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', ...args], {
    env: { ...process.env, LC_ALL: 'C', ...env },
    timeout: 20_000,
  });
  return stdout;
}

/** An SDK in a process of its own. */
async function sdk(name: string, options: Record<string, unknown>, ca?: string): Promise<Record<string, unknown>> {
  const { HTTP_PROXY, HTTPS_PROXY, http_proxy, https_proxy, ...clean } = process.env;
  const all = JSON.stringify({ SecretId: SECRET_ID, SecretKey: SECRET_KEY, ...options });
  const { stdout } = await run(process.execPath, ['test/support/tls-client.mjs', name, all, BUCKET, REGION], {
    env: { ...clean, ...(ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: ca }) },
    timeout: 20_000,
  });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Status of a GET, or the code of the error. */
function get(port: number, options: { ca?: string; host?: string; servername?: string }): Promise<number | string> {
  const { ca, host = '127.0.0.1', servername = '' } = options;
  return new Promise((resolve) => {
    request({
      host,
      port,
      servername,
      agent: false,
      path: '/_cosette/health/ready',
      ...(ca === undefined ? {} : { ca }),
    })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end();
  });
}

describe('with a TLS port', () => {
  let server: ServerProcess;
  let tlsPort: number;
  beforeAll(async () => {
    server = await startServerProcess({ flags: ['--tls-port', '0', '--limits-head-stall-ms', '600'] });
    tlsPort = readyOf(server).tls!.port;
  });
  afterAll(() => server.remove());

  it('says where it is and what to trust', () => {
    const { tls, tlsAddresses } = readyOf(server);
    expect(tls?.caFile).toBe(authorityOf(server));
    expect(existsSync(authorityOf(server))).toBe(true);
    expect(tlsAddresses?.[0]).toEqual({ host: '127.0.0.1', port: tlsPort });
    expect(server.output()).toContain(`https://127.0.0.1:${tlsPort}`);
  });

  it.each(SDKS)('%s reaches real names over https, with the authority trusted and not else', async (name) => {
    const options = { Protocol: 'https:', Ip: `127.0.0.1:${tlsPort}` };
    expect(await sdk(name, options, authorityOf(server))).toMatchObject({ same: true, buckets: [BUCKET] });
    expect(await sdk(name, options)).toMatchObject({
      error: expect.stringMatching(/CERT|SIGNATURE|certificate|ISSUER/i),
    });
  });

  it.each(SDKS)('%s reaches real names through CONNECT', async (name) => {
    const options = { Proxy: `http://127.0.0.1:${server.port}` };
    const result = await sdk(name, options, authorityOf(server));
    expect(result).toMatchObject({ same: true, buckets: [BUCKET] });
    expect(result['location']).toContain(NAME);
  });

  it('has a certificate for its addresses and for no foreign name', async () => {
    const ca = readFileSync(authorityOf(server), 'utf8');
    expect(await get(tlsPort, { ca })).toBe(200);
    expect(await get(tlsPort, { ca, servername: 'localhost' })).toBe(200);
    expect(await get(tlsPort, { ca, servername: 'example.com' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await get(tlsPort, { ca, servername: `x.${NAME}` })).toBe(200);
    expect(await get(tlsPort, {})).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('ends a handshake that does not come to its end, and goes on', async () => {
    const socket = connect(tlsPort, '127.0.0.1').on('error', () => undefined);
    const began = performance.now();
    // The beginning of a ClientHello, one byte after the other.
    const bytes = [...Buffer.from('16030102000100', 'hex'), ...Buffer.alloc(500)];
    const drip = setInterval(() => socket.write(Buffer.of(bytes.shift() ?? 0)), 100);
    socket.resume();
    await once(socket, 'close');
    clearInterval(drip);
    expect(performance.now() - began).toBeGreaterThan(500);
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(await get(tlsPort, { ca: readFileSync(authorityOf(server), 'utf8') })).toBe(200);
  });

  it('stops at once when handshakes, tunnels and idle connections are open', async () => {
    const other = await startServerProcess({ flags: ['--tls-port', '0'] });
    const ports = [readyOf(other).tls!.port, other.port];
    const sockets = ports.map((port) => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    sockets[1]!.write(`CONNECT ${NAME}:443 HTTP/1.1\r\nHost: ${NAME}:443\r\n\r\n`);
    await once(sockets[1]!, 'data');
    const began = performance.now();
    expect(await other.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(5_000);
    for (const socket of sockets) socket.destroy();
    await other.remove();
  });
});

describe('without a TLS port', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServerProcess({ flags: ['--bare-hosts', 'cosette.lan'] });
  });
  afterAll(() => server.remove());

  it('makes no authority before a tunnel needs one, and keeps it over a restart', async () => {
    expect(readyOf(server).tls).toBeUndefined();
    expect(existsSync(authorityOf(server))).toBe(false);
    const first = await cosette(['trust', '--data', join(server.folder, 'data'), '--json']);
    const { file, fingerprint, made } = JSON.parse(first) as Record<string, unknown>;
    expect({ file, made }).toEqual({ file: authorityOf(server), made: true });
    const proxy = { Proxy: `http://127.0.0.1:${server.port}` };
    expect(await sdk(SDKS[0]!, proxy, authorityOf(server))).toMatchObject({ same: true });
    await server.stop();
    server = await startServerProcess({ folder: server.folder });
    const again = JSON.parse(await cosette(['trust', '--data', join(server.folder, 'data'), '--json']));
    expect(again).toMatchObject({ fingerprint, made: false });
    const after = { Proxy: `http://127.0.0.1:${server.port}` };
    expect(await sdk(SDKS[0]!, after, authorityOf(server))).toMatchObject({ same: true });
  });

  it.each([
    ['CONNECT', 'example.com:443'],
    ['CONNECT', '169.254.169.254:80'],
    ['CONNECT', `${NAME}.example.com:443`],
    ['GET', 'http://example.com/'],
    ['PUT', 'http://example.com/key'],
  ])('refuses %s %s, and says so in the log', async (method, target) => {
    const answer = await exchange(server.port, [`${method} ${target} HTTP/1.1\r\nHost: x\r\n\r\n`]);
    expect(answer.status).toBe(403);
    expect(answer.headers['x-cos-request-id']).toMatch(/^[A-Za-z0-9+/=]{30,}$/);
    expect(answer.body).toContain('<Code>AccessDenied</Code>');
    expect(answer.body).toContain('proxy for its own names only');
    const name = method === 'CONNECT' ? target : 'example.com';
    await expect
      .poll(() =>
        server
          .output()
          .split('\n')
          .filter((line) => line.includes(`"name":"${name}","method":"${method}"`)),
      )
      .not.toEqual([]);
  });

  it('takes plain HTTP through a tunnel', async () => {
    const head = `CONNECT ${NAME}:80 HTTP/1.1\r\nHost: ${NAME}:80\r\n\r\n`;
    const socket: Socket = connect(server.port, '127.0.0.1');
    socket.write(head);
    await once(socket, 'data');
    socket.write(`GET /nothing HTTP/1.1\r\nHost: ${NAME}\r\nConnection: close\r\n\r\n`);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1\.1 40[34] /);
    socket.destroy();
  });
});

describe("with the operator's certificate", () => {
  let folder: string;
  const cert = () => join(folder, 'own.pem');
  const key = () => join(folder, 'own-key.pem');
  const issuer = { name: 'the operator', keys: makeKeys() };
  const validity = { fromMs: Date.now() - HOUR_MS, toMs: Date.now() + HOUR_MS };
  const ca = authorityCertificate(issuer, validity);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cosette-own-'));
    const keys = makeKeys();
    writeFileSync(cert(), serverCertificate(issuer, keys.publicKey, ['cos.example.com', '127.0.0.1'], validity));
    writeFileSync(key(), keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('shows it for every name, on the port and in tunnels, and makes no authority', async () => {
    const server = await startServerProcess({ flags: ['--tls-port', '0', '--tls-cert', cert(), '--tls-key', key()] });
    try {
      const { port } = readyOf(server).tls!;
      expect(await get(port, { ca })).toBe(200);
      expect(await get(port, { ca, servername: NAME })).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
      const socket = connect(server.port, '127.0.0.1');
      socket.write(`CONNECT ${NAME}:443 HTTP/1.1\r\nHost: ${NAME}:443\r\n\r\n`);
      await once(socket, 'data');
      const inside = connectTls({ socket, ca, servername: 'cos.example.com' });
      await once(inside, 'secureConnect');
      expect(inside.getPeerCertificate().issuer.CN).toBe('the operator');
      inside.destroy();
      expect(existsSync(authorityOf(server))).toBe(false);
    } finally {
      await server.remove();
    }
  });

  it.each([
    ['a key of something else', () => [cert(), join(folder, 'other-key.pem')], /no certificate and its key in PEM/],
    ['a file that is not there', () => [cert(), join(folder, 'none.pem')], /none\.pem does not exist/],
    ['a certificate alone', () => [cert()], /tls\.key .*must be given/],
  ])('does not start with %s', async (_, files, message) => {
    writeFileSync(join(folder, 'other-key.pem'), makeKeys().privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const [certFile = '', keyFile] = files();
    const flags = ['--tls-port', '0', '--tls-cert', certFile, ...(keyFile === undefined ? [] : ['--tls-key', keyFile])];
    await expect(startServerProcess({ flags })).rejects.toThrow(message);
  });
});

describe('cosette trust', () => {
  it('speaks English and Chinese, and names the file for every client', async () => {
    const data = mkdtempSync(join(tmpdir(), 'cosette-trust-'));
    try {
      const english = await cosette(['trust', '--data', data]);
      const file = join(data, 'tls', 'ca.crt');
      for (const line of [
        `export NODE_EXTRA_CA_CERTS=${file}`,
        `export REQUESTS_CA_BUNDLE=${file} SSL_CERT_FILE=${file}`,
        `keytool -importcert -noprompt -alias cosette -file ${file}`,
        `curl --cacert ${file}`,
        'update-ca-certificates',
        `certutil -addstore -user Root ${file}`,
      ]) {
        expect(english).toContain(line);
      }
      expect(english).toContain('Valid until');
      const chinese = await cosette(['trust', '--data', data, '--lang', 'zh']);
      expect(chinese).toContain('有效期至');
      expect(chinese).toContain(`export NODE_EXTRA_CA_CERTS=${file}`);
      expect(await cosette(['trust', '--data', data], { LC_ALL: 'zh_CN.UTF-8' })).toBe(chinese);
      expect(
        await cosette(['trust', '--data', data], { COSETTE_TLS_CERT: 'a.pem', COSETTE_TLS_KEY: 'b.pem' }),
      ).toContain('The server shows a.pem instead');
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  });
});
