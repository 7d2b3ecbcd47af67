/** Requests and steps that many rows share. */
import type { Ask, Step } from './row.ts';

type Headers = Readonly<Record<string, string>>;

export const GUANGZHOU = 'ap-guangzhou';
export const BEIJING = 'ap-beijing';
export const ZEROS_MD5 = 'AAAAAAAAAAAAAAAAAAAAAA==';

export const get = (target: string, headers: Headers = {}): Ask => ({ method: 'GET', target, headers });
export const remove = (target: string, headers: Headers = {}): Ask => ({ method: 'DELETE', target, headers });
export const put = (target: string, body: string | number = '', headers: Headers = {}): Ask => ({
  method: 'PUT',
  target,
  headers,
  body,
});
export const post = (target: string, body: string | number = '', headers: Headers = {}): Ask => ({
  method: 'POST',
  target,
  headers,
  body,
});
/** Without a body: nothing is announced. */
export const copy = (target: string, source: string, headers: Headers = {}): Ask => ({
  method: 'PUT',
  target,
  headers: { 'x-cos-copy-source': source, ...headers },
});

/** PUT Bucket of a full name. */
export const makeBucket = (bucket: string, region = GUANGZHOU, headers: Headers = {}): Step => ({
  ...put('/', '', headers),
  bucket,
  region,
});
export const VERSIONED: Step = put(
  '/?versioning',
  '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
);
export const OPEN: Step = put('/?acl', '', { 'x-cos-acl': 'public-read-write' });

export const initiate = (key: string): Step => ({
  ...post(`/${key}?uploads`),
  save: { as: 'uploadId', element: 'UploadId' },
});
/** A part of that many zero bytes; its ETag is kept as `etag<n>`. */
export const part = (key: string, n: number, bytes = 1): Step => ({
  ...put(`/${key}?partNumber=${n}&uploadId={uploadId}`, bytes),
  save: { as: `etag${n}`, header: 'etag' },
});
/** Complete with parts in this order. */
export function complete(key: string, ...numbers: readonly number[]): Ask {
  const parts = numbers.map((n) => `<Part><PartNumber>${n}</PartNumber><ETag>{etag${n}}</ETag></Part>`);
  return post(`/${key}?uploadId={uploadId}`, `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
}

/** The header that lets one account read. */
export const readableBy = (uin: string): Headers => ({ 'x-cos-grant-read': `id="qcs::cam::uin/${uin}:uin/${uin}"` });
export const RESTORE =
  '<RestoreRequest><Days>1</Days><CASJobParameters><Tier>Standard</Tier></CASJobParameters></RestoreRequest>';
