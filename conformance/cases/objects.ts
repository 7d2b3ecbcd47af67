/** Simple objects: put, head, get, delete. `123456789` is the content wherever nothing else is said. */
import { type Case, fact } from '../case.ts';

export const MD5 = '"25f9e794323b453885f5181f1b624d0b"';
/** The check value of CRC-64/XZ. */
export const CRC64 = '11051210869376104954';

export const objects: readonly Case[] = [
  fact('put-etag', 'the ETag of a PUT is the MD5 of the content, in quotes', 'objects §2.7', { etag: MD5 }),
  fact('put-crc64', 'a PUT answers with the CRC64 of the content', 'objects §2.8', { crc64: CRC64 }),
  fact('put-empty', 'an object of no bytes is an object', 'objects §8.1', {
    etag: '"d41d8cd98f00b204e9800998ecf8427e"',
    length: 0,
  }),
  fact('put-replaces', 'a second PUT replaces content and metadata', 'objects §8.1, protocol §6', {
    body: 'second',
    meta: { b: '2' },
  }),
  fact('put-stream', 'a body of unknown length (300,000 bytes) is stored whole', 'clients §3', { length: 300_000 }),
  fact('put-wrong-md5', 'a body that does not match Content-MD5 is refused', 'objects §1 C9', {
    status: 400,
    code: 'BadDigest',
  }),
  fact('put-forbid-overwrite', 'x-cos-forbid-overwrite keeps what is there', 'objects §6.1', {
    status: 409,
    code: 'FileAlreadyExists',
    body: 'first',
  }),
  fact('put-storage-class', 'the storage class of a PUT is shown by HEAD', 'objects §4', {
    storageClass: 'STANDARD_IA',
  }),
  fact('get-body', 'GET gives the bytes back', 'objects §8.4', { body: '123456789', length: 9 }),
  fact('get-missing', 'GET of a missing key', 'objects §8.4', { status: 404, code: 'NoSuchKey' }),
  fact('get-response-headers', 'response-* parameters replace headers of the answer', 'objects §8.4', {
    type: 'text/x-asked',
    disposition: 'attachment; filename="asked.txt"',
  }),
  fact('head-fields', 'HEAD shows length, type, ETag and CRC64', 'objects §8.5', {
    length: 9,
    type: 'text/plain',
    etag: MD5,
    crc64: CRC64,
  }),
  fact('head-missing', 'HEAD of a missing key', 'objects §8.5', { status: 404 }),
  fact('delete', 'a deleted object is gone', 'objects §8.7', { status: 204, after: 404 }),
  fact('delete-missing', 'deleting a missing key succeeds', 'objects §8.7', { status: 204 }),
  fact('delete-many', 'one request deletes many keys, missing ones included', 'objects §8.8', {
    deleted: ['a', 'b', 'missing'],
    left: [],
  }),
  fact('delete-many-quiet', 'Quiet leaves the deleted keys out of the answer', 'objects §8.8', {
    deleted: [],
    left: [],
  }),
  fact('error-request-id', 'an error carries a request id', 'protocol §10', { requestId: true }),
  fact('headers-kept', 'headers given with a PUT come back', 'objects §2.10', {
    cacheControl: 'max-age=60',
    disposition: 'inline; filename="kept.txt"',
    language: 'de',
    expires: 'Wed, 21 Oct 2037 07:28:00 GMT',
  }),
  fact('meta', 'user metadata comes back under lower-case names', 'protocol §6', {
    meta: { one: '1', 'two-words': 'a b' },
  }),
  fact('meta-utf8', 'percent-encoded metadata comes back as it was sent', 'protocol §6', {
    meta: { name: '%E4%B8%AD%E6%96%87' },
  }),
];
