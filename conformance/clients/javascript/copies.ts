/** Steps of `cases/copies.ts` and `cases/versions.ts`. */
import {
  bodyOf,
  CONTENT,
  type Context,
  failure,
  hostOf,
  metaOf,
  on,
  onVersioned,
  put,
  type Steps,
  statusOf,
} from './context.ts';
import { versionsOf } from './lists.ts';
import { complete, initiate, lengthOf, PART } from './multipart.ts';

const source = (context: Context, key: string, bucket = context.bucket): string =>
  `${hostOf(context, bucket)}/${key.split('/').map(encodeURIComponent).join('/')}`;
const copy = (context: Context, from: string, to: string, more: Record<string, unknown> = {}) =>
  context.sdk.putObjectCopy!(on(context, to, { CopySource: source(context, from), ...more }));

export const copies: Steps = {
  copy: async (context, id) => {
    await put(context, id);
    const { ETag } = await copy(context, id, `${id}-to`);
    return { etag: ETag, body: await bodyOf(context, `${id}-to`) };
  },
  'copy-odd-key': async (context, id) => {
    await put(context, `${id}/中 +%.txt`);
    await copy(context, `${id}/中 +%.txt`, `${id}-to`);
    return { body: await bodyOf(context, `${id}-to`) };
  },
  'copy-keeps-meta': async (context, id) => {
    await put(context, id, { Headers: { 'x-cos-meta-a': '1' } });
    await copy(context, id, `${id}-to`);
    return { meta: metaOf((await context.sdk.headObject!(on(context, `${id}-to`))).headers) };
  },
  'copy-replaces-meta': async (context, id) => {
    await put(context, id, { Headers: { 'x-cos-meta-a': '1' } });
    await copy(context, id, `${id}-to`, { MetadataDirective: 'Replaced', Headers: { 'x-cos-meta-b': '2' } });
    return { meta: metaOf((await context.sdk.headObject!(on(context, `${id}-to`))).headers) };
  },
  'copy-missing': async (context, id) => ({ status: (await failure(copy(context, id, `${id}-to`))).status }),
  'copy-onto-itself': async (context, id) => {
    await put(context, id);
    return failure(copy(context, id, id));
  },
  'copy-condition': async (context, id) => {
    await put(context, id);
    const Headers = { 'x-cos-copy-source-If-None-Match': '"25f9e794323b453885f5181f1b624d0b"' };
    return failure(copy(context, id, `${id}-to`, { Headers }));
  },
  'copy-part': async (context, id) => {
    await put(context, `${id}-from`, { Body: PART + CONTENT });
    const UploadId = await initiate(context, id);
    const parts = [];
    for (const [at, CopySourceRange] of [
      `bytes=0-${PART.length - 1}`,
      `bytes=${PART.length + 5}-${PART.length + 7}`,
    ].entries()) {
      const CopySource = source(context, `${id}-from`);
      const PartNumber = at + 1;
      const { ETag } = await context.sdk.uploadPartCopy!(
        on(context, id, { UploadId, PartNumber, CopySource, CopySourceRange }),
      );
      parts.push({ PartNumber, ETag });
    }
    await complete(context, id, UploadId, parts);
    const ends = await bodyOf(context, id, { Headers: { Range: 'bytes=-3' } });
    return { length: await lengthOf(context, id), ends };
  },
  'copy-file': async (context, id) => {
    await put(context, id, { Body: PART + CONTENT });
    const more = { CopySource: source(context, id), CopySliceSize: 1, CopyChunkSize: PART.length };
    await context.sdk.sliceCopyFile!(on(context, `${id}-to`, more));
    const same = (await bodyOf(context, `${id}-to`)) === PART + CONTENT;
    return { length: await lengthOf(context, `${id}-to`), same };
  },
};

/** Writes `first`, then `second`. @returns their ids */
async function twice(context: Context, id: string): Promise<[string, string]> {
  const ids: string[] = [];
  for (const Body of ['first', 'second']) {
    const { headers } = await context.sdk.putObject!(onVersioned(context, `${id}/k`, { Body }));
    ids.push(headers['x-cos-version-id']);
  }
  return [ids[0]!, ids[1]!];
}

const read = async (context: Context, id: string, more: Record<string, unknown> = {}): Promise<string> =>
  String((await context.sdk.getObject!(onVersioned(context, `${id}/k`, more))).Body);

export const versions: Steps = {
  'versioning-state': async (context) => {
    const { region: Region, versionedBucket: Bucket } = context;
    const { VersioningConfiguration } = await context.sdk.getBucketVersioning!({ Bucket, Region });
    return { status: VersioningConfiguration.Status };
  },
  'versioning-put': async (context, id) => {
    const ids = await twice(context, id);
    return { ids: ids.filter(Boolean).length, different: ids[0] !== ids[1], body: await read(context, id) };
  },
  'versioning-get': async (context, id) => {
    const [VersionId] = await twice(context, id);
    return { body: await read(context, id, { VersionId }) };
  },
  'versioning-list': async (context, id) => {
    await twice(context, id);
    const { Versions, DeleteMarkers } = await versionsOf(context, `${id}/`);
    return {
      versions: Versions.map(({ Key, IsLatest, Size }: Record<string, string>) => [
        Key!.slice(id.length + 1),
        IsLatest === 'true',
        Number(Size),
      ]),
      markers: DeleteMarkers.length,
    };
  },
  'versioning-delete': async (context, id) => {
    await twice(context, id);
    const { headers } = await context.sdk.deleteObject!(onVersioned(context, `${id}/k`));
    const after = await statusOf(context.sdk.headObject!(onVersioned(context, `${id}/k`)));
    const { DeleteMarkers } = await versionsOf(context, `${id}/`);
    return { marker: headers['x-cos-delete-marker'] ?? null, after, markers: DeleteMarkers.length };
  },
  'versioning-undelete': async (context, id) => {
    const Key = `${id}/k`;
    await context.sdk.putObject!(onVersioned(context, Key, { Body: 'first' }));
    const { headers } = await context.sdk.deleteObject!(onVersioned(context, Key));
    await context.sdk.deleteObject!(onVersioned(context, Key, { VersionId: headers['x-cos-version-id'] }));
    return { body: await read(context, id) };
  },
  'versioning-delete-version': async (context, id) => {
    const [VersionId] = await twice(context, id);
    await context.sdk.deleteObject!(onVersioned(context, `${id}/k`, { VersionId }));
    const { Versions } = await versionsOf(context, `${id}/`);
    const { code } = await failure(context.sdk.getObject!(onVersioned(context, `${id}/k`, { VersionId })));
    return { left: Versions.length, code };
  },
  'versioning-copy': async (context, id) => {
    const [first] = await twice(context, id);
    const CopySource = `${source(context, `${id}/k`, context.versionedBucket)}?versionId=${encodeURIComponent(first)}`;
    await context.sdk.putObjectCopy!(onVersioned(context, `${id}/to`, { CopySource }));
    return { body: String((await context.sdk.getObject!(onVersioned(context, `${id}/to`))).Body) };
  },
};
