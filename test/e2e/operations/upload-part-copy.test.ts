/** Upload Part - Copy. Source: spec/objects.md §6.4, §11.4. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  complete,
  expectStatus,
  failure,
  initiate,
  makeBucket,
  md5Hex,
  put,
  putParts,
  textOf,
  textsOf,
} from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
const HOST = `multi-${APPID}.cos.${REGION}.myqcloud.com`;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '10'] });
  send = await makeBucket(server, 'multi');
});
afterAll(() => server.remove());

const get = (key: string) => send({ method: 'GET', key });

describe('UploadPartCopy', () => {
  const content = randomBytes(300_000);
  const source = `${HOST}/copied/%E4%B8%AD`;
  beforeAll(() => put(send, 'copied/中', content));
  const copyPart = (key: string, uploadId: string, number: number, headers: Record<string, string>) =>
    send({
      method: 'PUT',
      key,
      query: { partNumber: String(number), uploadId },
      headers: { 'x-cos-copy-source': source, 'Content-Length': '0', ...headers },
    });
  const range = (first: number, last: number) => ({ 'x-cos-copy-source-range': `bytes=${first}-${last}` });

  it('copies ranges, whole objects and tails', async () => {
    const uploadId = await initiate(send, 'assembled');
    const pieces: [Record<string, string>, Buffer][] = [
      [range(100_000, 299_999), content.subarray(100_000)],
      [{}, content],
      [{ 'x-cos-copy-source-range': '' }, content],
      [range(0, 3), content.subarray(0, 4)],
    ];
    const etags: string[] = [];
    for (const [at, [headers, piece]] of pieces.entries()) {
      const { text } = await expectStatus(copyPart('assembled', uploadId, at + 1, headers), 200);
      expect(textOf(text, 'ETag')).toBe(`"${md5Hex(piece)}"`);
      expect(textOf(text, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      if (piece === content) {
        const { headers: shown } = await send({ method: 'HEAD', key: 'copied/中' });
        expect(textOf(text, 'CRC64')).toBe(shown['x-cos-hash-crc64ecma']);
      }
      etags.push(textOf(text, 'ETag')!);
    }
    await expectStatus(complete(send, 'assembled', uploadId, etags), 200);
    expect((await get('assembled')).body.equals(Buffer.concat(pieces.map(([, piece]) => piece)))).toBe(true);
  });

  it('copies a range across the parts of a multipart object, and one of its own key', async () => {
    const bodies = [randomBytes(50_000), randomBytes(60_000)];
    await putParts(send, 'own', bodies);
    const whole = Buffer.concat(bodies);
    const uploadId = await initiate(send, 'own');
    const answer = await copyPart('own', uploadId, 1, { 'x-cos-copy-source': `${HOST}/own`, ...range(49_990, 50_009) });
    await expectStatus(complete(send, 'own', uploadId, [textOf(answer.text, 'ETag')!]), 200);
    expect((await get('own')).body.equals(whole.subarray(49_990, 50_010))).toBe(true);
  });

  it('names the version it read, and reads an old one', async () => {
    const versioned = await makeBucket(server, 'multi-source', { versioning: 'Enabled' });
    const id = (await put(versioned, 'v', 'old')).headers['x-cos-version-id'] as string;
    await put(versioned, 'v', 'new');
    const uploadId = await initiate(send, 'from-version');
    const answer = await copyPart('from-version', uploadId, 1, {
      'x-cos-copy-source': `multi-source-${APPID}.cos.${REGION}.myqcloud.com/v?versionId=${id}`,
    });
    expect([answer.headers['x-cos-copy-source-version-id'], textOf(answer.text, 'ETag')]).toEqual([
      id,
      `"${md5Hex('old')}"`,
    ]);
  });

  it('judges conditions and ranges of the source', async () => {
    const uploadId = await initiate(send, 'judged');
    const attempt = async (headers: Record<string, string>) => failure(await copyPart('judged', uploadId, 1, headers));
    const IF = 'x-cos-copy-source-If-';
    expect(await attempt({ [`${IF}Match`]: `"${md5Hex(content)}"` })).toEqual([200, undefined]);
    expect(await attempt({ [`${IF}Match`]: '"x"' })).toEqual([412, 'PreconditionFailed']);
    expect(await attempt({ [`${IF}None-Match`]: '*' })).toEqual([412, 'PreconditionFailed']);
    const later = new Date(Date.now() + 5_000).toUTCString();
    expect(await attempt({ [`${IF}Modified-Since`]: later })).toEqual([412, 'PreconditionFailed']);
    expect(await attempt(range(0, 300_000))).toEqual([416, 'InvalidRange']);
    expect(await attempt({ 'x-cos-copy-source-range': 'bytes=5-' })).toEqual([400, 'InvalidArgument']);
    expect(await attempt({ 'x-cos-copy-source': `${HOST}/absent` })).toEqual([404, 'NoSuchCopySource']);
    // What failed took nothing away.
    expect(textsOf((await send({ method: 'GET', key: 'judged', query: { uploadId } })).text, 'ETag')).toEqual([
      `"${md5Hex(content)}"`,
    ]);
  });
});
