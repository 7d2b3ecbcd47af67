/**
 * The key layout of the metadata store: one letter names the keyspace, object keys come last or are escaped, so that
 * byte order of the rows is byte order of the object keys (DESIGN §2).
 *
 * | rows | key | value |
 * | --- | --- | --- |
 * | bucket | `b` appid `/` name | BucketRecord |
 * | current object | `c` bucketId key | ObjectRecord of the newest version, if that is an object |
 * | version | `v` bucketId escaped-key 00 00, then 00 (the current delete marker) or 01 + inverted stamp | ObjectRecord |
 * | null pointer | `n` bucketId key | inverted stamp of a noncurrent `null` version |
 * | upload | `u` bucketId escaped-key 00 00 uploadId | UploadRecord |
 * | part | `p` bucketId uploadId partNumber | PartRecord |
 * | extents | `x` bucketId manifestId chunk | extents of a multipart or appendable object |
 * | finished upload | `f` bucketId uploadId | FinishedUpload, so that a repeated Complete can be answered |
 * | deferred deletion | `d` due-ms id | DeletionJob |
 * | own ACL | `a` appid `/` bucketId stamp key | whom a version's own ACL names (acl-census.ts); without key, a bucket's ACL or policy (attachments.ts) |
 * | configuration | `g` bucketId name | a configuration of the bucket, in the form of its feature |
 * | pieces of a long one | `g` bucketId name `/` … | long-configs.ts |
 * | work of lifecycle | `g` bucketId `lifecycle#` … | features/lifecycle/zones.ts, touched.ts |
 * | replication | `r` bucketId destination stamp key | features/replication/outbox.ts: a version that a destination has to get |
 * | bound domain | `h` name in lower case | features/domains/records.ts; the row `h` alone changes with every one of them |
 * | background pull | `o` bucketId key | features/origin/queue.ts |
 * | waiting event | `e` bucketId rule number | features/notifications/outbox.ts |
 * | batch job | `j` kind appid `/` … | features/batch/rows.ts |
 * | fetch task | `k` kind bucketId id | features/fetch-tasks/task.ts |
 * | identities | `i` kind owner-uin `/` id | access/directory/records.ts; the row `i` alone changes with every one of them |
 *
 * A key's newest version is in exactly one place: row `c` (an object) or slot 00 of `v` (a delete marker). Every
 * change of the newest version therefore checks these two rows, and no more.
 */
import { prefixSuccessor } from '../store/bytes.ts';

export type BucketId = Buffer;

export function bucketKey(appid: string, name: string): Buffer {
  return Buffer.from(`b${appid}/${name}`, 'latin1');
}

/** Prefix of all buckets of an account. */
export function bucketPrefix(appid: string): Buffer {
  return Buffer.from(`b${appid}/`, 'latin1');
}

function space(tag: string, bucketId: BucketId, rest: number): Buffer {
  const out = Buffer.allocUnsafe(9 + rest);
  out[0] = tag.charCodeAt(0);
  bucketId.copy(out, 1);
  return out;
}

/** Row of the current object, or (with an empty or partial key) the prefix of a listing. */
export function currentKey(bucketId: BucketId, key: string): Buffer {
  const out = space('c', bucketId, Buffer.byteLength(key));
  out.write(key, 9);
  return out;
}

/** The object key inside a `c` or `n` row's key. */
export function objectKeyOf(rowKey: Buffer): string {
  return rowKey.toString('utf8', 9);
}

/** As `currentKey`, from bytes: prefixes and markers may be cut anywhere. */
export function currentKeyOfBytes(bucketId: BucketId, key: Buffer): Buffer {
  const out = space('c', bucketId, key.length);
  key.copy(out, 9);
  return out;
}

export function nullPointerKey(bucketId: BucketId, key: string): Buffer {
  const out = space('n', bucketId, Buffer.byteLength(key));
  out.write(key, 9);
  return out;
}

