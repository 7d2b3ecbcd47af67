/** Buckets in the states that rules of objects depend on, and the few request shapes that many tests repeat. */
import { createHash } from 'node:crypto';
import { type Answer, clientOf, type Send } from './http.ts';
import type { ServerProcess } from './server-process.ts';

export interface BucketState {
  readonly versioning?: 'Enabled' | 'Suspended';
  /** Enables object lock. @param days of the default retention; 0: no default */
  readonly lockDays?: number;
  readonly acl?: string;
  /** Multi-AZ. */
  readonly multiAz?: boolean;
}

/** Makes a bucket. @returns a client of it */
export async function makeBucket(
  server: Pick<ServerProcess, 'port'>,
  name: string,
  { versioning, lockDays, acl, multiAz }: BucketState = {},
): Promise<Send> {
  const send = clientOf(server, name);
  const body = multiAz
    ? '<CreateBucketConfiguration><BucketAZConfig>MAZ</BucketAZConfig></CreateBucketConfiguration>'
    : '';
  await expectStatus(send({ method: 'PUT', body, headers: acl === undefined ? {} : { 'x-cos-acl': acl } }), 200);
  if (lockDays !== undefined) await setBucketLock(send, lockDays);
  if (versioning !== undefined) await setVersioning(send, versioning);
  return send;
}

export function setVersioning(send: Send, status: 'Enabled' | 'Suspended'): Promise<Answer> {
  const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
  return expectStatus(send({ method: 'PUT', query: { versioning: '' }, body }), 200);
}

/** @param days of the default retention; 0: none */
export function setBucketLock(send: Send, days = 0): Promise<Answer> {
  const rule = `<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>${days}</Days></DefaultRetention></Rule>`;
  const body =
    `<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>${days === 0 ? '' : rule}` +
    '</ObjectLockConfiguration>';
  return expectStatus(send({ method: 'PUT', query: { 'object-lock': '' }, body }), 200);
}

/** Waits for an answer and insists on its status. */
export async function expectStatus(answer: Promise<Answer>, status: number): Promise<Answer> {
  const got = await answer;
  if (got.status !== status) throw new Error(`status ${got.status} instead of ${status}: ${got.text.slice(0, 500)}`);
  return got;
}

/** PUT Object that must succeed. */
export function put(
  send: Send,
  key: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return expectStatus(send({ method: 'PUT', key, body, headers }), 200);
}

/** Status and error code. */
export const failure = ({ status, error }: Answer) => [status, error['Code']];

/** Text of the first element of that name, entities decoded; undefined where there is none. */
export function textOf(xml: string, name: string): string | undefined {
  return textsOf(xml, name)[0];
}

/** Texts of all elements of that name. */
export function textsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, 'g'))].map((match) =>
    match[1]!
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&'),
  );
}

export const md5Hex = (body: string | Buffer) => createHash('md5').update(body).digest('hex');
export const md5Base64 = (body: string | Buffer) => createHash('md5').update(body).digest('base64');

/** Starts a multipart upload. @returns its id */
export async function initiate(
  send: Send,
  key: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const answer = await expectStatus(send({ method: 'POST', key, query: { uploads: '' }, headers }), 200);
  return textOf(answer.text, 'UploadId')!;
}

/** @returns the part's ETag, quoted */
export async function uploadPart(
  send: Send,
  key: string,
  uploadId: string,
  partNumber: number,
  body: string | Buffer,
): Promise<string> {
  const query = { partNumber: String(partNumber), uploadId };
  return (await expectStatus(send({ method: 'PUT', key, query, body }), 200)).headers['etag']!;
}

/** The body of Complete. @param etags of the parts from 1 */
export function partList(etags: readonly string[]): string {
  const parts = etags.map((etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`);
  return `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
}

export function complete(
  send: Send,
  key: string,
  uploadId: string,
  etags: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return send({ method: 'POST', key, query: { uploadId }, body: partList(etags), headers });
}

/** A whole multipart upload that must succeed. */
export async function putParts(
  send: Send,
  key: string,
  bodies: readonly (string | Buffer)[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const uploadId = await initiate(send, key, headers);
  const etags: string[] = [];
  for (const [at, body] of bodies.entries()) etags.push(await uploadPart(send, key, uploadId, at + 1, body));
  return expectStatus(complete(send, key, uploadId, etags), 200);
}
