/**
 * Rows of object versions and delete markers. What a listing shows stands at fixed places in front, so that a page of
 * 1,000 need not unpack 1,000 times what it does not show; the rest follows as MessagePack, unpacked when asked for.
 *
 * | bytes | field |
 * | --- | --- |
 * | 0 | format, 1 |
 * | 1 | flags: 1 null version, 2 and 4 kind, 8 CRC-64 known, 16 and 32 form of the ETag, 64 manifest |
 * | 2 | storage class |
 * | 3 | 0 |
 * | 4, 12, 20 | stamp, size, modification time: doubles |
 * | 28 | count behind the ETag's dash |
 * | 32 | MD5 of the ETag |
 * | 48 | CRC-64 |
 * | 56 | the rest |
 */
import { type ObjectAttributes, packAttributes, unpackAttributes } from './attributes.ts';
import { pack, unpack } from './pack.ts';
import { STORAGE_CLASSES } from './storage-classes.ts';

export type ObjectKind = 'normal' | 'appendable' | 'delete-marker' | 'symlink';
const KINDS: readonly ObjectKind[] = ['normal', 'appendable', 'delete-marker', 'symlink'];

/** One extent list, kept in rows of its own (model/extents.ts). */
export interface Manifest {
  /** Eight bytes, unique in the bucket. */
  readonly id: Buffer;
  /** Offset of the first byte of each chunk row, bytes. */
  readonly starts: readonly number[];
}

/** One version of an object, or a delete marker. The bytes are the row's blob, or the manifest's extents. */
export interface ObjectRecord {
  /** Microseconds since the epoch, strictly growing: the order of versions, and the version id. */
  readonly stamp: number;
  /** True for the version whose id reads `null`. */
  readonly isNull: boolean;
  readonly kind: ObjectKind;
  /** bytes */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** CRC-64 of the content, eight bytes big-endian; undefined when a part's was unknown. */
  readonly crc64: Buffer | undefined;
  /** ms since the epoch */
  readonly modifiedMs: number;
  /** That of the attributes. */
  readonly storageClass: string;
  readonly attributes: ObjectAttributes;
  /** Parts of a multipart object; 0 otherwise. */
  readonly parts: number;
  readonly manifest?: Manifest | undefined;
}

const FORMAT = 1;
const FIXED = 56;
const NULL_VERSION = 1;
const KIND_SHIFT = 1;
const CRC_KNOWN = 8;
const ETAG_SHIFT = 4;
const HAS_MANIFEST = 64;
/** How the ETag is kept: not at all, as MD5, as MD5 and a count, or as text in the rest. */
const ETAG = { none: 0, md5: 1, counted: 2, text: 3 } as const;

const MD5_HEX = /^[0-9a-f]{32}(?:-([1-9]\d{0,8}))?$/;

export function packObject(r: ObjectRecord): Buffer {
  const match = MD5_HEX.exec(r.etag);
  const form =
    r.etag === '' ? ETAG.none : match === null ? ETAG.text : match[1] === undefined ? ETAG.md5 : ETAG.counted;
  const rest: unknown[] = [packAttributes(r.attributes), r.parts, r.manifest?.id ?? null, r.manifest?.starts ?? null];
  if (form === ETAG.text) rest.push(r.etag);
  const tail = pack(rest);
  const out = Buffer.alloc(FIXED + tail.length);
  out[0] = FORMAT;
  out[1] =
    (r.isNull ? NULL_VERSION : 0) |
    (KINDS.indexOf(r.kind) << KIND_SHIFT) |
    (r.crc64 === undefined ? 0 : CRC_KNOWN) |
    (form << ETAG_SHIFT) |
    (r.manifest === undefined ? 0 : HAS_MANIFEST);
  const storageClass = STORAGE_CLASSES.indexOf(r.attributes.storageClass);
  if (storageClass < 0) throw new RangeError(`no storage class ${r.attributes.storageClass}`);
  out[2] = storageClass;
  out.writeDoubleBE(r.stamp, 4);
  out.writeDoubleBE(r.size, 12);
  out.writeDoubleBE(r.modifiedMs, 20);
  if (form === ETAG.counted) out.writeUInt32BE(Number(match![1]), 28);
  if (match !== null) out.write(r.etag.slice(0, 32), 32, 'hex');
  r.crc64?.copy(out, 48);
  tail.copy(out, FIXED);
  return out;
}

export function unpackObject(value: Buffer): ObjectRecord {
  return new StoredObject(value);
}

/** Reads fields out of a row's value as they are asked for. */
class StoredObject implements ObjectRecord {
  readonly #value: Buffer;
  #rest: unknown[] | undefined;
  #attributes: ObjectAttributes | undefined;

  constructor(value: Buffer) {
    this.#value = value;
  }

  get stamp(): number {
    return this.#value.readDoubleBE(4);
  }

  get isNull(): boolean {
    return (this.#value[1]! & NULL_VERSION) !== 0;
  }

  get kind(): ObjectKind {
    return KINDS[(this.#value[1]! >> KIND_SHIFT) & 3]!;
  }

  get size(): number {
    return this.#value.readDoubleBE(12);
  }

  get modifiedMs(): number {
    return this.#value.readDoubleBE(20);
  }

  get storageClass(): string {
    return STORAGE_CLASSES[this.#value[2]!]!;
  }

  get etag(): string {
    switch ((this.#value[1]! >> ETAG_SHIFT) & 3) {
      case ETAG.none:
        return '';
      case ETAG.md5:
        return this.#value.toString('hex', 32, 48);
      case ETAG.counted:
        return `${this.#value.toString('hex', 32, 48)}-${this.#value.readUInt32BE(28)}`;
      default:
        return this.#unpacked()[4] as string;
    }
  }

  get crc64(): Buffer | undefined {
    return (this.#value[1]! & CRC_KNOWN) === 0 ? undefined : this.#value.subarray(48, 56);
  }

  get attributes(): ObjectAttributes {
    this.#attributes ??= unpackAttributes(this.#unpacked()[0] as unknown[]);
    return this.#attributes;
  }

  get parts(): number {
    return this.#unpacked()[1] as number;
  }

  get manifest(): Manifest | undefined {
    if ((this.#value[1]! & HAS_MANIFEST) === 0) return undefined;
    const [, , id, starts] = this.#unpacked();
    return { id: id as Buffer, starts: starts as number[] };
  }

  #unpacked(): unknown[] {
    this.#rest ??= unpack(this.#value.subarray(FIXED));
    return this.#rest;
  }
}
