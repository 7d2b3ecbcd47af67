/**
 * What travels with a replica between two Cosette servers, beside its bytes: one header, JSON in base64url, which the
 * signature covers.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { EncryptionRequest } from '../../features/encryption/record.ts';
import type { ReplicaMeta } from '../../features/replication/replica.ts';
import type { RequestedAttributes } from '../../model/admission.ts';
import type { Grant, ObjectAcl, StoredHeaders } from '../../model/records/attributes.ts';
import { OBJECT_ACLS, PERMISSIONS } from '../../model/records/attributes.ts';
import type { Checksum } from '../../model/records/checksum.ts';
import { STORAGE_CLASSES } from '../../model/records/storage-classes.ts';
import { CHECKSUM_ALGORITHMS, CHECKSUM_BYTES } from '../../platform/hash/checksum.ts';

export const REPLICA_HEADER = 'x-cosette-replica';
/** Path below a host that names no bucket; `<region>/<bucket>/<key>` follow. */
export const REPLICA_PREFIX = '/_cosette/replica/v1/';

const FORMAT = 1;
const STORED = [
  'contentType',
  'cacheControl',
  'contentDisposition',
  'contentEncoding',
  'contentLanguage',
  'expires',
  'websiteRedirect',
] as const satisfies readonly (keyof StoredHeaders)[];

export function writeReplicaHeader(meta: ReplicaMeta): string {
  const { headers, userMeta, storageClass, acl, grants, tags, encryption } = meta.attributes;
  const fields = {
    v: FORMAT,
    stamp: meta.stamp,
    marker: meta.marker,
    modifiedMs: meta.modifiedMs,
    size: meta.size,
    etag: meta.etag,
    crc64: meta.crc64?.toString('hex'),
    checksum: meta.checksum && [meta.checksum.algorithm, meta.checksum.value.toString('hex')],
    headers,
    userMeta,
    storageClass,
    acl,
    grants,
    tags,
    encryption,
  };
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** @throws CosError InvalidArgument */
export function readReplicaHeader(value: string): ReplicaMeta {
  let f: Record<string, unknown>;
  try {
    f = JSON.parse(Buffer.from(value, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    throw invalid();
  }
  if (typeof f !== 'object' || f === null || f['v'] !== FORMAT) throw invalid();
  const crc64 = optional(f['crc64'], (v) => text(v, /^[0-9a-f]{16}$/));
  return {
    stamp: whole(f['stamp']),
    marker: flag(f['marker']),
    modifiedMs: count(f['modifiedMs']),
    size: whole(f['size']),
    etag: text(f['etag'], /^[\x21\x23-\x7e]{0,128}$/),
    crc64: crc64 === undefined ? undefined : Buffer.from(crc64, 'hex'),
    checksum: optional(f['checksum'], checksumOf),
    attributes: attributesOf(f),
  };
}

/** One that a newer server knows stays behind: the bytes are checked by others all the same. */
function checksumOf(value: unknown): Checksum | undefined {
  const [name, hex] = list(value, 2);
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === text(name));
  const bytes = Buffer.from(text(hex, /^(?:[0-9a-f]{2}){1,64}$/), 'hex');
  if (algorithm === undefined) return undefined;
  if (bytes.length !== CHECKSUM_BYTES[algorithm]) throw invalid();
  return { algorithm, value: bytes };
}

function attributesOf(f: Record<string, unknown>): RequestedAttributes {
  const grants = optional(f['grants'], (v) => list(v, 200).map(grantOf));
  const tags = optional(f['tags'], (v) => pairs(v, 20));
  const encryption = optional(f['encryption'], encryptionOf);
  const storageClass = text(f['storageClass']);
  const acl = text(f['acl']) as ObjectAcl;
  if (!STORAGE_CLASSES.includes(storageClass) || !OBJECT_ACLS.includes(acl)) throw invalid();
  return {
    headers: headersOf(f['headers']),
    userMeta: pairs(f['userMeta'], 4_096),
    storageClass,
    acl,
    ...(grants === undefined ? {} : { grants }),
    ...(tags === undefined ? {} : { tags }),
    ...(encryption === undefined ? {} : { encryption }),
  };
}

/** Values become header lines of answers: no line ends in them. */
const LINE = /^[^\r\n\0]*$/;

function headersOf(value: unknown): StoredHeaders {
  const given = record(value);
  const found: Record<string, string> = {};
  for (const name of STORED) if (given[name] !== undefined) found[name] = text(given[name], LINE);
  const { contentType = '', ...others } = found;
  return { contentType, ...others };
}

function grantOf(value: unknown): Grant {
  const { grantee, permission } = record(value);
  const known = PERMISSIONS.find((name) => name === permission);
  if (known === undefined) throw invalid();
  return { grantee: text(grantee, /^[\x21-\x7e]{1,128}$/), permission: known };
}

function encryptionOf(value: unknown): EncryptionRequest {
  const { mode, keyId, context } = record(value);
  if (mode === 'cos') return { mode };
  if (mode !== 'kms') throw invalid();
  return { mode, keyId: optional(keyId, (v) => text(v)), context: optional(context, (v) => text(v)) };
}

function pairs(value: unknown, most: number): string[] {
  const texts = list(value, most).map((entry) => text(entry, LINE));
  if (texts.length % 2 !== 0) throw invalid();
  return texts;
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid();
  return value as Record<string, unknown>;
}

function list(value: unknown, most: number): unknown[] {
  if (!Array.isArray(value) || value.length > most) throw invalid();
  return value;
}

function text(value: unknown, pattern = LINE): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid();
  return value;
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) throw invalid();
  return value;
}

function whole(value: unknown): number {
  if (!Number.isInteger(value)) throw invalid();
  return count(value);
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalid();
  return value;
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

function invalid(): CosError {
  return new CosError('InvalidArgument', { message: `The header ${REPLICA_HEADER} is not as it should be.` });
}
