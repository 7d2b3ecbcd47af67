/** Objects, their lists, copies and versions. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { KEYS } from '../../cases/keys.ts';
import { bodyOf, type Context, failure, failureStatus, get, put, type Steps } from './context.ts';

const head = ({ s3, bucket }: Context, Key: string) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key }));

async function listed({ s3, bucket }: Context, Prefix: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
  return Contents.map(({ Key = '' }) => Key.slice(Prefix.length));
}

async function several(context: Context, id: string, names: readonly string[]): Promise<void> {
  for (const name of names) await put(context, `${id}/${name}`);
}

function pieces(count: number): Readable {
  return Readable.from(Array.from({ length: count }, () => Buffer.alloc(10_000, 's')));
}

export const objects: Steps = {
  's3-put': async (context, id) => ({ etag: (await put(context, id)).ETag ?? '' }),
  's3-put-stream': async (context, id) => {
    await put(context, id, { Body: pieces(30), ContentLength: 300_000 });
    return { length: (await head(context, id)).ContentLength ?? -1 };
  },
  's3-put-empty': async (context, id) => {
    await put(context, id, { Body: '' });
    return { length: (await head(context, id)).ContentLength ?? -1 };
  },
  's3-checksum': async (context, id) => {
    await put(context, id);
    const { ChecksumCRC32, Body } = await get(context, id, { ChecksumMode: 'ENABLED' });
    await Body?.transformToString();
    return { crc32: ChecksumCRC32 ?? '' };
  },
  's3-put-if-none-match': async (context, id) => {
    await put(context, id, { Body: 'first' });
    const refused = await failure(put(context, id, { IfNoneMatch: '*' }));
    return { ...refused, body: await bodyOf(context, id) };
  },
  's3-get': async (context, id) => {
    await put(context, id, { ContentType: 'text/plain' });
    const { Body, ContentType = '' } = await get(context, id);
    return { body: (await Body?.transformToString()) ?? '', type: ContentType };
  },
  's3-get-missing': (context, id) => failure(get(context, id)),
  's3-head-missing': async (context, id) => ({ status: await failureStatus(head(context, id)) }),
  's3-range': async (context, id) => {
    await put(context, id);
    const { Body, $metadata } = await get(context, id, { Range: 'bytes=2-4' });
    return { status: $metadata.httpStatusCode ?? 0, body: (await Body?.transformToString()) ?? '' };
  },
  's3-not-modified': async (context, id) => {
    const { ETag = '' } = await put(context, id);
    return { status: await failureStatus(get(context, id, { IfNoneMatch: ETag })) };
  },
  's3-meta': async (context, id) => {
    await put(context, id, { Metadata: { One: '1', 'two-words': 'a b' } });
    return { meta: (await head(context, id)).Metadata ?? {} };
  },
  's3-headers': async (context, id) => {
    const disposition = 'inline; filename="kept.txt"';
    await put(context, id, { CacheControl: 'max-age=60', ContentDisposition: disposition, ContentLanguage: 'de' });
    const { CacheControl = '', ContentDisposition = '', ContentLanguage = '' } = await head(context, id);
    return { cacheControl: CacheControl, disposition: ContentDisposition, language: ContentLanguage };
  },
  's3-storage-class': async (context, id) => {
    await put(context, id, { StorageClass: 'STANDARD_IA' });
    return { storageClass: (await head(context, id)).StorageClass ?? '' };
  },
  's3-keys': async (context, id) => {
    const keys = Object.values(KEYS);
    let read = 0;
    for (const key of keys) {
      await put(context, `${id}/${key}`);
      if ((await bodyOf(context, `${id}/${key}`)) === '123456789') read++;
    }
    const names = await listed(context, `${id}/`);
    return { read, listed: keys.filter((key) => names.includes(key)).length };
  },
  's3-list': async (context, id) => {
    await several(context, id, ['a', 'b', 'd/x', 'd/y']);
    const Prefix = `${id}/`;
    const list = new ListObjectsV2Command({ Bucket: context.bucket, Prefix, Delimiter: '/' });
    const { Contents = [], CommonPrefixes = [] } = await context.s3.send(list);
    const cut = (text = ''): string => text.slice(Prefix.length);
    return { keys: Contents.map(({ Key }) => cut(Key)), prefixes: CommonPrefixes.map((it) => cut(it.Prefix)) };
  },
  's3-list-pages': async (context, id) => {
    await several(context, id, ['1', '2', '3', '4', '5', '6', '7']);
    const pages: number[] = [];
    const query = { Bucket: context.bucket, Prefix: `${id}/`, MaxKeys: 3 };
    for await (const { KeyCount } of paginateListObjectsV2({ client: context.s3 }, query)) pages.push(KeyCount ?? 0);
    return { pages };
  },
  's3-list-v1': async (context, id) => {
    await several(context, id, ['a', 'b', 'c', 'd']);
    const query = { Bucket: context.bucket, Prefix: `${id}/`, Marker: `${id}/b` };
    const { Contents = [] } = await context.s3.send(new ListObjectsCommand(query));
    return { keys: Contents.map(({ Key = '' }) => Key.slice(id.length + 1)) };
  },
  's3-delete': async (context, id) => {
    await put(context, id);
    await context.s3.send(new DeleteObjectCommand({ Bucket: context.bucket, Key: id }));
    return { after: await failureStatus(head(context, id)) };
  },
  's3-delete-many': async (context, id) => {
    await several(context, id, ['a', 'b']);
    const Objects = ['a', 'b', 'missing'].map((name) => ({ Key: `${id}/${name}` }));
    const { Deleted = [] } = await context.s3.send(
      new DeleteObjectsCommand({ Bucket: context.bucket, Delete: { Objects } }),
    );
    const deleted = Deleted.map(({ Key = '' }) => Key.slice(id.length + 1)).sort();
    return { deleted, left: await listed(context, `${id}/`) };
  },
  's3-copy': async (context, id) => {
    await put(context, `${id}/from`, { Metadata: { one: '1' } });
    const CopySource = `${context.bucket}/${id}/from`;
    await context.s3.send(new CopyObjectCommand({ Bucket: context.bucket, Key: `${id}/to`, CopySource }));
    const { ETag = '', Metadata = {} } = await head(context, `${id}/to`);
    return { etag: ETag, meta: Metadata };
  },
  's3-copy-replaces': async (context, id) => {
    await put(context, `${id}/from`, { Metadata: { one: '1' } });
    const CopySource = `${context.bucket}/${id}/from`;
    const how = { MetadataDirective: 'REPLACE', Metadata: { two: '2' } } as const;
    await context.s3.send(new CopyObjectCommand({ Bucket: context.bucket, Key: `${id}/to`, CopySource, ...how }));
    return { meta: (await head(context, `${id}/to`)).Metadata ?? {} };
  },
  's3-copy-odd-key': async (context, id) => {
    await put(context, `${id}/a+b c%20/中`);
    const CopySource = `${context.bucket}/${encodeURIComponent(`${id}/a+b c%20/中`)}`;
    await context.s3.send(new CopyObjectCommand({ Bucket: context.bucket, Key: `${id}/to`, CopySource }));
    return { body: await bodyOf(context, `${id}/to`) };
  },
  's3-sse': async (context, id) => {
    await put(context, id, { ServerSideEncryption: 'AES256' });
    return { encryption: (await head(context, id)).ServerSideEncryption ?? '' };
  },
  's3-sse-c': async (context, id) => {
    const key = Buffer.alloc(32, 7);
    const md5 = createHash('md5').update(key).digest('base64');
    const locked = { SSECustomerAlgorithm: 'AES256', SSECustomerKey: key.toString('base64'), SSECustomerKeyMD5: md5 };
    await put(context, id, locked);
    return { body: await bodyOf(context, id, locked), without: await failureStatus(get(context, id)) };
  },
  's3-versions': async (context, id) => {
    const Bucket = context.versionedBucket;
    for (const Body of ['one', 'two']) await put(context, id, { Bucket, Body });
    const { Versions = [] } = await context.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: id }));
    const bodies: string[] = [];
    for (const { VersionId } of Versions) bodies.push(await bodyOf(context, id, { Bucket, VersionId }));
    return { bodies, latest: Versions.map(({ IsLatest }) => IsLatest === true) };
  },
  's3-delete-marker': async (context, id) => {
    const Bucket = context.versionedBucket;
    await put(context, id, { Bucket });
    const { DeleteMarker, VersionId } = await context.s3.send(new DeleteObjectCommand({ Bucket, Key: id }));
    const between = await failureStatus(get(context, id, { Bucket }));
    await context.s3.send(new DeleteObjectCommand({ Bucket, Key: id, VersionId }));
    return { marker: DeleteMarker === true, between, body: await bodyOf(context, id, { Bucket }) };
  },
};
