/** Encryption at rest, through every way of writing and reading. Source: spec/objects.md §5. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, type Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '1'] });
  send = clientOf(server, 'sealed');
  expect((await send({ method: 'PUT' })).status).toBe(200);
});
afterAll(() => server.remove());

const md5 = (bytes: Buffer, encoding: 'hex' | 'base64' = 'hex') => createHash('md5').update(bytes).digest(encoding);
const SSE = 'x-cos-server-side-encryption';

function customer(key: Buffer, prefix = `${SSE}-customer-`): Record<string, string> {
  return {
    [`${prefix}algorithm`]: 'AES256',
    [`${prefix}key`]: key.toString('base64'),
    [`${prefix}key-MD5`]: md5(key, 'base64'),
  };
}

const KEY = Buffer.from('0123456789ABCDEF0123456789ABCDEF');
const WAYS = [
  { name: 'SSE-COS', write: { [SSE]: 'AES256' }, read: {}, shown: [SSE, 'AES256'], etagIsMd5: true },
  { name: 'SSE-KMS', write: { [SSE]: 'cos/kms' }, read: {}, shown: [SSE, 'cos/kms'], etagIsMd5: false },
  {
    name: 'SSE-C',
    write: customer(KEY),
    read: customer(KEY),
    shown: [`${SSE}-customer-key-md5`, 'U5L61r7jcwdNvT7frmUG8g=='],
    etagIsMd5: false,
  },
] as const;

/** Every byte the server keeps. */
function onDisk(): Buffer {
  const folder = join(server.folder, 'data');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Buffer.concat(
    names.filter((n) => statSync(join(folder, n)).isFile()).map((n) => readFileSync(join(folder, n))),
  );
}

async function readBack(key: string, read: Record<string, string>, content: Buffer): Promise<void> {
  const whole = await send({ method: 'GET', key, headers: read });
  expect(whole.status, whole.text.slice(0, 300)).toBe(200);
  expect(whole.body.equals(content)).toBe(true);
  for (const [first, last] of [
    [0, 0],
    [15, 17],
    [1_000, content.length - 1],
    [content.length - 5, content.length - 1],
  ] as const) {
    const part = await send({ method: 'GET', key, headers: { ...read, Range: `bytes=${first}-${last}` } });
    expect(part.status).toBe(206);
    expect(part.body.equals(content.subarray(first, last + 1))).toBe(true);
  }
}

