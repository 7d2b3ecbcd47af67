/**
 * A bucket of any server that speaks the COS API. There is no way to name a version id or a time: replicas get their
 * own, and what was sent just before a crash may be there twice.
 */
import { type Remote, type RemoteBucket, RemoteError } from '../../features/replication/remotes.ts';
import type { ReplicaMeta } from '../../features/replication/replica.ts';
import type { BodyStream } from '../../model/body.ts';
import type { Grant } from '../../model/records/attributes.ts';
import type { UploadAnswer } from '../../platform/outbound/upload.ts';
import { GROUP_URIS } from '../decode/acl.ts';
import { endpointOf, failureOf, type SignedSender } from './endpoint.ts';

/** One PUT, bytes (spec/limits.md §2). */
const MOST_BYTES = 5 * 1024 ** 3;
const GRANT_HEADERS: Readonly<Record<Grant['permission'], string>> = {
  READ: 'x-cos-grant-read',
  WRITE: 'x-cos-grant-write',
  READ_ACP: 'x-cos-grant-read-acp',
  WRITE_ACP: 'x-cos-grant-write-acp',
  FULL_CONTROL: 'x-cos-grant-full-control',
};

export class CosRemote implements Remote {
  readonly #sender: SignedSender;
  readonly #endpoint: string;

  constructor(sender: SignedSender, endpoint: string) {
    this.#sender = sender;
    this.#endpoint = endpoint;
  }

  async look({ bucket, region }: RemoteBucket): Promise<'ready' | 'not-versioned' | 'missing'> {
    const { origin, prefix } = endpointOf(this.#endpoint, bucket, region);
    const signal = new AbortController().signal;
    const answer = await this.#sender.send({ method: 'GET', origin, path: `${prefix}/`, query: 'versioning', signal });
    if (answer.status === 200) return /<Status>Enabled</.test(answer.body.toString()) ? 'ready' : 'not-versioned';
    const code = codeOf(answer);
    if (answer.status === 404) return 'missing';
    if (answer.status === 403) throw new RemoteError('refused', `${origin.host}: ${code}`);
    throw failureOf(origin.host, answer.status, code);
  }

  async send(
    { bucket, region }: RemoteBucket,
    key: string,
    meta: ReplicaMeta,
    body: BodyStream,
    signal: AbortSignal,
  ): Promise<void> {
    const { origin, prefix } = endpointOf(this.#endpoint, bucket, region);
    const path = `${prefix}/${key}`;
    if (meta.size > MOST_BYTES) throw new RemoteError('refused', `${origin.host}: larger than one PUT may be`);
    const answer = meta.marker
      ? await this.#sender.send({ method: 'DELETE', origin, path, signal })
      : await this.#sender.send({ method: 'PUT', origin, path, headers: headersOf(meta), body, signal });
    if (answer.status !== 200 && answer.status !== 204) {
      throw failureOf(origin.host, answer.status, codeOf(answer) || 'Unknown');
    }
    const stored = answer.headers['x-cos-hash-crc64ecma'];
    if (meta.crc64 !== undefined && stored !== undefined && stored !== meta.crc64.readBigUInt64BE().toString()) {
      throw new RemoteError('later', `${origin.host}: other bytes arrived than were sent`);
    }
  }
}

function headersOf({ attributes }: ReplicaMeta): string[] {
  const { headers: h, userMeta, storageClass, acl, grants = [], tags = [], encryption } = attributes;
  const out: string[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) out.push(name, value);
  };
  add('Content-Type', h.contentType);
  add('Cache-Control', h.cacheControl);
  add('Content-Disposition', h.contentDisposition);
  add('Content-Encoding', h.contentEncoding);
  add('Content-Language', h.contentLanguage);
  add('Expires', h.expires);
  add('x-cos-website-redirect-location', h.websiteRedirect);
  for (let i = 0; i < userMeta.length; i += 2) add(`x-cos-meta-${userMeta[i]}`, userMeta[i + 1]);
  add('x-cos-storage-class', storageClass);
  if (acl !== 'default') add('x-cos-acl', acl);
  for (const [permission, name] of Object.entries(GRANT_HEADERS)) {
    const named = grants.filter((grant) => grant.permission === permission);
    if (named.length > 0) add(name, named.map(({ grantee }) => granteeText(grantee)).join(','));
  }
  const pairs: string[] = [];
  for (let i = 0; i < tags.length; i += 2) {
    pairs.push(`${encodeURIComponent(tags[i]!)}=${encodeURIComponent(tags[i + 1]!)}`);
  }
  if (pairs.length > 0) add('x-cos-tagging', pairs.join('&'));
  if (encryption?.mode === 'cos') add('x-cos-server-side-encryption', 'AES256');
  if (encryption?.mode === 'kms') {
    add('x-cos-server-side-encryption', 'cos/kms');
    add('x-cos-server-side-encryption-cos-kms-key-id', encryption.keyId);
  }
  return out;
}

function granteeText(grantee: string): string {
  if (grantee !== 'all' && grantee !== 'authenticated') return `id="${grantee}"`;
  return `uri="${GROUP_URIS[grantee]}"`;
}

function codeOf({ body }: UploadAnswer): string {
  return /<Code>([A-Za-z]{1,64})<\/Code>/.exec(body.toString('utf8'))?.[1] ?? '';
}
