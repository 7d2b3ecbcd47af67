/** What libraries for Amazon S3 see on the S3 face: path style, a bucket's full name with APPID. */
import { type Case, fact } from '../case.ts';
import { MD5 } from './objects.ts';

/** Base64 of the CRC32 of `123456789`. */
export const CRC32 = 'y/Q5Jg==';

const refused = (status: number, code: string) => ({ status, code });

export const s3: readonly Case[] = [
  fact('s3-put', 'the ETag of a PUT is the MD5 of the content', 's3 §5.3', { etag: MD5 }),
  fact('s3-put-stream', 'a body of 300,000 bytes in pieces is stored whole', 's3 §5.1', { length: 300_000 }),
  fact('s3-put-empty', 'an object of no bytes is an object', 's3 §5.1', { length: 0 }),
  fact('s3-checksum', 'the CRC32 that the library sends of itself is kept and shown', 's3 §5.2', { crc32: CRC32 }),
  fact('s3-put-if-none-match', 'If-None-Match: * keeps what is there', 's3 §6', {
    ...refused(412, 'PreconditionFailed'),
    body: 'first',
  }),
  fact('s3-get', 'GET gives the bytes and the type back', 's3 §6', { body: '123456789', type: 'text/plain' }),
  fact('s3-get-missing', 'GET of a missing key', 's3 §7', refused(404, 'NoSuchKey')),
  fact('s3-head-missing', 'HEAD of a missing key', 's3 §7', { status: 404 }),
  fact('s3-range', 'a range of three bytes', 's3 §6', { status: 206, body: '345' }),
  fact('s3-not-modified', 'If-None-Match with the ETag', 's3 §6', { status: 304 }),
  fact('s3-meta', 'user metadata comes back under lower-case names', 's3 §6', {
    meta: { one: '1', 'two-words': 'a b' },
  }),
  fact('s3-headers', 'headers given with a PUT come back', 's3 §6', {
    cacheControl: 'max-age=60',
    disposition: 'inline; filename="kept.txt"',
    language: 'de',
  }),
  fact('s3-storage-class', 'the storage class of a PUT is shown by HEAD', 's3 §8', { storageClass: 'STANDARD_IA' }),
  fact('s3-keys', 'odd keys are written, read and listed', 's3 §2', { read: 9, listed: 9 }),
  fact('s3-list', 'list-type=2 folds by a delimiter', 's3 §7', { keys: ['a', 'b'], prefixes: ['d/'] }),
  fact('s3-list-pages', 'pages of three hold seven keys between them', 's3 §7', { pages: [3, 3, 1] }),
  fact('s3-list-v1', 'the older list goes on behind its marker', 's3 §7', { keys: ['c', 'd'] }),
  fact('s3-delete', 'a deleted object is gone', 's3 §6', { after: 404 }),
  fact('s3-delete-many', 'one request deletes many keys, missing ones included', 's3 §7', {
    deleted: ['a', 'b', 'missing'],
    left: [],
  }),
  fact('s3-copy', 'a copy has content, ETag and metadata of its source', 's3 §7', { etag: MD5, meta: { one: '1' } }),
  fact('s3-copy-replaces', 'REPLACE takes the metadata of the request', 's3 §6', { meta: { two: '2' } }),
  fact('s3-copy-odd-key', 'the source of a copy may have any key', 's3 §6', { body: '123456789' }),
  fact('s3-multipart', 'a part of 5 MiB and a last one make an object', 's3 §7', {
    etagSuffix: '-2',
    length: 5_242_889,
    parts: [5_242_880, 9],
  }),
  fact('s3-multipart-copy', 'a part is copied from a range', 's3 §6', { body: '345' }),
  fact('s3-multipart-abort', 'an upload is listed until it is aborted', 's3 §7', { before: 1, after: 0 }),
  fact('s3-upload-file', "the library's own upload and download of a file of 12 MiB", 's3 §5.2', { same: true }),
  fact('s3-presigned-get', 'a presigned URL reads', 's3 §4.1', { status: 200, body: '123456789' }),
  fact('s3-presigned-put', 'a presigned URL writes', 's3 §4.1', { status: 200, body: 'by url' }),
  fact('s3-presigned-tampered', 'a changed signature is refused', 's3 §4.1', refused(403, 'SignatureDoesNotMatch')),
  fact('s3-post-form', 'a form with a signed policy makes an object', 's3 §4.3', { status: 204, body: '123456789' }),
  fact('s3-unsigned', 'a private object needs a signature', 's3 §4.4', refused(403, 'AccessDenied')),
  fact('s3-wrong-secret', 'a wrong secret key', 's3 §4.1', refused(403, 'SignatureDoesNotMatch')),
  fact('s3-unknown-id', 'an unknown access key', 's3 §4.1', refused(403, 'InvalidAccessKeyId')),
  fact('s3-acl', 'public-read opens an object to everybody', 's3 §9', { status: 200, body: '123456789' }),
  fact('s3-tagging', 'tags come back, and go', 's3 §7', { tags: { a: '1', b: '2' }, after: {} }),
  fact('s3-versions', 'versions are listed, newest first, and read by their ids', 's3 §7', {
    bodies: ['two', 'one'],
    latest: [true, false],
  }),
  fact('s3-delete-marker', 'DELETE adds a marker; without it the object is back', 's3 §7', {
    marker: true,
    between: 404,
    body: '123456789',
  }),
  fact('s3-sse', 'AES256 is shown by HEAD', 's3 §6', { encryption: 'AES256' }),
  fact('s3-sse-c', "an object with the customer's key is read with it alone", 's3 §6', {
    body: '123456789',
    without: 400,
  }),
  fact('s3-bucket-list', 'the account has the bucket', 's3 §7', { listed: true }),
  fact('s3-bucket-head', 'HEAD of a bucket, and of one that nobody has', 's3 §6', { there: 200, missing: 404 }),
  fact('s3-bucket-life', 'a bucket is made, is not removed while it is full, and is removed', 's3 §7', {
    full: 'BucketNotEmpty',
    after: 404,
  }),
  fact('s3-bucket-location', 'the location of a bucket is its region', 's3 §7', { location: 'ap-guangzhou' }),
  fact('s3-lifecycle', 'a lifecycle rule comes back', 's3 §7', {
    id: 'old',
    status: 'Enabled',
    prefix: 'logs/',
    days: 7,
  }),
  fact('s3-cors', 'a CORS rule comes back', 's3 §7', { origins: ['https://example.com'], methods: ['GET', 'PUT'] }),
  fact('s3-policy', 'a bucket policy opens a prefix to everybody', 's3 §9', { status: 200, after: 403 }),
];
