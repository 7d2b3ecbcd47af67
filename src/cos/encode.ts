/** Pieces that answers of several operations share. Source: spec/protocol.md §8, §9; spec/buckets.md §1.7, §1.8. */

import type { Encryption } from '../features/encryption/record.ts';
import { formatHttpDate } from '../http/http-date.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { ObjectExtra, Replication } from '../model/records/attributes.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { ObjectRecord } from '../model/records/object.ts';
import { restoreState } from '../model/restore.ts';

/** Unsigned decimal of eight big-endian bytes. */
export function crcText(crc64: Buffer): string {
  return crc64.readBigUInt64BE(0).toString();
}

/** `2019-05-24T10:56:40.000Z`: whole seconds in the form with milliseconds. */
export function isoMillis(ms: number): string {
  return `${isoText(ms)}.000Z`;
}

/** `2019-05-24T10:56:40Z` */
export function isoSeconds(ms: number): string {
  return `${isoText(ms)}Z`;
}

let isoSecond = Number.NaN;
let isoCached = '';

function isoText(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== isoSecond) {
    isoCached = new Date(second * 1000).toISOString().slice(0, 19);
    isoSecond = second;
  }
  return isoCached;
}

/** The text as it is, or percent-encoded for `encoding-type=url`: slashes stay, `+` never does. */
export function listText(text: string, encoded: boolean): string {
  return encoded ? encodeURIComponent(text).replaceAll('%2F', '/') : text;
}

/** Owner of listed objects: the APPID, twice. */
export function appidOwner({ appid }: BucketRecord): string {
  return `<Owner><ID>${appid}</ID><DisplayName>${appid}</DisplayName></Owner>`;
}

/**
 * An account by its canonical id.
 * @param name Owner or Initiator
 * @param uin of a root account, or `<owner>/<sub>` of a sub-account
 */
export function accountElement(name: string, uin: string): string {
  const [owner, own = owner] = uin.split('/');
  return `<${name}><ID>qcs::cam::uin/${owner}:uin/${own}</ID><DisplayName>${own}</DisplayName></${name}>`;
}

export function commonPrefixes(prefixes: readonly string[], encoded: boolean): string {
  let out = '';
  for (const prefix of prefixes)
    out += `<CommonPrefixes>${xmlElement('Prefix', listText(prefix, encoded))}</CommonPrefixes>`;
  return out;
}

/**
 * What GET and HEAD of an object say of it.
 * @param nowMs decides what a restore is like
 * @param skip lower-case names that the request overrides
 */
export function objectHeaders(
  record: ObjectRecord,
  versionId: string | undefined,
  nowMs: number,
  skip?: ReadonlySet<string>,
): string[] {
  const { headers: h, userMeta, storageClass, extra } = record.attributes;
  const out = [
    'ETag',
    `"${record.etag}"`,
    'Last-Modified',
    formatHttpDate(record.modifiedMs),
    'Accept-Ranges',
    'bytes',
    'x-cos-object-type',
    record.kind === 'appendable' ? 'appendable' : 'normal',
  ];
  if (record.crc64 !== undefined) out.push('x-cos-hash-crc64ecma', crcText(record.crc64));
  if (versionId !== undefined) out.push('x-cos-version-id', versionId);
  if (storageClass !== 'STANDARD') out.push('x-cos-storage-class', storageClass);
  stored(out, 'Content-Type', h.contentType, skip);
  stored(out, 'Cache-Control', h.cacheControl, skip);
  stored(out, 'Content-Disposition', h.contentDisposition, skip);
  stored(out, 'Content-Encoding', h.contentEncoding, skip);
  stored(out, 'Content-Language', h.contentLanguage, skip);
  stored(out, 'Expires', h.expires, skip);
  stored(out, 'x-cos-website-redirect-location', h.websiteRedirect, skip);
  for (let i = 0; i < userMeta.length; i += 2) out.push(`x-cos-meta-${userMeta[i]}`, userMeta[i + 1]!);
  if (extra !== undefined) pushExtra(out, record, extra, nowMs);
  return out;
}

function stored(out: string[], name: string, value: string | undefined, skip: ReadonlySet<string> | undefined): void {
  if (value !== undefined && !skip?.has(name.toLowerCase())) out.push(name, value);
}

function pushExtra(out: string[], record: ObjectRecord, extra: ObjectExtra, nowMs: number): void {
  const { tags, encryption, lock, restore, replication } = extra;
  if (tags !== undefined) out.push('x-cos-tagging-count', String(tags.length / 2));
  if (replication !== undefined) out.push('x-cos-replication-status', replicationStatus(replication));
  withEncryption(out, encryption);
  if (lock?.retainUntilMs !== undefined) {
    out.push('x-cos-object-lock-mode', lock.mode ?? 'COMPLIANCE');
    out.push('x-cos-object-lock-retain-until-date', new Date(lock.retainUntilMs).toISOString());
  }
  if (lock !== undefined) out.push('x-cos-object-lock-legal-hold', lock.legalHold ? 'ON' : 'OFF');
  if (restore === undefined) return;
  const state = restoreState(nowMs, record);
  if (state === 'ongoing') {
    out.push('x-cos-restore', 'ongoing-request="true"');
    out.push('x-cos-restore-status', `tier="${restore.tier}"; request-date="${formatHttpDate(restore.requestedMs)}"`);
  } else if (state === 'restored') {
    out.push('x-cos-restore', `ongoing-request="false", expiry-date="${formatHttpDate(restore.expiresMs)}"`);
  }
}

function replicationStatus(replication: Replication): string {
  if ('replica' in replication) return 'REPLICA';
  if (replication.waiting > 0) return 'PENDING';
  return replication.failed ? 'FAILED' : 'COMPLETED';
}

/** Adds what an answer says of encryption at rest. Source: spec/objects.md §5.2. */
export function withEncryption(headers: string[], encryption: Encryption | undefined): string[] {
  switch (encryption?.mode) {
    case 'cos':
      headers.push('x-cos-server-side-encryption', 'AES256');
      break;
    case 'kms':
      headers.push('x-cos-server-side-encryption', 'cos/kms');
      headers.push('x-cos-server-side-encryption-cos-kms-key-id', encryption.keyId);
      break;
    case 'customer':
      headers.push('x-cos-server-side-encryption-customer-algorithm', 'AES256');
      headers.push('x-cos-server-side-encryption-customer-key-MD5', encryption.keyMd5);
      break;
    default:
  }
  return headers;
}

/** Headers of a finished upload of bytes. */
export function uploadHeaders(etag: string, crc64: Buffer | undefined, versionId?: string): string[] {
  const out = ['ETag', `"${etag}"`];
  if (crc64 !== undefined) out.push('x-cos-hash-crc64ecma', crcText(crc64));
  if (versionId !== undefined) out.push('x-cos-version-id', versionId);
  return out;
}
