/** Steps that upload files from the disk, and streams: the SDK for Node alone. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type Context, on, put, type Steps } from './context.ts';
import { initiate, lengthOf, MIB, unfinished } from './multipart.ts';

/** Three parts of 1 MiB and a small one. */
function makeFile(context: Context, id: string): { path: string; content: Buffer } {
  const content = randomBytes(3 * MIB + 9);
  const path = join(context.scratch, id);
  writeFileSync(path, content);
  return { path, content };
}

const sliced = { SliceSize: 1, ChunkSize: MIB };

export const files: Steps = {
  'put-stream': async (context, id) => {
    await put(context, id, { Body: Readable.from(Array.from({ length: 300 }, () => Buffer.alloc(1_000, 's'))) });
    return { length: await lengthOf(context, id) };
  },
  'upload-file': async (context, id) => {
    const { path, content } = makeFile(context, id);
    await context.sdk.uploadFile!(on(context, id, { FilePath: path, ...sliced }));
    const { Body } = await context.sdk.getObject!(on(context, id));
    return { length: Body.length, same: content.equals(Body) };
  },
  'upload-file-resume': async (context, id) => {
    const { path, content } = makeFile(context, id);
    const UploadId = await initiate(context, id);
    await context.sdk.multipartUpload!(on(context, id, { UploadId, PartNumber: 1, Body: content.subarray(0, MIB) }));
    await context.sdk.sliceUploadFile!(on(context, id, { FilePath: path, ...sliced }));
    const { headers } = await context.sdk.headObject!(on(context, id));
    return { unfinished: await unfinished(context, id), etagSuffix: headers['etag'].replaceAll('"', '').slice(-2) };
  },
};
