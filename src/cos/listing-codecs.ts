/** Listings of a bucket. Source: spec/buckets.md §6, §7, §9. */
import { CosError } from '../../errors/cos-error.ts';
import type { TierReader } from '../../features/intelligent-tiering/access-notes.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import type { ListedObject } from '../../model/listing/list-objects.ts';
import type { ListedVersion } from '../../model/listing/list-versions.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { getBucket, listObjectsV2 } from '../../operations/get-bucket.ts';
import { getBucketObjectVersions } from '../../operations/get-bucket-object-versions.ts';
import { listMultipartUploads } from '../../operations/list-multipart-uploads.ts';
import { codec, xmlReply } from '../codec.ts';
import { refuseBody } from '../decode/body.ts';
import { delimiter, integer, text, urlEncoded } from '../decode/params.ts';
import { accountElement, appidOwner, commonPrefixes, isoMillis, listText } from '../encode.ts';
import type { CosRequest } from '../request.ts';

const MAX_PAGE = 1_000;

interface PageForm {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly encoded: boolean;
}

async function decodePage(request: CosRequest, limitName: string): Promise<PageForm> {
  await refuseBody(request.wire);
  const { query } = request;
  return {
    prefix: text(query, 'prefix'),
    delimiter: delimiter(query),
    limit: integer(query, limitName, MAX_PAGE, 0, MAX_PAGE),
    encoded: urlEncoded(query),
  };
}

/** A parameter as the answer repeats it. */
function echo(request: CosRequest, name: string): string {
  return listText(text(request.query, name), urlEncoded(request.query));
}

function delimiterElement(request: CosRequest): string {
  const value = echo(request, 'delimiter');
  return value === '' ? '' : xmlElement('Delimiter', value);
}

function objectElement(
  { key, record }: ListedObject,
  owner: string,
  encoded: boolean,
  tierOf: TierReader | undefined,
): string {
  return (
    `<Contents>${xmlElement('Key', listText(key, encoded))}<LastModified>${isoMillis(record.modifiedMs)}</LastModified>` +
    `<ETag>&quot;${record.etag}&quot;</ETag><Size>${record.size}</Size>${owner}` +
    `<StorageClass>${record.storageClass}</StorageClass>${tierElement(key, record, tierOf)}</Contents>`
  );
}

function tierElement(key: string, record: ObjectRecord, tierOf: TierReader | undefined): string {
  const tier = tierOf?.(key, record);
  return tier === undefined ? '' : `<StorageTier>${tier}</StorageTier>`;
}

function objectElements(
  objects: readonly ListedObject[],
  owner: string,
  encoded: boolean,
  tierOf: TierReader | undefined,
): string {
  let out = '';
  for (const object of objects) out += objectElement(object, owner, encoded, tierOf);
  return out;
}

