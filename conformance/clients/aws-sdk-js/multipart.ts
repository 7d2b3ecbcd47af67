/** Uploads in parts. */
import { randomBytes } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { bodyOf, CONTENT, type Context, get, PART_BYTES, put, type Steps } from './context.ts';

async function begin({ s3, bucket }: Context, Key: string) {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  return { Bucket: bucket, Key, UploadId };
}

async function openUploads({ s3, bucket }: Context, Prefix: string): Promise<number> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix }));
  return Uploads.length;
}

export const multipart: Steps = {
  's3-multipart': async (context, id) => {
    const { s3 } = context;
    const upload = await begin(context, id);
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    for (const [index, Body] of [Buffer.alloc(PART_BYTES, 'p'), CONTENT].entries()) {
      const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: index + 1, Body }));
      Parts.push({ PartNumber: index + 1, ETag });
    }
    const { Parts: listed = [] } = await s3.send(new ListPartsCommand(upload));
    const { ETag = '' } = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket: context.bucket, Key: id }));
    return {
      etagSuffix: ETag.replaceAll('"', '').slice(-2),
      length: ContentLength ?? -1,
      parts: listed.map(({ Size = -1 }) => Size),
    };
  },
  's3-multipart-copy': async (context, id) => {
    const { s3, bucket } = context;
    await put(context, `${id}/from`);
    const upload = await begin(context, `${id}/to`);
    const source = { CopySource: `${bucket}/${id}/from`, CopySourceRange: 'bytes=2-4' };
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand({ ...upload, ...source, PartNumber: 1 }));
    const MultipartUpload = { Parts: [{ PartNumber: 1, ETag: CopyPartResult?.ETag }] };
    await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
    return { body: await bodyOf(context, `${id}/to`) };
  },
  's3-multipart-abort': async (context, id) => {
    const upload = await begin(context, id);
    const before = await openUploads(context, id);
    await context.s3.send(new AbortMultipartUploadCommand(upload));
    return { before, after: await openUploads(context, id) };
  },
  's3-upload-file': async (context, id) => {
    const content = randomBytes(12 * 1_048_576);
    const path = join(context.scratch, id);
    writeFileSync(path, content);
    const params = { Bucket: context.bucket, Key: id, Body: createReadStream(path) };
    await new Upload({ client: context.s3, params }).done();
    const back = await (await get(context, id)).Body?.transformToByteArray();
    return { same: back !== undefined && content.equals(back) };
  },
};
