/** Listings of a bucket, in the words of a protocol. Source: spec/buckets.md §6, §7, §9; spec/s3.md §7. */
import { CosError } from '../errors/cos-error.ts';
import type { TierReader } from '../features/intelligent-tiering/access-notes.ts';
import type { QueryParams } from '../http/query.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { ListedObject } from '../model/listing/list-objects.ts';
import type { ListedVersion } from '../model/listing/list-versions.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { ObjectRecord } from '../model/records/object.ts';
import type { UploadRecord } from '../model/records/upload.ts';
import { getBucket, listObjectsV2 } from '../operations/get-bucket.ts';
import { getBucketObjectVersions } from '../operations/get-bucket-object-versions.ts';
import { listMultipartUploads } from '../operations/list-multipart-uploads.ts';
import { codec, xmlReply } from './codec.ts';
import { refuseBody } from './decode/body.ts';
import { integer, text, urlEncoded } from './decode/params.ts';
import { accountElement, commonPrefixes, isoMillis, listText } from './encode.ts';
import type { CosRequest } from './request.ts';

const MAX_PAGE = 1_000;

/** What protocols say differently in lists. */
export interface ListWords {
  /** `Owner` of what a list of objects or versions names. */
  owner(bucket: BucketRecord): string;
  /** UIN of who owns an unfinished upload. */
  uploadOwner(bucket: BucketRecord, initiatorUin: string): string;
  /** Elements of an unfinished upload beside those that both have. */
  uploadMore?(record: UploadRecord): string;
  storageClass(word: string): string;
  /** @throws CosError InvalidDelimiter */
  delimiter(query: QueryParams): string;
}

interface PageForm {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly encoded: boolean;
}

