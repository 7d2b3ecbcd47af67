/** Steps of `cases/lists.ts` and `cases/buckets.ts`. */
import type { Json } from '../../case.ts';
import { type Answer, type Context, failure, put, type Steps, statusOf } from './context.ts';

interface Entry {
  readonly Key: string;
  readonly Size: string;
  readonly ETag: string;
  readonly StorageClass: string;
}

function list(context: Context, more: Record<string, unknown>): Promise<Answer> {
  return context.sdk.getBucket!({ Bucket: context.bucket, Region: context.region, ...more });
}

const names = (id: string, entries: readonly Entry[]): string[] => entries.map(({ Key }) => Key.slice(id.length + 1));

async function fill(context: Context, id: string, keys: readonly string[]): Promise<void> {
  for (const key of keys) await put(context, `${id}/${key}`);
}

const SEVEN = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'];
const missingBucket = (context: Context) => ({ Bucket: `nobody-has-this-${context.appid}`, Region: context.region });
const theBucket = (context: Context) => ({ Bucket: context.bucket, Region: context.region });

export const lists: Steps = {
  'list-prefix': async (context, id) => {
    await fill(context, id, ['é', 'a/b', 'a', 'B']);
    return { keys: names(id, (await list(context, { Prefix: `${id}/` })).Contents) };
  },
  'list-prefix-blank': async (context, id) => {
    await fill(context, id, [' x+y', ' xzy']);
    return { keys: names(id, (await list(context, { Prefix: `${id}/ x+` })).Contents) };
  },
  'list-fields': async (context, id) => {
    await fill(context, id, ['a']);
    const { Size, ETag, StorageClass } = (await list(context, { Prefix: `${id}/` })).Contents[0];
    return { size: Number(Size), etag: ETag, storageClass: StorageClass };
  },
  'list-delimiter': async (context, id) => {
    await fill(context, id, ['a', 'd/1', 'd/2', 'e/1', 'z']);
    const { Contents, CommonPrefixes } = await list(context, { Prefix: `${id}/`, Delimiter: '/' });
    const prefixes = CommonPrefixes.map(({ Prefix }: { Prefix: string }) => Prefix.slice(id.length + 1));
    return { keys: names(id, Contents), prefixes };
  },
  'list-pages': async (context, id) => {
    await fill(context, id, SEVEN);
    const pages: Json[] = [];
    const truncated: boolean[] = [];
    let Marker = '';
    do {
      const page = await list(context, { Prefix: `${id}/`, MaxKeys: 3, Marker });
      pages.push(names(id, page.Contents));
      truncated.push(page.IsTruncated === 'true');
      Marker = page.NextMarker ?? page.Contents.at(-1).Key;
    } while (truncated.at(-1) === true && pages.length < SEVEN.length);
    return { pages, truncated };
  },
  'list-marker': async (context, id) => {
    await fill(context, id, ['k1', 'k2', 'k3']);
    return { keys: names(id, (await list(context, { Prefix: `${id}/`, Marker: `${id}/k2` })).Contents) };
  },
  'list-encoding': async (context, id) => {
    await fill(context, id, ['a 中']);
    const { Contents } = await list(context, { Prefix: `${id}/`, EncodingType: 'url' });
    return { encoded: Contents[0].Key.slice(-'a%20%E4%B8%AD'.length) };
  },
  'list-v2': async (context, id) => {
    await fill(context, id, SEVEN);
    const pages: Json[] = [];
    const counts: number[] = [];
    let token: string | undefined;
    do {
      const Query = {
        'list-type': '2',
        prefix: `${id}/`,
        'max-keys': '3',
        ...(token === undefined ? {} : { 'continuation-token': token }),
      };
      const { ListBucketResult: page } = await context.sdk.request!({ ...theBucket(context), Method: 'GET', Query });
      const contents = Array.isArray(page.Contents) ? page.Contents : [page.Contents];
      pages.push(names(id, contents));
      counts.push(Number(page.KeyCount));
      token = page.NextContinuationToken;
    } while (token !== undefined && pages.length < SEVEN.length);
    return { pages, counts };
  },
};

export const buckets: Steps = {
  'bucket-head': async (context) => ({ status: await statusOf(context.sdk.headBucket!(theBucket(context))) }),
  'bucket-head-missing': async (context) => ({
    status: await statusOf(context.sdk.headBucket!(missingBucket(context))),
  }),
  'bucket-missing': (context) => failure(context.sdk.getBucket!(missingBucket(context))),
  'bucket-location': async (context) => {
    const { LocationConstraint } = await context.sdk.getBucketLocation!(theBucket(context));
    return { isRegion: LocationConstraint === context.region };
  },
  'bucket-list': async (context) => {
    const { Buckets } = await context.sdk.getService!({});
    return { listed: Buckets.some(({ Name }: { Name: string }) => Name === context.bucket) };
  },
  'bucket-delete-full': async (context, id) => {
    await put(context, id);
    return failure(context.sdk.deleteBucket!(theBucket(context)));
  },
  'bucket-create-again': (context) => failure(context.sdk.putBucket!(theBucket(context))),
};

/** Steps of versions, which list them. */
export function versionsOf(context: Context, Prefix: string): Promise<Answer> {
  const { region: Region, versionedBucket: Bucket } = context;
  return context.sdk.listObjectVersions!({ Bucket, Region, Prefix });
}