/** 00 becomes 00 FF, so that the terminator 00 00 sorts before every longer key. */
export function escapeKey(key: Buffer): Buffer {
  if (!key.includes(0)) return key;
  const out: number[] = [];
  for (const byte of key) {
    out.push(byte);
    if (byte === 0) out.push(0xff);
  }
  return Buffer.from(out);
}

export function unescapeKey(escaped: Buffer): Buffer {
  if (!escaped.includes(0)) return escaped;
  const out: number[] = [];
  for (let i = 0; i < escaped.length; i++) {
    const byte = escaped[i]!;
    out.push(byte);
    if (byte === 0) i += 1;
  }
  return Buffer.from(out);
}

/** End of the escaped key inside a row key that starts at `from`: the position of its 00 00. */
function terminatorAt(rowKey: Buffer, from: number): number {
  let at = rowKey.indexOf(0, from);
  while (at >= 0 && rowKey[at + 1] === 0xff) at = rowKey.indexOf(0, at + 2);
  return at;
}

function escapedRow(tag: string, bucketId: BucketId, key: string, tail: number): { row: Buffer; at: number } {
  const escaped = escapeKey(Buffer.from(key));
  const row = space(tag, bucketId, escaped.length + 2 + tail);
  escaped.copy(row, 9);
  row[9 + escaped.length] = 0;
  row[10 + escaped.length] = 0;
  return { row, at: 11 + escaped.length };
}

/** Prefix of a bucket's version rows, or of those whose object key starts with `prefix`. */
export function versionPrefix(bucketId: BucketId, prefix: string): Buffer {
  return Buffer.concat([space('v', bucketId, 0), escapeKey(Buffer.from(prefix))]);
}

/** First of the version rows of one object key (also the prefix of them all). */
export function versionsOfKey(bucketId: BucketId, key: string): Buffer {
  return escapedRow('v', bucketId, key, 0).row;
}

/** The slot that holds the delete marker when it is the newest version. */
export function markerSlotKey(bucketId: BucketId, key: string): Buffer {
  const { row, at } = escapedRow('v', bucketId, key, 1);
  row[at] = 0;
  return row;
}

/** Row of a noncurrent version. @param stamp microseconds since the epoch; newer sorts first */
export function noncurrentKey(bucketId: BucketId, key: string, stamp: number): Buffer {
  const { row, at } = escapedRow('v', bucketId, key, 9);
  row[at] = 1;
  row.writeBigUInt64BE(invert(stamp), at + 1);
  return row;
}

export function isMarkerSlot(rowKey: Buffer): boolean {
  return rowKey[rowKey.length - 1] === 0 && terminatorAt(rowKey, 9) === rowKey.length - 3;
}

/** The object key inside a `v` or `u` row's key. */
export function escapedObjectKeyOf(rowKey: Buffer): string {
  return unescapeKey(rowKey.subarray(9, terminatorAt(rowKey, 9))).toString('utf8');
}

/** The object key inside the key of a `c` or `v` row. */
export function objectKeyOfRow(rowKey: Buffer): string {
  return rowKey[0] === 0x63 ? objectKeyOf(rowKey) : escapedObjectKeyOf(rowKey); // c
}

export function invert(stamp: number): bigint {
  return 0xffff_ffff_ffff_ffffn - BigInt(stamp);
}

export function uploadKey(bucketId: BucketId, key: string, uploadId: string): Buffer {
  const { row, at } = escapedRow('u', bucketId, key, uploadId.length);
  row.write(uploadId, at, 'latin1');
  return row;
}

export function uploadPrefix(bucketId: BucketId, prefix: string): Buffer {
  return Buffer.concat([space('u', bucketId, 0), escapeKey(Buffer.from(prefix))]);
}

/** Prefix of all uploads of one object key. */
export function uploadsOfKey(bucketId: BucketId, key: string): Buffer {
  return escapedRow('u', bucketId, key, 0).row;
}

export function uploadIdOf(rowKey: Buffer): string {
  return rowKey.toString('latin1', terminatorAt(rowKey, 9) + 2);
}

