/** Uploads by forms: what browsers and mini programs send. Source: spec/objects.md §8.2. */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, clientOf, type Send } from '../../support/http.ts';
import { APPID, SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const BUCKET = `forms-${APPID}`;
let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = clientOf(server, 'forms');
  await send({ method: 'PUT' });
});
afterAll(() => server.remove());

const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex');

/** The fields that sign a form. */
function signed(conditions: readonly unknown[]): Record<string, string> {
  const now = Math.floor(Date.now() / 1000);
  const keyTime = `${now - 10};${now + 600}`;
  const policy = JSON.stringify({
    expiration: new Date((now + 600) * 1000).toISOString(),
    conditions: [
      ...conditions,
      { bucket: BUCKET },
      { 'q-sign-algorithm': 'sha1' },
      { 'q-ak': SECRET_ID },
      { 'q-sign-time': keyTime },
    ],
  });
  const digest = createHash('sha1').update(policy).digest('hex');
  return {
    policy: Buffer.from(policy).toString('base64'),
    'q-sign-algorithm': 'sha1',
    'q-ak': SECRET_ID,
    'q-key-time': keyTime,
    'q-signature': hmac(hmac(SECRET_KEY, keyTime), digest),
  };
}

/** As the platform's own `FormData` encodes it. */
async function post(fields: Readonly<Record<string, string>>, file: string | Buffer, name = 'a.txt'): Promise<Answer> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  form.append('file', new Blob([new Uint8Array(Buffer.from(file))]), name);
  const encoded = new Request('http://localhost/', { method: 'POST', body: form });
  const body = Buffer.from(await encoded.arrayBuffer());
  return send({
    method: 'POST',
    signed: false,
    headers: { 'Content-Type': encoded.headers.get('content-type')! },
    body,
  });
}

