/** Certificates of custom domains, as clients of the TLS port see them. Source: spec/buckets.md §17.1. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorityCertificate, makeKeys, serverCertificate } from '../../../src/platform/certificates/certificate.ts';
import { expectStatus, makeBucket, md5Base64, put } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send, type Sent } from '../../support/http.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let tlsPort: number;
let send: Send;
let other: Send;

async function start(folder?: string): Promise<void> {
  server = await startServerProcess({ flags: ['--tls-port', '0'], ...(folder === undefined ? {} : { folder }) });
  const ready = JSON.parse(readFileSync(join(server.folder, 'ready.json'), 'utf8')) as { tls: { port: number } };
  tlsPort = ready.tls.port;
  send = clientOf(server, 'home');
  other = clientOf(server, 'other');
}
beforeAll(async () => {
  await start();
  await makeBucket(server, 'home', { acl: 'public-read' });
  await makeBucket(server, 'other');
  await put(send, 'k', 'hello');
  await bind(send, 'Www.example.com', 'files.example.com', 'plain.example.com');
  await bind(other, 'other.example.com');
});
afterAll(() => server.remove());

function bind(to: Send, ...names: string[]) {
  const rules = names.map(
    (name) => `<DomainRule><Status>ENABLED</Status><Name>${name}</Name><Type>REST</Type></DomainRule>`,
  );
  const body = `<DomainConfiguration>${rules.join('')}</DomainConfiguration>`;
  return expectStatus(to({ method: 'PUT', query: { domain: '' }, body }), 200);
}

const DAY_MS = 86_400_000;
const issuer = { name: 'a test', keys: makeKeys() };
const always = { fromMs: 0, toMs: Date.now() + 3_650 * DAY_MS };
const authority = authorityCertificate(issuer, always);
const FROM_MS = Math.floor(Date.now() / 1000) * 1000 - DAY_MS;
const TO_MS = FROM_MS + 90 * DAY_MS;

/** A certificate of an authority that the server knows nothing of. */
function certified(names: readonly string[], toMs = TO_MS): { cert: string; key: string } {
  const keys = makeKeys();
  const cert = serverCertificate(issuer, keys.publicKey, names, { fromMs: FROM_MS, toMs });
  return { cert, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
const TWO = certified(['www.example.com', 'files.example.com']);

const document = (custom: string, names: readonly string[], type = 'CustomCert') =>
  `<DomainCertificate><CertificateInfo><CertType>${type}</CertType>${custom}</CertificateInfo><DomainList>` +
  `${names.map((name) => `<DomainName>${name}</DomainName>`).join('')}</DomainList></DomainCertificate>`;
const custom = ({ cert, key }: { cert: string; key: string }, id = '') =>
  `<CustomCert><CertId>${id}</CertId><Cert>${cert}</Cert><PrivateKey>${key}</PrivateKey></CustomCert>`;
const setBody = (to: Send, body: string, headers: Sent['headers'] = {}) =>
  to({ method: 'PUT', query: { domaincertificate: '' }, body, headers });
const about = (domainname: string) => ({ domaincertificate: '', domainname });
const getOf = (from: Send, name: string) => from({ method: 'GET', query: about(name) });
const deleteOf = (from: Send, name: string) => from({ method: 'DELETE', query: about(name) });
const DISABLED = '<DomainCertificate><Status>Disabled</Status></DomainCertificate>';

/** What a browser that trusts one authority gets at a name: the object, or the reason why not. */
function read(servername: string, ca: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: tlsPort, servername, ca }, () => {
      socket.write(`GET /k HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('end', () => resolve(text.split('\r\n\r\n')[1] ?? ''));
  });
}
const ownAuthority = () => readFileSync(join(server.folder, 'data', 'tls', 'ca.crt'), 'utf8');

describe('PutBucketDomainCertificate', () => {
  it('is served at its names, also after a restart, and at no others', async () => {
    expect(await read('www.example.com', ownAuthority())).toBe('hello');
    expect(await read('www.example.com', authority)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    const body = document(custom(TWO, 'mine'), ['www.Example.com', 'files.example.com']);
    await expectStatus(setBody(send, body, { 'Content-MD5': md5Base64(body) }), 200);
    for (const again of [false, true]) {
      if (again) {
        await server.stop();
        await start(server.folder);
      }
      expect(await read('www.example.com', authority)).toBe('hello');
      expect(await read('files.example.com', authority)).toBe('hello');
      expect(await read('plain.example.com', authority)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
      expect(await read('plain.example.com', ownAuthority())).toBe('hello');
    }
    const next = certified(['www.example.com']);
    await expectStatus(setBody(send, document(custom(next), ['www.example.com'])), 200);
    expect(await read('www.example.com', authority)).toBe('hello');
  });

  it('keeps the key out of every file', () => {
    const key = TWO.key.split('\n')[1]!;
    const data = join(server.folder, 'data');
    const entries = readdirSync(data, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(readFileSync(file).includes(key)).toBe(false);
  });

  it('goes with its domain', async () => {
    await bind(send, 'www.example.com', 'plain.example.com');
    await bind(send, 'www.example.com', 'files.example.com', 'plain.example.com');
    expect((await getOf(send, 'files.example.com')).text).toBe(DISABLED);
    expect((await getOf(send, 'www.example.com')).text).toContain('<Status>Enabled</Status>');
  });

  const WWW = ['www.example.com'];
  it.each<[string, () => string]>([
    ['no certificate', () => document(custom({ ...TWO, cert: 'PEM' }), WWW)],
    ['no key', () => document(custom({ ...TWO, key: 'PEM' }), WWW)],
    ['a certificate for a key', () => document(custom({ ...TWO, key: TWO.cert }), WWW)],
    ['the key of another', () => document(custom({ ...TWO, key: certified(WWW).key }), WWW)],
    ['another name', () => document(custom(certified(['a.example.com'])), WWW)],
    ['one that has ended', () => document(custom(certified(WWW, FROM_MS + 1_000)), WWW)],
    ['a domain that is not bound', () => document(custom(certified(['b.example.com'])), ['b.example.com'])],
    ['a domain of another bucket', () => document(custom(certified(['other.example.com'])), ['other.example.com'])],
    ['another type', () => document(custom(certified(WWW)), WWW, 'HostedCert')],
    ['more than 20 KiB', () => document(custom({ ...TWO, cert: TWO.cert.repeat(40) }), WWW)],
  ])('refuses %s', async (_, body) => {
    expectError(await setBody(send, body()), 400, 'InvalidArgument');
  });

  it('refuses what is malformed, damaged, missing, too long or not hosted here', async () => {
    for (const body of [
      document('', WWW),
      document(custom(TWO), []),
      document('<CustomCert/>', WWW),
      '<Certificate/>',
    ]) {
      expectError(await setBody(send, body), 400, 'MalformedXML');
    }
    const body = document(custom(TWO), WWW);
    expectError(await setBody(send, body, { 'Content-MD5': md5Base64('x') }), 400, 'BadDigest');
    expectError(await setBody(send, body, { 'Content-MD5': 'x' }), 400, 'InvalidDigest');
    expectError(await setBody(send, ''), 400, 'MissingRequestBodyError');
    expectError(await setBody(send, document(custom({ ...TWO, cert: ' '.repeat(65_536) }), WWW)), 400, 'XMLSizeLimit');
    expectError(
      await setBody(send, document('<CustomCert><CertId>x</CertId></CustomCert>', WWW)),
      501,
      'NotImplemented',
    );
    const nobody = { method: 'PUT', query: { domaincertificate: '' }, body, signed: false };
    expectError(await send(nobody), 403, 'AccessDenied');
  });
});

describe('GetBucketDomainCertificate', () => {
  it('tells how long it holds, and nothing of the key', async () => {
    await expectStatus(setBody(send, document(custom(TWO, 'mine'), ['files.example.com'])), 200);
    expect((await getOf(send, 'FILES.example.com')).text).toBe(
      '<DomainCertificate><Status>Enabled</Status><CertificateInfo><CertId>mine</CertId>' +
        `<ValidityBegin>${FROM_MS / 1000}</ValidityBegin><ValidityExpire>${TO_MS / 1000}</ValidityExpire>` +
        '</CertificateInfo></DomainCertificate>',
    );
    for (const name of ['plain.example.com', 'other.example.com', 'nothing']) {
      expect((await expectStatus(getOf(send, name), 200)).text).toBe(DISABLED);
    }
    expectError(await send({ method: 'GET', query: { domaincertificate: '' } }), 400, 'InvalidArgument');
    expectError(await send({ method: 'GET', query: about('a.com'), signed: false }), 403, 'AccessDenied');
  });
});

describe('DeleteBucketDomainCertificate', () => {
  it('gives the name back to the local authority, and does so again', async () => {
    await expectStatus(setBody(send, document(custom(TWO), ['files.example.com'])), 200);
    expect(await read('files.example.com', authority)).toBe('hello');
    for (const name of ['files.example.com', 'files.example.com', 'nothing']) {
      await expectStatus(deleteOf(send, name), 204);
    }
    expect((await getOf(send, 'files.example.com')).text).toBe(DISABLED);
    expect(await read('files.example.com', ownAuthority())).toBe('hello');
    expectError(await send({ method: 'DELETE', query: { domaincertificate: '' } }), 400, 'InvalidArgument');
    await expectStatus(setBody(other, document(custom(certified(['other.example.com'])), ['other.example.com'])), 200);
    await expectStatus(deleteOf(send, 'other.example.com'), 204);
    expect((await getOf(other, 'other.example.com')).text).toContain('Enabled');
  });
});