export const getBucketCodec = codec({
  operation: getBucket,
  decode: async (request) => ({
    ...(await decodePage(request, 'max-keys')),
    after: text(request.query, 'marker'),
  }),
  encode({ bucket, page, tierOf }, request) {
    request.note.rows = page.visited;
    const encoded = urlEncoded(request.query);
    const maxKeys = integer(request.query, 'max-keys', MAX_PAGE, 0, MAX_PAGE);
    const body =
      `<ListBucketResult>${xmlElement('Name', bucket.name)}${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
      `${xmlElement('Prefix', echo(request, 'prefix'))}${xmlElement('Marker', echo(request, 'marker'))}` +
      `<MaxKeys>${maxKeys}</MaxKeys>${delimiterElement(request)}<IsTruncated>${page.truncated}</IsTruncated>` +
      (page.truncated ? xmlElement('NextMarker', listText(page.last, encoded)) : '') +
      commonPrefixes(page.commonPrefixes, encoded) +
      objectElements(page.objects, appidOwner(bucket), encoded, tierOf);
    return xmlReply(`${body}</ListBucketResult>`, regionHeader(bucket));
  },
});

const regionHeader = (bucket: BucketRecord): string[] => ['x-cos-bucket-region', bucket.region];

export const listObjectsV2Codec = codec({
  operation: listObjectsV2,
  async decode(request) {
    const page = await decodePage(request, 'max-keys');
    const token = text(request.query, 'continuation-token');
    return { ...page, after: token === '' ? text(request.query, 'start-after') : decodeToken(token) };
  },
  encode({ bucket, page, tierOf }, request) {
    request.note.rows = page.visited;
    const { query } = request;
    const encoded = urlEncoded(query);
    const owner = text(query, 'fetch-owner') === 'true' ? appidOwner(bucket) : '';
    const token = text(query, 'continuation-token');
    const startAfter = echo(request, 'start-after');
    const body =
      `<ListBucketResult>${xmlElement('Name', bucket.name)}${xmlElement('Prefix', echo(request, 'prefix'))}` +
      `${delimiterElement(request)}<MaxKeys>${integer(query, 'max-keys', MAX_PAGE, 0, MAX_PAGE)}</MaxKeys>` +
      `${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
      `<KeyCount>${page.objects.length + page.commonPrefixes.length}</KeyCount>` +
      `<IsTruncated>${page.truncated}</IsTruncated>${token === '' ? '' : xmlElement('ContinuationToken', token)}` +
      (page.truncated ? xmlElement('NextContinuationToken', encodeToken(page.last)) : '') +
      (startAfter === '' ? '' : xmlElement('StartAfter', startAfter)) +
      objectElements(page.objects, owner, encoded, tierOf) +
      commonPrefixes(page.commonPrefixes, encoded);
    return xmlReply(`${body}</ListBucketResult>`, regionHeader(bucket));
  },
});

/** Opaque to clients: the last item of the page behind a version letter. */
function encodeToken(last: string): string {
  return Buffer.from(`1${last}`).toString('base64url');
}

function decodeToken(token: string): string {
  const decoded = Buffer.from(token, 'base64url');
  const back = decoded.toString('base64url') === token.replace(/=+$/, '');
  if (!back || decoded[0] !== 0x31) {
    throw new CosError('InvalidArgument', { message: 'The continuation token is not valid' });
  }
  return decoded.toString('utf8', 1);
}

function versionElement(
  { key, record, isLatest, versionId }: ListedVersion,
  owner: string,
  encoded: boolean,
  tierOf: TierReader | undefined,
): string {
  const isMarker = record.kind === 'delete-marker';
  const name = isMarker ? 'DeleteMarker' : 'Version';
  const content = isMarker
    ? ''
    : `<ETag>&quot;${record.etag}&quot;</ETag><Size>${record.size}</Size>` +
      `<StorageClass>${record.storageClass}</StorageClass>${tierElement(key, record, tierOf)}`;
  return (
    `<${name}>${xmlElement('Key', listText(key, encoded))}<VersionId>${versionId}</VersionId>` +
    `<IsLatest>${isLatest}</IsLatest><LastModified>${isoMillis(record.modifiedMs)}</LastModified>` +
    `${content}${owner}</${name}>`
  );
}

export const getBucketObjectVersionsCodec = codec({
  operation: getBucketObjectVersions,
  decode: async (request) => ({
    ...(await decodePage(request, 'max-keys')),
    keyMarker: text(request.query, 'key-marker'),
    versionIdMarker: text(request.query, 'version-id-marker'),
  }),
  encode({ bucket, page, tierOf }, request) {
    request.note.rows = page.visited;
    const encoded = urlEncoded(request.query);
    const owner = appidOwner(bucket);
    let body =
      `<ListVersionsResult>${encoded ? '<EncodingType>url</EncodingType>' : ''}${xmlElement('Name', bucket.name)}` +
      `${xmlElement('Prefix', echo(request, 'prefix'))}${xmlElement('KeyMarker', echo(request, 'key-marker'))}` +
      `${xmlElement('VersionIdMarker', text(request.query, 'version-id-marker'))}` +
      `<MaxKeys>${integer(request.query, 'max-keys', MAX_PAGE, 0, MAX_PAGE)}</MaxKeys>` +
      `<IsTruncated>${page.truncated}</IsTruncated>`;
    if (page.truncated) {
      body += xmlElement('NextKeyMarker', listText(page.nextKeyMarker, encoded));
      body += xmlElement('NextVersionIdMarker', page.nextVersionIdMarker);
    }
    body += delimiterElement(request) + commonPrefixes(page.commonPrefixes, encoded);
    for (const version of page.versions) body += versionElement(version, owner, encoded, tierOf);
    return xmlReply(`${body}</ListVersionsResult>`, regionHeader(bucket));
  },
});

export const listMultipartUploadsCodec = codec({
  operation: listMultipartUploads,
  decode: async (request) => ({
    ...(await decodePage(request, 'max-uploads')),
    keyMarker: text(request.query, 'key-marker'),
    uploadIdMarker: text(request.query, 'upload-id-marker'),
  }),
  encode({ bucket, page }, request) {
    request.note.rows = page.visited;
    const encoded = urlEncoded(request.query);
    let body =
      `<ListMultipartUploadsResult>${xmlElement('Bucket', bucket.name)}` +
      (encoded ? '<Encoding-Type>url</Encoding-Type><EncodingType>url</EncodingType>' : '<Encoding-Type/>') +
      `${xmlElement('KeyMarker', echo(request, 'key-marker'))}` +
      `${xmlElement('UploadIdMarker', text(request.query, 'upload-id-marker'))}` +
      `<MaxUploads>${integer(request.query, 'max-uploads', MAX_PAGE, 0, MAX_PAGE)}</MaxUploads>` +
      `<IsTruncated>${page.truncated}</IsTruncated>${xmlElement('Prefix', echo(request, 'prefix'))}` +
      delimiterElement(request);
    if (page.truncated) {
      body += xmlElement('NextKeyMarker', listText(page.nextKeyMarker, encoded));
      body += xmlElement('NextUploadIdMarker', page.nextUploadIdMarker);
    }
    for (const { key, uploadId, record } of page.uploads) {
      body +=
        `<Upload>${xmlElement('Key', listText(key, encoded))}<UploadId>${uploadId}</UploadId>` +
        `<StorageClass>${record.attributes.storageClass}</StorageClass>` +
        `${accountElement('Initiator', record.initiatorUin)}${accountElement('Owner', bucket.ownerUin)}` +
        `<Initiated>${isoMillis(record.initiatedMs)}</Initiated></Upload>`;
    }
    body += commonPrefixes(page.commonPrefixes, encoded);
    return xmlReply(`${body}</ListMultipartUploadsResult>`);
  },
});