describe.each(WAYS)('$name', ({ name, write, read, shown, etagIsMd5 }) => {
  const content = Buffer.concat([Buffer.from(`plain text of ${name} `.repeat(100)), randomBytes(5_000)]);
  const large = Buffer.concat([Buffer.from(`large text of ${name} `.repeat(100)), randomBytes(3 * 1024 * 1024)]);

  it('seals single objects, small and large, and reads any range of them', async () => {
    for (const [key, body] of [
      [`${name}/small`, content],
      [`${name}/large`, large],
    ] as const) {
      const put = await send({ method: 'PUT', key, headers: write, body });
      expect(put.status, put.text).toBe(200);
      expect(put.headers[shown[0]]).toBe(shown[1]);
      expect(put.headers['etag'] === `"${md5(body)}"`).toBe(etagIsMd5);
      await readBack(key, read, body);
      const head = await send({ method: 'HEAD', key, headers: read });
      expect(head.headers[shown[0]]).toBe(shown[1]);
      expect(head.headers['content-length']).toBe(String(body.length));
    }
    expect(onDisk().includes(`text of ${name} `)).toBe(false);
  });

  it('seals parts and appended pieces', async () => {
    const started = await send({ method: 'POST', key: `${name}/multi`, query: { uploads: '' }, headers: write });
    const uploadId = /<UploadId>(\w+)/.exec(started.text)![1]!;
    expect(started.headers[shown[0]]).toBe(shown[1]);
    let list = '';
    for (const [at, body] of [content, large, content].entries()) {
      const query = { partNumber: String(at + 1), uploadId };
      const part = await send({ method: 'PUT', key: `${name}/multi`, query, headers: read, body });
      expect(part.status, part.text).toBe(200);
      expect(part.headers['etag'] === `"${md5(body)}"`).toBe(etagIsMd5);
      list += `<Part><PartNumber>${at + 1}</PartNumber><ETag>${part.headers['etag']}</ETag></Part>`;
    }
    const done = await send({
      method: 'POST',
      key: `${name}/multi`,
      query: { uploadId },
      body: `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`,
    });
    expect(done.status, done.text).toBe(200);
    expect(done.headers[shown[0]]).toBe(shown[1]);
    await readBack(`${name}/multi`, read, Buffer.concat([content, large, content]));
    const second = await send({ method: 'GET', key: `${name}/multi`, query: { partNumber: '2' }, headers: read });
    expect(second.status).toBe(206);
    expect(second.body.equals(large)).toBe(true);

    for (const [at, headers] of [write, read].entries()) {
      const query = { append: '', position: String(at * content.length) };
      const piece = await send({ method: 'POST', key: `${name}/log`, query, headers, body: content });
      expect(piece.status, piece.text).toBe(200);
    }
    await readBack(`${name}/log`, read, Buffer.concat([content, content]));
    expect(onDisk().includes(`text of ${name} `)).toBe(false);
  });

  it('is taken off and put on by copies', async () => {
    const source = `/sealed-${APPID}/${encodeURIComponent(`${name}/small`)}`;
    const key = customer(KEY, 'x-cos-copy-source-server-side-encryption-customer-');
    const sourceKey = name === 'SSE-C' ? key : {};
    const plain = await send({
      method: 'PUT',
      key: `${name}/plain`,
      headers: { 'x-cos-copy-source': source, ...sourceKey },
      body: '',
    });
    expect(plain.status, plain.text).toBe(200);
    expect(plain.text).toContain(md5(content));
    await readBack(`${name}/plain`, {}, content);
    const other = Buffer.from('another key of thirty two bytes!');
    const resealed = await send({
      method: 'PUT',
      key: `${name}/resealed`,
      headers: { 'x-cos-copy-source': source, ...sourceKey, ...customer(other) },
      body: '',
    });
    expect(resealed.status, resealed.text).toBe(200);
    await readBack(`${name}/resealed`, customer(other), content);
  });
});

describe('the key of SSE-C', () => {
  it('must be shown, and be the right one', async () => {
    await send({ method: 'PUT', key: 'mine', headers: customer(KEY), body: 'mine' });
    const none = await send({ method: 'GET', key: 'mine' });
    expect([none.status, none.error['Code']]).toEqual([400, 'InvalidRequest']);
    expect((await send({ method: 'HEAD', key: 'mine' })).status).toBe(400);
    const wrong = await send({ method: 'GET', key: 'mine', headers: customer(Buffer.alloc(32, 1)) });
    expect([wrong.status, wrong.error['Code']]).toEqual([403, 'AccessDenied']);
    const copy = await send({
      method: 'PUT',
      key: 'copy',
      headers: { 'x-cos-copy-source': `/sealed-${APPID}/mine` },
      body: '',
    });
    expect([copy.status, copy.error['Code']]).toEqual([400, 'SsecDecryptHeaderInvalid']);
    await send({ method: 'PUT', key: 'open', body: 'open' });
    const needless = await send({ method: 'GET', key: 'open', headers: customer(KEY) });
    expect([needless.status, needless.error['Code']]).toEqual([400, 'InvalidRequest']);
    expect(onDisk().includes(KEY)).toBe(false);
    expect(onDisk().includes(KEY.toString('base64'))).toBe(false);
  });
});

it('survives a restart', async () => {
  await send({ method: 'PUT', key: 'kept', headers: { [SSE]: 'cos/kms' }, body: 'kept' });
  await server.stop();
  server = await startServerProcess({ folder: server.folder });
  send = clientOf(server, 'sealed');
  expect((await send({ method: 'GET', key: 'kept' })).text).toBe('kept');
});
