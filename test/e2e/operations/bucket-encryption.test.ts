/** Encryption of a bucket's objects whose writers ask for none. Source: spec/buckets.md §23, spec/objects.md §5. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, initiate, makeBucket, put, putParts, uploadPart } from '../../support/buckets.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Answer, Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
/** Without a configuration. */
let bare: Send;
let byCos: Send;
let byKms: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '1'] });
  send = await makeBucket(server, 'defaults');
  bare = await makeBucket(server, 'defaults-bare');
  byCos = await makeBucket(server, 'by-cos', { acl: 'public-read-write' });
  byKms = await makeBucket(server, 'by-kms');
  await put(byCos, 'before', 'plain');
  await expectStatus(setDefault(byCos, rule('AES256')), 200);
  await expectStatus(setDefault(byKms, rule('KMS')), 200);
});
afterAll(() => server.remove());

const SSE = 'x-cos-server-side-encryption';
const ROOT = 'ServerSideEncryptionConfiguration';
const NAME = 'ApplyServerSideEncryptionByDefault';
const applied = (inner: string, name = NAME, more = '') =>
  `<${ROOT}><Rule><${name}>${inner}</${name}>${more}</Rule></${ROOT}>`;
const rule = (algorithm: string, more = '') => applied(`<SSEAlgorithm>${algorithm}</SSEAlgorithm>${more}`);
const keyed = (keyId: string) => rule('KMS', `<KMSMasterKeyID>${keyId}</KMSMasterKeyID>`);
const setDefault = (to: Send, body: string) => to({ method: 'PUT', query: { encryption: '' }, body });
const getDefault = (from: Send) => from({ method: 'GET', query: { encryption: '' } });
const removeDefault = (from: Send) => from({ method: 'DELETE', query: { encryption: '' } });
const shown = ({ headers }: Answer) => headers[SSE];
const kms = (action: string, ...args: string[]): string =>
  execFileSync(process.execPath, ['dist/cli/main.js', 'kms', action, ...args, '--data', join(server.folder, 'data')], {
    encoding: 'utf8',
  }).trim();

