/** Multipart uploads. Source: spec/objects.md §11.3–§11.8, §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, initiate, makeBucket, partList, put, putParts, uploadPart } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Answer, Send, Sent } from '../../support/http.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const MIB = 1024 * 1024;
const OTHER_ETAG = '"00000000000000000000000000000000"';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-multipart-object-bytes', '3MiB'] });
  send = await makeBucket(server, 'multipart');
});
afterAll(() => server.remove());

/** Complete with parts of any numbers. */
function completeWith(key: string, uploadId: string, parts: readonly (readonly [number, string])[]): Promise<Answer> {
  const listed = parts.map(([n, etag]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag></Part>`);
  const body = `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`;
  return send({ method: 'POST', key, query: { uploadId }, body });
}

/** All that name an upload. */
const users = (uploadId: string): Sent[] => [
  { method: 'PUT', query: { partNumber: '1', uploadId }, body: 'x' },
  { method: 'GET', query: { uploadId } },
  { method: 'POST', query: { uploadId }, body: partList([OTHER_ETAG]) },
  { method: 'DELETE', query: { uploadId } },
];

describe('uploads', () => {
  const refused = async (key: string, uploadId: string) => {
    for (const sent of users(uploadId)) expectError(await send({ ...sent, key }), 404, 'NoSuchUpload');
  };

  it('that never were, and those of another key', async () => {
    await refused('k', '1700000000'.padEnd(74, '0'));
    await refused('k', 'nonsense');
    await refused('k', 'x'.repeat(1_000));
    await refused('k', await initiate(send, 'other'));
  });

  it('that were aborted or completed', async () => {
    const aborted = await initiate(send, 'k');
    await done(send, { method: 'DELETE', key: 'k', query: { uploadId: aborted } });
    await refused('k', aborted);
    const completed = await initiate(send, 'k');
    const etag = await uploadPart(send, 'k', completed, 1, 'only');
    expect((await complete(send, 'k', completed, [etag])).status).toBe(200);
    await refused('k', completed);
    expect((await send({ method: 'GET', key: 'k' })).text).toBe('only');
  });

  it('with an empty id', async () => {
    const list = { method: 'GET', key: 'k', query: { uploadId: '' } };
    expectError(await send(list), 400, 'ListPartUploadIdIsEmpty');
    for (const sent of users('').filter(({ method }) => method !== 'GET')) {
      expectError(await send({ ...sent, key: 'k' }), 404, 'NoSuchUpload');
    }
  });

  it('that are aborted while a part is on its way', async () => {
    const uploadId = await initiate(send, 'late');
    const part = send({ method: 'PUT', key: 'late', query: { partNumber: '1', uploadId }, body: Buffer.alloc(MIB) });
    await done(send, { method: 'DELETE', key: 'late', query: { uploadId } });
    const answer = await part;
    if (answer.status !== 200) expectError(answer, 404, 'NoSuchUpload');
    expectError(await send({ method: 'GET', key: 'late', query: { uploadId } }), 404, 'NoSuchUpload');
  });
});

describe('lists of parts', () => {
  let uploadId: string;
  const etags: string[] = [];
  beforeAll(async () => {
    uploadId = await initiate(send, 'big');
    for (const n of [1, 2, 3]) etags.push(await uploadPart(send, 'big', uploadId, n, Buffer.alloc(MIB, n)));
  });

  it('out of order, or with a part twice', async () => {
    const [one, two] = [etags[0]!, etags[1]!];
    const cases = [
      [
        [2, two],
        [1, one],
      ],
      [
        [1, one],
        [1, one],
      ],
      [
        [0, one],
        [1, two],
      ],
    ] as const;
    for (const parts of cases) expectError(await completeWith('big', uploadId, parts), 400, 'InvalidPartOrder');
  });

  it('with a gap, a part that was never sent, another ETag', async () => {
    const [one, two, three] = etags as [string, string, string];
    for (const parts of [
      [
        [1, one],
        [3, three],
      ],
      [
        [2, two],
        [3, three],
      ],
      [
        [1, one],
        [2, two],
        [3, three],
        [4, three],
      ],
      [[1, OTHER_ETAG]],
      [
        [1, two],
        [2, one],
      ],
    ] as const) {
      expectError(await completeWith('big', uploadId, parts), 400, 'InvalidPart');
    }
  });

  it('leave the upload as it was', async () => {
    const answer = await done(send, { method: 'GET', key: 'big', query: { uploadId } });
    expect(answer.text.match(/<PartNumber>/g)).toHaveLength(3);
    expectError(await send({ method: 'GET', key: 'big' }), 404, 'NoSuchKey');
    expect((await complete(send, 'big', uploadId, etags)).status).toBe(200);
  });
});

describe('sizes', () => {
  it('of a part that is not the last: under 1 MiB', async () => {
    const uploadId = await initiate(send, 'small');
    const one = await uploadPart(send, 'small', uploadId, 1, Buffer.alloc(MIB - 1));
    const two = await uploadPart(send, 'small', uploadId, 2, 'end');
    const answer = await complete(send, 'small', uploadId, [one, two]);
    expectError(answer, 400, 'EntityTooSmall');
    const again = await uploadPart(send, 'small', uploadId, 1, Buffer.alloc(MIB));
    expect((await complete(send, 'small', uploadId, [again, two])).status).toBe(200);
  });

  it('of the whole', async () => {
    const uploadId = await initiate(send, 'huge');
    const etags: string[] = [];
    for (const n of [1, 2, 3]) etags.push(await uploadPart(send, 'huge', uploadId, n, Buffer.alloc(MIB)));
    etags.push(await uploadPart(send, 'huge', uploadId, 4, 'x'));
    expectError(await complete(send, 'huge', uploadId, etags), 400, 'EntityTooLarge');
  });

  it('of a part number that an object does not have', async () => {
    await putParts(send, 'parts', [Buffer.alloc(MIB), 'end']);
    const read = (partNumber: string) => send({ method: 'GET', key: 'parts', query: { partNumber } });
    expect((await read('2')).text).toBe('end');
    expectError(await read('3'), 416, 'InvalidRange');
  });
});

describe('the key meanwhile', () => {
  it('stays what it was after a Complete that fails', async () => {
    await put(send, 'stays', 'first');
    const uploadId = await initiate(send, 'stays');
    await uploadPart(send, 'stays', uploadId, 1, 'second');
    expectError(await complete(send, 'stays', uploadId, [OTHER_ETAG]), 400, 'InvalidPart');
    expect((await send({ method: 'GET', key: 'stays' })).text).toBe('first');
  });
});