export function partPrefix(bucketId: BucketId, uploadId: string): Buffer {
  const out = space('p', bucketId, uploadId.length);
  out.write(uploadId, 9, 'latin1');
  return out;
}

export function partKey(bucketId: BucketId, uploadId: string, partNumber: number): Buffer {
  const out = space('p', bucketId, uploadId.length + 2);
  out.write(uploadId, 9, 'latin1');
  out.writeUInt16BE(partNumber, 9 + uploadId.length);
  return out;
}

export function partNumberOf(rowKey: Buffer): number {
  return rowKey.readUInt16BE(rowKey.length - 2);
}

export function extentKey(bucketId: BucketId, manifest: Buffer, chunk: number): Buffer {
  const out = space('x', bucketId, manifest.length + 2);
  manifest.copy(out, 9);
  out.writeUInt16BE(chunk, 9 + manifest.length);
  return out;
}

export function finishedKey(bucketId: BucketId, uploadId: string): Buffer {
  const out = space('f', bucketId, uploadId.length);
  out.write(uploadId, 9, 'latin1');
  return out;
}

/** @param name of the configuration: letters, digits and hyphens */
export function configKey(bucketId: BucketId, name: string): Buffer {
  const out = space('g', bucketId, name.length);
  out.write(name, 9, 'latin1');
  return out;
}

/** Prefix of the rows of a bucket's configurations. */
export function configPrefix(bucketId: BucketId): Buffer {
  return space('g', bucketId, 0);
}

/** @param dueMs wall time from which the job may run */
export function deletionKey(dueMs: number, stamp: number): Buffer {
  const out = Buffer.allocUnsafe(17);
  out[0] = 0x64; // d
  out.writeBigUInt64BE(BigInt(Math.max(0, Math.floor(dueMs))), 1);
  out.writeBigUInt64BE(BigInt(stamp), 9);
  return out;
}

export const DELETIONS_FROM = Buffer.from('d');

/** Prefix of the rows of all own ACLs of an account. */
export function aclPrefix(appid: string): Buffer {
  return Buffer.from(`a${appid}/`, 'latin1');
}

/** Row of one version's own ACL. Two keys may share a stamp after the clock was set back, so the key is part of it. */
export function aclKey(appid: string, bucketId: BucketId, stamp: number, key: string): Buffer {
  return Buffer.concat([aclPrefix(appid), bucketId, stampBytes(stamp), Buffer.from(key)]);
}

export function isAclKey(rowKey: Buffer): boolean {
  return rowKey[0] === 0x61; // a
}

/** The row that changes with every commit to the identities, and the prefix of them all. */
export const IDENTITIES = Buffer.from('i');

/** Row of an account, user, key pair … @param kind one letter */
export function identityKey(kind: string, ownerUin: string, id: string): Buffer {
  return Buffer.from(`i${kind}${ownerUin}/${id}`, 'latin1');
}

/** The row that changes with every commit to the bound domains, and the prefix of them all. */
export const DOMAINS = Buffer.from('h');

/** Row of a bound domain. @param name lower case */
export function domainKey(name: string): Buffer {
  return Buffer.from(`h${name}`, 'latin1');
}

/** Prefix of the rows of all background pulls. */
export const ORIGIN_PULLS = Buffer.from('o');

/** Row of the background pull of an object; `objectKeyOf` reads it. */
export function originPullKey(bucketId: BucketId, key: string): Buffer {
  const out = space('o', bucketId, Buffer.byteLength(key));
  out.write(key, 9);
  return out;
}

/** Big-endian bytes of a stamp: bucket ids and manifest ids. */
export function stampBytes(stamp: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigUInt64BE(BigInt(stamp));
  return out;
}

/** End of the range of rows that start with `prefix`: no prefix of ours is all FF, the keyspace letter sees to that. */
export function afterPrefix(prefix: Buffer): Buffer {
  return prefixSuccessor(prefix)!;
}
