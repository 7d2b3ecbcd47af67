/** Steps of `cases/objects.ts` and `cases/keys.ts`. */
import { KEYS } from '../../cases/keys.ts';
import {
  type Answer,
  bodyOf,
  type Context,
  failure,
  metaOf,
  on,
  put,
  type Step,
  type Steps,
  statusOf,
} from './context.ts';

const head = async (context: Context, Key: string): Promise<Record<string, string>> =>
  (await context.sdk.headObject!(on(context, Key))).headers;
const length = (headers: Record<string, string>): number => Number(headers['content-length']);

async function keysUnder(context: Context, Prefix: string): Promise<string[]> {
  const { Bucket, Region } = on(context, '');
  const { Contents } = await context.sdk.getBucket!({ Bucket, Region, Prefix });
  return Contents.map(({ Key }: { Key: string }) => Key.slice(Prefix.length));
}

const deleteMany = (quiet: boolean): Step => {
  return async (context, id) => {
    for (const name of ['a', 'b']) await put(context, `${id}/${name}`);
    const Objects = ['a', 'b', 'missing'].map((name) => ({ Key: `${id}/${name}` }));
    const { Bucket, Region } = on(context, '');
    const { Deleted } = await context.sdk.deleteMultipleObject!({
      Bucket,
      Region,
      Objects,
      ...(quiet ? { Quiet: true } : {}),
    });
    const deleted = Deleted.map(({ Key }: { Key: string }) => Key.slice(id.length + 1)).sort();
    return { deleted, left: await keysUnder(context, `${id}/`) };
  };
};

const oddKey = (name: string): Step => {
  return async (context, id) => {
    await put(context, `${id}/${name}`);
    return { body: await bodyOf(context, `${id}/${name}`), listed: await keysUnder(context, `${id}/`) };
  };
};

export const objects: Steps = {
  'put-etag': async (context, id) => ({ etag: (await put(context, id)).ETag }),
  'put-crc64': async (context, id) => ({ crc64: (await put(context, id)).headers['x-cos-hash-crc64ecma'] }),
  'put-empty': async (context, id) => {
    const { ETag } = await put(context, id, { Body: '' });
    return { etag: ETag, length: length(await head(context, id)) };
  },
  'put-replaces': async (context, id) => {
    await put(context, id, { Body: 'first', Headers: { 'x-cos-meta-a': '1' } });
    await put(context, id, { Body: 'second', Headers: { 'x-cos-meta-b': '2' } });
    return { body: await bodyOf(context, id), meta: metaOf(await head(context, id)) };
  },
  'put-wrong-md5': (context, id) =>
    failure(put(context, id, { Headers: { 'Content-MD5': 'CY9rzUYh03PK3k6DJie09g==' } })),
  'put-forbid-overwrite': async (context, id) => {
    await put(context, id, { Body: 'first' });
    const refused = await failure(put(context, id, { Headers: { 'x-cos-forbid-overwrite': 'true' } }));
    return { ...refused, body: await bodyOf(context, id) };
  },
  'put-storage-class': async (context, id) => {
    await put(context, id, { StorageClass: 'STANDARD_IA' });
    return { storageClass: (await head(context, id))['x-cos-storage-class'] ?? null };
  },
  'get-body': async (context, id) => {
    await put(context, id);
    const { Body, headers } = await context.sdk.getObject!(on(context, id));
    return { body: String(Body), length: length(headers) };
  },
  'get-missing': (context, id) => failure(context.sdk.getObject!(on(context, id))),
  'get-response-headers': async (context, id) => {
    await put(context, id);
    const asked = {
      ResponseContentType: 'text/x-asked',
      ResponseContentDisposition: 'attachment; filename="asked.txt"',
    };
    const { headers } = await context.sdk.getObject!(on(context, id, asked));
    return { type: headers['content-type'], disposition: headers['content-disposition'] };
  },
  'head-fields': async (context, id) => {
    await put(context, id, { ContentType: 'text/plain' });
    const headers = await head(context, id);
    const { 'content-type': type = null, etag = null, 'x-cos-hash-crc64ecma': crc64 = null } = headers;
    return { length: length(headers), type, etag, crc64 };
  },
  'head-missing': async (context, id) => ({ status: await statusOf(context.sdk.headObject!(on(context, id))) }),
  delete: async (context, id) => {
    await put(context, id);
    const status = await statusOf(context.sdk.deleteObject!(on(context, id)));
    return { status, after: await statusOf(context.sdk.headObject!(on(context, id))) };
  },
  'delete-missing': async (context, id) => ({ status: await statusOf(context.sdk.deleteObject!(on(context, id))) }),
  'delete-many': deleteMany(false),
  'delete-many-quiet': deleteMany(true),
  'error-request-id': async (context, id) => {
    const error: Answer = await context.sdk.getObject!(on(context, id)).catch((error: Answer) => error);
    return { requestId: (error.headers['x-cos-request-id'] ?? '') !== '' };
  },
  'headers-kept': async (context, id) => {
    const Headers = {
      'Cache-Control': 'max-age=60',
      'Content-Disposition': 'inline; filename="kept.txt"',
      'Content-Language': 'de',
      Expires: 'Wed, 21 Oct 2037 07:28:00 GMT',
    };
    await put(context, id, { Headers });
    const found = await head(context, id);
    return {
      cacheControl: found['cache-control'] ?? null,
      disposition: found['content-disposition'] ?? null,
      language: found['content-language'] ?? null,
      expires: found['expires'] ?? null,
    };
  },
  meta: async (context, id) => {
    await put(context, id, { Headers: { 'x-cos-meta-One': '1', 'x-cos-meta-two-words': 'a b' } });
    return { meta: metaOf(await head(context, id)) };
  },
  'meta-utf8': async (context, id) => {
    await put(context, id, { Headers: { 'x-cos-meta-name': encodeURIComponent('中文') } });
    return { meta: metaOf(await head(context, id)) };
  },
  ...Object.fromEntries(Object.entries(KEYS).map(([id, name]) => [id, oddKey(name)])),
};
