/** Objects, their lists, copies and versions. */
import { Readable } from 'node:stream';
import {
  all,
  bodyOf,
  bucket,
  CONTENT,
  failure,
  keys,
  minio,
  namesBelow,
  put,
  type Steps,
  s3,
  stat,
  statusOf,
  versioned,
} from './context.ts';

async function several(id: string, names: readonly string[]): Promise<void> {
  for (const name of names) await put(`${id}/${name}`);
}

const quoted = (etag: string): string => `"${etag}"`;

export const objects: Steps = {
  's3-put': async (_, id) => ({ etag: quoted((await put(id)).etag) }),
  's3-put-stream': async (_, id) => {
    await put(id, Readable.from(Array.from({ length: 30 }, () => Buffer.alloc(10_000, 's'))));
    return { length: (await stat(id)).size };
  },
  's3-put-empty': async (_, id) => {
    await put(id, '');
    return { length: (await stat(id)).size };
  },
  's3-put-if-none-match': async (_, id) => {
    await put(id, 'first');
    const refused = await failure(put(id, 'second', { 'If-None-Match': '*' }));
    return { ...refused, body: await bodyOf(id) };
  },
  's3-get': async (_, id) => {
    await put(id, CONTENT, { 'Content-Type': 'text/plain' });
    return { body: await bodyOf(id), type: (await stat(id)).metaData['content-type'] };
  },
  's3-get-missing': (_, id) => failure(bodyOf(id)),
  's3-head-missing': async (_, id) => ({ status: await statusOf(stat(id)) }),
  's3-range': async (_, id) => {
    await put(id);
    const call = all(s3['getPartialObject']!(bucket, id, 2, 3));
    const status = await statusOf(call);
    return { status, body: Buffer.concat(await call).toString() };
  },
  's3-meta': async (_, id) => {
    await put(id, CONTENT, { One: '1', 'two-words': 'a b' });
    const { one, 'two-words': two } = (await stat(id)).metaData;
    return { meta: { one, 'two-words': two } };
  },
  's3-headers': async (_, id) => {
    const disposition = 'inline; filename="kept.txt"';
    const sent = { 'Cache-Control': 'max-age=60', 'Content-Disposition': disposition, 'Content-Language': 'de' };
    await put(id, CONTENT, sent);
    const { metaData } = await stat(id);
    return {
      cacheControl: metaData['cache-control'],
      disposition: metaData['content-disposition'],
      language: metaData['content-language'],
    };
  },
  's3-storage-class': async (_, id) => {
    await put(id, CONTENT, { 'x-amz-storage-class': 'STANDARD_IA' });
    return { storageClass: (await stat(id)).metaData['x-amz-storage-class'] };
  },
  's3-keys': async (_, id) => {
    const odd = Object.values(keys);
    let read = 0;
    for (const key of odd) {
      await put(`${id}/${key}`);
      if ((await bodyOf(`${id}/${key}`)) === CONTENT) read++;
    }
    const names = await namesBelow(`${id}/`);
    return { read, listed: odd.filter((key) => names.includes(key)).length };
  },
  's3-list': async (_, id) => {
    await several(id, ['a', 'b', 'd/x', 'd/y']);
    const found = await all(s3['listObjectsV2']!(bucket, `${id}/`, false));
    const cut = (texts: (string | undefined)[]) => texts.flatMap((text) => text?.slice(id.length + 1) ?? []);
    return { keys: cut(found.map(({ name }) => name)), prefixes: cut(found.map(({ prefix }) => prefix)) };
  },
  's3-delete': async (_, id) => {
    await put(id);
    await s3['removeObject']!(bucket, id);
    return { after: await statusOf(stat(id)) };
  },
  's3-copy': async (_, id) => {
    await put(`${id}/from`, CONTENT, { one: '1' });
    await s3['copyObject']!(bucket, `${id}/to`, `/${bucket}/${id}/from`);
    const { etag, metaData } = await stat(`${id}/to`);
    return { etag: quoted(etag), meta: { one: metaData.one } };
  },
  's3-copy-replaces': async (_, id) => {
    await put(`${id}/from`, CONTENT, { one: '1' });
    const source = new minio['CopySourceOptions']!({ Bucket: bucket, Object: `${id}/from` });
    const to = { Bucket: bucket, Object: `${id}/to`, UserMetadata: { two: '2' }, MetadataDirective: 'REPLACE' };
    await s3['copyObject']!(source, new minio['CopyDestinationOptions']!(to));
    const { one, two } = (await stat(`${id}/to`)).metaData;
    return { meta: one === undefined ? { two } : { one, two } };
  },
  's3-copy-odd-key': async (_, id) => {
    const key = `${id}/a+b c%20/中`;
    await put(key);
    await s3['copyObject']!(bucket, `${id}/to`, `/${bucket}/${key}`);
    return { body: await bodyOf(`${id}/to`) };
  },
  's3-sse': async (_, id) => {
    await put(id, CONTENT, { 'x-amz-server-side-encryption': 'AES256' });
    return { encryption: (await stat(id)).metaData['x-amz-server-side-encryption'] };
  },
  's3-versions': async (_, id) => {
    for (const body of ['one', 'two']) await s3['putObject']!(versioned, id, body);
    const found = await all(s3['listObjects']!(versioned, id, true, { IncludeVersion: true }));
    const bodies: string[] = [];
    for (const { versionId } of found) bodies.push(await bodyOf(id, versioned, { versionId }));
    return { bodies, latest: found.map(({ isLatest }) => String(isLatest) === 'true') };
  },
  's3-delete-marker': async (_, id) => {
    await s3['putObject']!(versioned, id, CONTENT);
    await s3['removeObject']!(versioned, id);
    const found = await all(s3['listObjects']!(versioned, id, true, { IncludeVersion: true }));
    const marker = found.find(({ isDeleteMarker }) => isDeleteMarker === true);
    const between = await statusOf(bodyOf(id, versioned));
    await s3['removeObject']!(versioned, id, { versionId: marker?.versionId });
    return { marker: marker !== undefined, between, body: await bodyOf(id, versioned) };
  },
};
