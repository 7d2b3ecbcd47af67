/** Steps of `cases/multipart.ts` that need no file. */
import { type Answer, bodyOf, CONTENT, type Context, failure, on, put, type Steps } from './context.ts';

export const MIB = 1_048_576;
export const PART = 'p'.repeat(MIB);

interface Part {
  readonly PartNumber: number;
  readonly ETag: string;
}

export async function initiate(context: Context, key: string): Promise<string> {
  return (await context.sdk.multipartInit!(on(context, key))).UploadId;
}

export async function uploadPart(
  context: Context,
  key: string,
  UploadId: string,
  PartNumber: number,
  Body: string,
): Promise<Part> {
  const { ETag } = await context.sdk.multipartUpload!(on(context, key, { UploadId, PartNumber, Body }));
  return { PartNumber, ETag };
}

export function complete(context: Context, key: string, UploadId: string, Parts: readonly Part[]): Promise<Answer> {
  return context.sdk.multipartComplete!(on(context, key, { UploadId, Parts }));
}

export function partsOf(context: Context, key: string, UploadId: string): Promise<Answer> {
  return context.sdk.multipartListPart!(on(context, key, { UploadId }));
}

/** Keys of the unfinished uploads, below the case's folder. */
export async function unfinished(context: Context, id: string): Promise<string[]> {
  const { Bucket, Region } = on(context, '');
  const { Upload } = await context.sdk.multipartList!({ Bucket, Region, Prefix: id });
  return Upload.map(({ Key }: { Key: string }) => Key.slice(id.length + 1));
}

async function twoParts(context: Context, key: string): Promise<Answer> {
  const upload = await initiate(context, key);
  const parts = [await uploadPart(context, key, upload, 1, PART), await uploadPart(context, key, upload, 2, CONTENT)];
  return complete(context, key, upload, parts);
}

export async function lengthOf(context: Context, key: string): Promise<number> {
  return Number((await context.sdk.headObject!(on(context, key))).headers['content-length']);
}

const append = (context: Context, key: string, Position: number, Body: string): Promise<Answer> =>
  context.sdk.appendObject!(on(context, key, { Position, Body }));

export const multipart: Steps = {
  multipart: async (context, id) => {
    const { ETag } = await twoParts(context, id);
    const ends = (await bodyOf(context, id, { Headers: { Range: 'bytes=-9' } })).toString();
    return { length: await lengthOf(context, id), etagSuffix: ETag.replaceAll('"', '').slice(-2), ends };
  },
  'multipart-crc64': async (context, id) => {
    const { headers } = await twoParts(context, id);
    const whole = await put(context, `${id}/whole`, { Body: PART + CONTENT });
    return { same: headers['x-cos-hash-crc64ecma'] === whole.headers['x-cos-hash-crc64ecma'] };
  },
  'multipart-parts': async (context, id) => {
    const upload = await initiate(context, id);
    const sent = [await uploadPart(context, id, upload, 1, PART), await uploadPart(context, id, upload, 3, CONTENT)];
    const { Part } = await partsOf(context, id, upload);
    return {
      parts: Part.map(({ PartNumber, Size, ETag }: Record<string, string>, at: number) => [
        Number(PartNumber),
        Number(Size),
        ETag === sent[at]?.ETag,
      ]),
    };
  },
  'multipart-uploads': async (context, id) => {
    for (const name of ['b', 'a']) await initiate(context, `${id}/${name}`);
    return { keys: await unfinished(context, id) };
  },
  'multipart-resume': async (context, id) => {
    const upload = await initiate(context, id);
    await uploadPart(context, id, upload, 1, PART);
    const { Part } = await partsOf(context, id, upload);
    const there = new Map<number, Part>(
      Part.map(({ PartNumber, ETag }: Part) => [Number(PartNumber), { PartNumber: Number(PartNumber), ETag }]),
    );
    const sent: number[] = [];
    for (const [at, body] of [PART, CONTENT].entries()) {
      if (there.has(at + 1)) continue;
      there.set(at + 1, await uploadPart(context, id, upload, at + 1, body));
      sent.push(at + 1);
    }
    await complete(context, id, upload, [...there.values()]);
    return { sent, length: await lengthOf(context, id) };
  },
  'multipart-abort': async (context, id) => {
    const UploadId = await initiate(context, id);
    await context.sdk.multipartAbort!(on(context, id, { UploadId }));
    return failure(partsOf(context, id, UploadId));
  },
  'multipart-small-part': async (context, id) => {
    const upload = await initiate(context, id);
    const parts = [
      await uploadPart(context, id, upload, 1, CONTENT),
      await uploadPart(context, id, upload, 2, CONTENT),
    ];
    return failure(complete(context, id, upload, parts));
  },
  'multipart-wrong-etag': async (context, id) => {
    const upload = await initiate(context, id);
    await uploadPart(context, id, upload, 1, CONTENT);
    return failure(complete(context, id, upload, [{ PartNumber: 1, ETag: '"00000000000000000000000000000000"' }]));
  },
};

export const appends: Steps = {
  append: async (context, id) => {
    const positions: number[] = [];
    for (const [position, body] of [
      [0, CONTENT],
      [9, ' added'],
    ] as const) {
      const { headers } = await append(context, id, position, body);
      positions.push(Number(headers['x-cos-next-append-position']));
    }
    return { positions, body: await bodyOf(context, id) };
  },
  'append-type': async (context, id) => {
    await append(context, id, 0, CONTENT);
    return { type: (await context.sdk.headObject!(on(context, id))).headers['x-cos-object-type'] ?? null };
  },
  'append-wrong-position': async (context, id) => {
    await append(context, id, 0, CONTENT);
    return { code: (await failure(append(context, id, 5, CONTENT))).code };
  },
  'append-normal': async (context, id) => {
    await put(context, id);
    return { code: (await failure(append(context, id, 9, CONTENT))).code };
  },
};