async function decodePage(request: CosRequest, limitName: string, words: ListWords): Promise<PageForm> {
  await refuseBody(request.wire);
  const { query } = request;
  return {
    prefix: text(query, 'prefix'),
    delimiter: words.delimiter(query),
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

/** How the items of one page are shown. */
interface Shown extends Pick<ListWords, 'storageClass'> {
  readonly owner: string;
  readonly encoded: boolean;
  readonly tierOf: TierReader | undefined;
}

function objectElement({ key, record }: ListedObject, { owner, encoded, tierOf, storageClass }: Shown): string {
  return (
    `<Contents>${xmlElement('Key', listText(key, encoded))}<LastModified>${isoMillis(record.modifiedMs)}</LastModified>` +
    `<ETag>&quot;${record.etag}&quot;</ETag><Size>${record.size}</Size>${owner}` +
    `<StorageClass>${storageClass(record.storageClass)}</StorageClass>${tierElement(key, record, tierOf)}</Contents>`
  );
}

function tierElement(key: string, record: ObjectRecord, tierOf: TierReader | undefined): string {
  const tier = tierOf?.(key, record);
  return tier === undefined ? '' : `<StorageTier>${tier}</StorageTier>`;
}

function objectElements(objects: readonly ListedObject[], shown: Shown): string {
  let out = '';
  for (const object of objects) out += objectElement(object, shown);
  return out;
}

const regionHeader = (bucket: BucketRecord): string[] => ['x-cos-bucket-region', bucket.region];

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
  { owner, encoded, tierOf, storageClass }: Shown,
): string {
  const isMarker = record.kind === 'delete-marker';
  const name = isMarker ? 'DeleteMarker' : 'Version';
  const content = isMarker
    ? ''
    : `<ETag>&quot;${record.etag}&quot;</ETag><Size>${record.size}</Size>` +
      `<StorageClass>${storageClass(record.storageClass)}</StorageClass>${tierElement(key, record, tierOf)}`;
  return (
    `<${name}>${xmlElement('Key', listText(key, encoded))}<VersionId>${versionId}</VersionId>` +
    `<IsLatest>${isLatest}</IsLatest><LastModified>${isoMillis(record.modifiedMs)}</LastModified>` +
    `${content}${owner}</${name}>`
  );
}

/** The four listings. */
export function listingCodecs(words: ListWords) {
  const { storageClass } = words;
  const getBucketCodec = codec({
    operation: getBucket,
    decode: async (request) => ({
      ...(await decodePage(request, 'max-keys', words)),
      after: text(request.query, 'marker'),
    }),
    encode({ bucket, page, tierOf }, request) {
      request.note.rows = page.visited;
      const encoded = urlEncoded(request.query);
      const maxKeys = integer(request.query, 'max-keys', MAX_PAGE, 0, MAX_PAGE);
      const body =
        `<ListBucketResult>${xmlElement('Name', request.bucketLabel(bucket.name))}${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
        `${xmlElement('Prefix', echo(request, 'prefix'))}${xmlElement('Marker', echo(request, 'marker'))}` +
        `<MaxKeys>${maxKeys}</MaxKeys>${delimiterElement(request)}<IsTruncated>${page.truncated}</IsTruncated>` +
        (page.truncated ? xmlElement('NextMarker', listText(page.last, encoded)) : '') +
        commonPrefixes(page.commonPrefixes, encoded) +
        objectElements(page.objects, { owner: words.owner(bucket), encoded, tierOf, storageClass });
      return xmlReply(`${body}</ListBucketResult>`, regionHeader(bucket));
    },
  });

  const listObjectsV2Codec = codec({
    operation: listObjectsV2,
    async decode(request) {
      const page = await decodePage(request, 'max-keys', words);
      const token = text(request.query, 'continuation-token');
      return { ...page, after: token === '' ? text(request.query, 'start-after') : decodeToken(token) };
    },
    encode({ bucket, page, tierOf }, request) {
      request.note.rows = page.visited;
      const { query } = request;
      const encoded = urlEncoded(query);
      const owner = text(query, 'fetch-owner') === 'true' ? words.owner(bucket) : '';
      const token = text(query, 'continuation-token');
      const startAfter = echo(request, 'start-after');
      const body =
        `<ListBucketResult>${xmlElement('Name', request.bucketLabel(bucket.name))}${xmlElement('Prefix', echo(request, 'prefix'))}` +
        `${delimiterElement(request)}<MaxKeys>${integer(query, 'max-keys', MAX_PAGE, 0, MAX_PAGE)}</MaxKeys>` +
        `${encoded ? '<EncodingType>url</EncodingType>' : ''}` +
        `<KeyCount>${page.objects.length + page.commonPrefixes.length}</KeyCount>` +
        `<IsTruncated>${page.truncated}</IsTruncated>${query.has('continuation-token') ? xmlElement('ContinuationToken', token) : ''}` +
        (page.truncated ? xmlElement('NextContinuationToken', encodeToken(page.last)) : '') +
        (startAfter === '' ? '' : xmlElement('StartAfter', startAfter)) +
        objectElements(page.objects, { owner, encoded, tierOf, storageClass }) +
        commonPrefixes(page.commonPrefixes, encoded);
      return xmlReply(`${body}</ListBucketResult>`, regionHeader(bucket));
    },
  });

  const getBucketObjectVersionsCodec = codec({
    operation: getBucketObjectVersions,
    decode: async (request) => ({
      ...(await decodePage(request, 'max-keys', words)),
      keyMarker: text(request.query, 'key-marker'),
      versionIdMarker: text(request.query, 'version-id-marker'),
    }),
    encode({ bucket, page, tierOf }, request) {
      request.note.rows = page.visited;
      const encoded = urlEncoded(request.query);
      let body =
        `<ListVersionsResult>${encoded ? '<EncodingType>url</EncodingType>' : ''}${xmlElement('Name', request.bucketLabel(bucket.name))}` +
        `${xmlElement('Prefix', echo(request, 'prefix'))}${xmlElement('KeyMarker', echo(request, 'key-marker'))}` +
        `${xmlElement('VersionIdMarker', text(request.query, 'version-id-marker'))}` +
        `<MaxKeys>${integer(request.query, 'max-keys', MAX_PAGE, 0, MAX_PAGE)}</MaxKeys>` +
        `<IsTruncated>${page.truncated}</IsTruncated>`;
      if (page.truncated) {
        body += xmlElement('NextKeyMarker', listText(page.nextKeyMarker, encoded));
        body += xmlElement('NextVersionIdMarker', page.nextVersionIdMarker);
      }
      body += delimiterElement(request) + commonPrefixes(page.commonPrefixes, encoded);
      const shown = { owner: words.owner(bucket), encoded, tierOf, storageClass };
      for (const version of page.versions) body += versionElement(version, shown);
      return xmlReply(`${body}</ListVersionsResult>`, regionHeader(bucket));
    },
  });

  const listMultipartUploadsCodec = codec({
    operation: listMultipartUploads,
    decode: async (request) => ({
      ...(await decodePage(request, 'max-uploads', words)),
      keyMarker: text(request.query, 'key-marker'),
      uploadIdMarker: text(request.query, 'upload-id-marker'),
    }),
    encode({ bucket, page }, request) {
      request.note.rows = page.visited;
      const encoded = urlEncoded(request.query);
      let body =
        `<ListMultipartUploadsResult>${xmlElement('Bucket', request.bucketLabel(bucket.name))}` +
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
          `<StorageClass>${words.storageClass(record.attributes.storageClass)}</StorageClass>` +
          `${accountElement('Initiator', record.initiatorUin)}${accountElement('Owner', words.uploadOwner(bucket, record.initiatorUin))}` +
          `<Initiated>${isoMillis(record.initiatedMs)}</Initiated>${words.uploadMore?.(record) ?? ''}</Upload>`;
      }
      body += commonPrefixes(page.commonPrefixes, encoded);
      return xmlReply(`${body}</ListMultipartUploadsResult>`);
    },
  });

  return { getBucketCodec, listObjectsV2Codec, getBucketObjectVersionsCodec, listMultipartUploadsCodec };
}