describe('PostObject', () => {
  it('stores the file with what the fields say', async () => {
    const answer = await post(
      {
        key: 'up/${filename}',
        'Content-Type': 'text/markdown',
        'Cache-Control': 'no-cache',
        'x-cos-meta-color': 'blue',
        'x-cos-storage-class': 'STANDARD_IA',
        acl: 'public-read',
        ...signed([['starts-with', '$key', 'up/'], { acl: 'public-read' }]),
      },
      '[Object Content]',
      '文 a.md',
    );
    expect(answer.status, answer.text).toBe(204);
    expect(answer.headers['etag']).toBe('"ee8de918d05640145b18f70f4c3aa602"');
    expect(answer.headers['x-cos-hash-crc64ecma']).toBe('16749565679157681890');
    expect(answer.headers['location']).toBe(
      `http://${BUCKET}.cos.ap-guangzhou.myqcloud.com/up/${encodeURIComponent('文 a.md')}`,
    );
    const read = await send({ method: 'GET', key: 'up/文 a.md', signed: false });
    expect(read.text).toBe('[Object Content]');
    expect(read.headers).toMatchObject({
      'content-type': 'text/markdown',
      'cache-control': 'no-cache',
      'x-cos-meta-color': 'blue',
      'x-cos-storage-class': 'STANDARD_IA',
    });
  });

  it('answers as the form wishes', async () => {
    const fields = () => ({ key: 'k', ...signed([]) });
    for (const status of ['200', '201', '204']) {
      expect((await post({ ...fields(), success_action_status: status }, 'x')).status).toBe(Number(status));
    }
    expect((await post({ ...fields(), success_action_status: '418' }, 'x')).status).toBe(204);
    const redirected = await post({ ...fields(), success_action_redirect: 'http://example.org/done?a=1' }, 'x');
    expect(redirected.status).toBe(303);
    expect(redirected.headers['location']).toBe(
      `http://example.org/done?a=1&bucket=${BUCKET}&key=k&etag=%22${createHash('md5').update('x').digest('hex')}%22`,
    );
  });

  it('holds the form to its policy', async () => {
    const cases: [Record<string, string>, number, string][] = [
      [{ key: 'other', ...signed([['starts-with', '$key', 'up/']]) }, 403, 'AccessDenied'],
      [{ key: 'k', ...signed([['content-length-range', 2, 3]]) }, 400, 'EntityTooLarge'],
      [{ key: 'k', ...signed([['content-length-range', 5, 9]]) }, 400, 'EntityTooSmall'],
      [{ key: 'k', ...signed([]), 'q-signature': '0'.repeat(40) }, 403, 'SignatureDoesNotMatch'],
      [{ key: 'k', ...signed([]), 'q-ak': 'AKIDunknown' }, 403, 'InvalidAccessKeyId'],
      [{ key: 'k', ...signed([]), 'q-sign-algorithm': 'md5' }, 400, 'VerifyAlgorithmNotSupported'],
      [{ key: 'k', ...signed([]), policy: 'e30=' }, 400, 'InvalidPolicyDocument'],
      [{ key: 'k' }, 403, 'AccessDenied'],
      [{ ...signed([]) }, 400, 'InvalidArgument'],
    ];
    for (const [fields, status, code] of cases) {
      const answer = await post(fields, 'four');
      expect([answer.status, answer.error['Code']], answer.text).toEqual([status, code]);
    }
    expect((await send({ method: 'HEAD', key: 'other' })).status).toBe(404);
  });

  it('takes exactly one file, whole', async () => {
    const head = (name: string, file = '') => `--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`;
    const field = ([name, value]: [string, string]) => `${head(name)}${value}\r\n`;
    const fields = Object.entries({ key: 'one', ...signed([]) })
      .map(field)
      .join('');
    const file = `${head('file', '; filename="f"')}content\r\n`;
    const form = (body: string) =>
      send({ method: 'POST', signed: false, headers: { 'Content-Type': 'multipart/form-data; boundary=b' }, body });
    for (const [body, code] of [
      [`${fields}--b--\r\n`, 'IncorrectNumberOfFilesInPostRequest'],
      [`${fields}${file}${file}--b--\r\n`, 'IncorrectNumberOfFilesInPostRequest'],
      [`${fields}${file}`, 'MalformedPOSTRequest'],
      ['no form', 'MalformedPOSTRequest'],
    ] as const) {
      const answer = await form(body);
      expect([answer.status, answer.error['Code']], answer.text).toEqual([400, code]);
      expect((await send({ method: 'HEAD', key: 'one' })).status).toBe(404);
    }
    const late = await form(`${fields}${file}${field(['x-cos-meta-late', 'ignored'])}--b--\r\n`);
    expect(late.status, late.text).toBe(204);
    const read = await send({ method: 'GET', key: 'one' });
    expect([read.text, read.headers['x-cos-meta-late']]).toEqual(['content', undefined]);
    const plain = await send({ method: 'POST', signed: false, body: 'x', headers: { 'Content-Type': 'text/plain' } });
    expect(plain.error['Code']).toBe('MalformedPOSTRequest');
  });

  it('keeps what is there when the form forbids to overwrite it', async () => {
    const fields = () => ({ key: 'first', 'x-cos-forbid-overwrite': 'true', ...signed([]) });
    expect((await post(fields(), 'one')).status).toBe(204);
    const second = await post(fields(), 'two');
    expect([second.status, second.error['Code']]).toEqual([409, 'FileAlreadyExists']);
    expect((await send({ method: 'GET', key: 'first' })).text).toBe('one');
  });

  it('is open to everybody where the bucket is', async () => {
    const open = `open-${APPID}`;
    await send({ method: 'PUT', bucket: open, headers: { 'x-cos-acl': 'public-read-write' } });
    const body =
      '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n';
    const headers = { 'Content-Type': 'multipart/form-data; boundary=b' };
    expect((await send({ method: 'POST', bucket: open, signed: false, headers, body })).status).toBe(204);
  });

  it('makes a version where the bucket keeps them, encrypted where the form asks for it', async () => {
    const bucket = `versions-${APPID}`;
    await send({ method: 'PUT', bucket });
    const status = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await send({ method: 'PUT', bucket, query: { versioning: '' }, body: status });
    const body =
      '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nk\r\n' +
      '--b\r\nContent-Disposition: form-data; name="x-cos-server-side-encryption"\r\n\r\nAES256\r\n' +
      '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n';
    const answer = await send({
      method: 'POST',
      bucket,
      headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
      body,
    });
    expect(answer.status, answer.text).toBe(204);
    expect(answer.headers['x-cos-version-id']).toMatch(/^\w{20,}$/);
    expect(answer.headers['x-cos-server-side-encryption']).toBe('AES256');
  });
});