/** An upload of nobody's by a form. */
function postForm(): Promise<Answer> {
  const field = (name: string, value: string) =>
    `--f\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const body = `${field('key', 'form')}${field('success_action_status', '200')}${field('file', 'hello')}--f--\r\n`;
  return byCos({ method: 'POST', headers: { 'Content-Type': 'multipart/form-data; boundary=f' }, body, signed: false });
}

describe('PutBucketEncryption', () => {
  it('takes both names of the inner element, and shows one', async () => {
    for (const name of [NAME, 'ApplySideEncryptionConfiguration']) {
      await expectStatus(setDefault(send, applied('<SSEAlgorithm>AES256</SSEAlgorithm>', name)), 200);
      expect((await getDefault(send)).text).toBe(rule('AES256'));
      await expectStatus(removeDefault(send), 204);
    }
  });

  it('gives back what it was given', async () => {
    const id = kms('create');
    for (const body of [
      rule('KMS'),
      keyed(id),
      rule('KMS', `<KMSMasterKeyID>${id}</KMSMasterKeyID><KMSAlgorithm>AES256</KMSAlgorithm>`),
      applied('<SSEAlgorithm>AES256</SSEAlgorithm>', NAME, '<BucketKeyEnabled>false</BucketKeyEnabled>'),
    ]) {
      await expectStatus(setDefault(send, body), 200);
      expect((await getDefault(send)).text).toBe(body);
    }
    await expectStatus(removeDefault(send), 204);
  });

  it.each([
    ['no rule', `<${ROOT}/>`, 400, 'MalformedXML'],
    ['no algorithm', applied(''), 400, 'MalformedXML'],
    ['an empty algorithm', rule(''), 400, 'MalformedXML'],
    ['another root', '<Encryption/>', 400, 'MalformedXML'],
    ['no body', '', 400, 'MissingRequestBodyError'],
    ['two rules', rule('AES256').replace(/<Rule>.*<\/Rule>/, '$&$&'), 400, 'InvalidArgument'],
    ['an unknown algorithm', rule('AES789'), 400, 'SSEContentNotSupported'],
    ['a key beside AES256', rule('AES256', '<KMSMasterKeyID>k</KMSMasterKeyID>'), 400, 'InvalidArgument'],
    ['an unknown key', keyed('00000000-0000-0000-0000-000000000000'), 400, 'KmsKeyNotExist'],
    ['SM4', rule('SM4'), 501, 'NotImplemented'],
    [
      'bucket keys',
      applied('<SSEAlgorithm>KMS</SSEAlgorithm>', NAME, '<BucketKeyEnabled>true</BucketKeyEnabled>'),
      501,
      'NotImplemented',
    ],
    ['more than 64 KiB', rule('AES256', ' '.repeat(65_536)), 400, 'XMLSizeLimit'],
  ] as const)('refuses %s', async (_, body, status, code) => {
    expectError(await setDefault(bare, body), status, code);
    expectError(await getDefault(bare), 404, 'NoSuchEncryptionConfiguration');
  });

  it('refuses a key that is disabled, and writers learn it where it is disabled later', async () => {
    const to = await makeBucket(server, 'disabled');
    const id = kms('create');
    kms('disable', id);
    expectError(await setDefault(to, keyed(id)), 400, 'KmsKeyDisabled');
    kms('enable', id);
    await expectStatus(setDefault(to, keyed(id)), 200);
    expect((await put(to, 'k', 'x')).headers[`${SSE}-cos-kms-key-id`]).toBe(id);
    kms('disable', id);
    // A permission may be a second old.
    await expect
      .poll(async () => (await to({ method: 'PUT', key: 'k2', body: 'x' })).status, { timeout: 5_000 })
      .toBe(400);
    expectError(await to({ method: 'PUT', key: 'k2', body: 'x' }), 400, 'KmsKeyDisabled');
    await expectStatus(removeDefault(to), 204);
    await put(to, 'k2', 'x');
  });

  it('is for the owner', async () => {
    for (const call of [setDefault, getDefault, removeDefault]) {
      const answer = await call((sent) => byCos({ ...sent, signed: false }), rule('AES256'));
      expect(failure(answer)).toEqual([403, 'AccessDenied']);
    }
  });

  it.each([
    ['PUT', () => put(byCos, 'put', 'x')],
    ['an anonymous PUT', () => byCos({ method: 'PUT', key: 'nobody', body: 'x', signed: false })],
    ['a form', () => postForm()],
    [
      'a copy',
      () => byCos({ method: 'PUT', key: 'copy', headers: { 'x-cos-copy-source': `/by-cos-${APPID}/before` } }),
    ],
    ['APPEND', () => byCos({ method: 'POST', key: 'append', query: { append: '', position: '0' }, body: 'x' })],
    ['Initiate', () => byCos({ method: 'POST', key: 'parts', query: { uploads: '' } })],
    ['Complete', () => putParts(byCos, 'whole', ['x', 'y'])],
    [
      'the second APPEND',
      () => byCos({ method: 'POST', key: 'append', query: { append: '', position: '1' }, body: 'y' }),
    ],
  ])('encrypts what comes by %s', async (_, write) => {
    expect(shown(await expectStatus(write(), 200))).toBe('AES256');
  });

  it('is shown by reads, which give the bytes back', async () => {
    await put(byCos, 'read', 'hello');
    await putParts(byCos, 'read-parts', ['hel', 'lo']);
    for (const key of ['read', 'read-parts']) {
      expect(shown(await expectStatus(byCos({ method: 'HEAD', key }), 200))).toBe('AES256');
      const got = await expectStatus(byCos({ method: 'GET', key }), 200);
      expect([shown(got), got.text]).toEqual(['AES256', 'hello']);
    }
  });

  it('takes the default key of KMS where none is named', async () => {
    const { headers } = await put(byKms, 'k', 'hello');
    expect(headers[SSE]).toBe('cos/kms');
    const keyId = headers[`${SSE}-cos-kms-key-id`];
    expect(keyId).toMatch(/^[0-9a-f-]{36}$/);
    const got = await byKms({ method: 'GET', key: 'k' });
    expect([got.text, got.headers[`${SSE}-cos-kms-key-id`]]).toEqual(['hello', keyId]);
    expect((await put(byKms, 'k', 'x', { [SSE]: 'AES256' })).headers[SSE]).toBe('AES256');
  });

  it('leaves objects of before as they are, open to everybody, and the new ones closed', async () => {
    expect(shown(await byCos({ method: 'HEAD', key: 'before' }))).toBeUndefined();
    expect((await byCos({ method: 'GET', key: 'before', signed: false })).text).toBe('plain');
    await put(byCos, 'after', 'x');
    expect(failure(await byCos({ method: 'GET', key: 'after', signed: false }))).toEqual([403, 'AccessDenied']);
  });

  it('counts from Initiate on for an upload', async () => {
    const uploadId = await initiate(byCos, 'spanning');
    await expectStatus(removeDefault(byCos), 204);
    await uploadPart(byCos, 'spanning', uploadId, 1, 'hello');
    const etag = await uploadPart(byCos, 'spanning', uploadId, 1, 'hello');
    const part = `<Part><PartNumber>1</PartNumber><ETag>${etag}</ETag></Part>`;
    const body = `<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`;
    await expectStatus(byCos({ method: 'POST', key: 'spanning', query: { uploadId }, body }), 200);
    expect(shown(await byCos({ method: 'HEAD', key: 'spanning' }))).toBe('AES256');
    expect(shown(await put(byCos, 'plain-again', 'x'))).toBeUndefined();
    await expectStatus(setDefault(byCos, rule('AES256')), 200);
  });

  it('does not encrypt symlinks, which everybody may follow to what is open', async () => {
    const link = { method: 'PUT', key: 'link', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'before' } };
    await expectStatus(byCos(link), 200);
    expect((await byCos({ method: 'GET', key: 'link', signed: false })).text).toBe('plain');
  });
});

describe('GetBucketEncryption', () => {
  it('says that there is none', async () => {
    expectError(await getDefault(bare), 404, 'NoSuchEncryptionConfiguration');
  });

  it.each(SDKS)('is what the Node SDK %s set', async (_, make) => {
    const sdk = make(server);
    const where = { Bucket: `defaults-${APPID}`, Region: REGION };
    const Rule = [{ ApplySideEncryptionConfiguration: { SSEAlgorithm: 'AES256' } }];
    await sdk['putBucketEncryption']({ ...where, ServerSideEncryptionConfiguration: { Rule } });
    expect((await getDefault(send)).text).toBe(rule('AES256'));
    expect((await sdk['getBucketEncryption'](where)).statusCode).toBe(200);
    expect((await sdk['deleteBucketEncryption'](where)).statusCode).toBe(204);
    expectError(await getDefault(send), 404, 'NoSuchEncryptionConfiguration');
  });
});

describe('DeleteBucketEncryption', () => {
  it('removes it, and is content where there is none', async () => {
    await expectStatus(setDefault(send, rule('AES256')), 200);
    for (let times = 0; times < 2; times++) expect((await expectStatus(removeDefault(send), 204)).text).toBe('');
    expect(shown(await put(send, 'k', 'x'))).toBeUndefined();
  });
});
