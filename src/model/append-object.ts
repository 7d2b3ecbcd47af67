/** APPEND Object: bytes behind the end of an appendable object. Source: spec/objects.md §8.3. */
import { createHash } from 'node:crypto';
import { CosError } from '../errors/cos-error.ts';
import { crc64Combine } from '../platform/hash/crc64.ts';
import type { Put, Row } from '../store/meta-store.ts';
import { hasOwnAcl } from './acl-census.ts';
import type { BucketEntry } from './buckets.ts';
import { isWatched, noteChange } from './changes.ts';
import { crcBytes, type Ingested } from './ingest.ts';
import { extentKey, stampBytes } from './keys.ts';
import { requireUnlocked } from './object-lock.ts';
import { giveAcl } from './own-acl.ts';
import type { ObjectAttributes } from './records/attributes.ts';
import { type Extent, packExtents, unpackExtents } from './records/extents.ts';
import { type Manifest, type ObjectRecord, packObject } from './records/object.ts';
import type { Services } from './services.ts';
import { type Draft, displaceNewest, draftFor, type KeyState, putNewest, readKeyState } from './versions.ts';
import { changeKey, nextStamp, withDefaultLock } from './write-object.ts';

/** Pieces in one chunk row: an append rewrites one such row, so this bounds its cost. */
const CHUNK_PIECES = 256;
/** Chunk rows of one object; their start offsets live in the object's row. */
const MAX_CHUNKS = 4_000;

/**
 * Judges the state an append meets, before its body is read and again when it commits.
 * @throws CosError InvalidBucketState, ObjectNotAppendable, AppendPositionErr
 */
function judgeAppend(services: Services, state: KeyState, position: number): ObjectRecord | undefined {
  if (state.bucket.record.versioning === 'enabled') {
    throw new CosError('InvalidBucketState', { message: 'Appendable objects are not versioned.' });
  }
  const current = state.current?.record;
  if (current !== undefined) requireUnlocked(services, current);
  if (current !== undefined && current.kind !== 'appendable') throw new CosError('ObjectNotAppendable');
  const length = current?.size ?? 0;
  if (position !== length) {
    throw new CosError('AppendPositionErr', { facts: { appendPosition: length } });
  }
  return current;
}

/**
 * The early judgement: lets a doomed append be refused before its body is sent.
 * @returns the object as it is; undefined when this append creates it
 */
export async function checkAppend(
  services: Services,
  bucket: BucketEntry,
  key: string,
  position: number,
): Promise<ObjectRecord | undefined> {
  return judgeAppend(services, await readKeyState(services, bucket, key), position);
}

/**
 * @param attributes used by the append that creates the object; later ones keep what it has
 * @param sealedFor stamp of the object whose key sealed the piece; undefined for a new object
 */
export function appendPiece(
  services: Services,
  bucket: BucketEntry,
  key: string,
  position: number,
  piece: Ingested,
  attributes: ObjectAttributes,
  sealedFor: number | undefined,
): Promise<ObjectRecord> {
  return changeKey(services, bucket, key, async (state) => {
    const current = judgeAppend(services, state, position);
    // The piece was sealed with the key of the object that was here when it began.
    if (current?.stamp !== sealedFor) throw new CosError('PathConflict');
    if (position + piece.size > services.limits.appendObjectBytes) throw new CosError('EntityTooLarge');
    const draft = draftFor(state);
    const kept =
      current?.attributes ?? withDefaultLock(services, state.bucket.record, { attributes, kind: 'appendable' });
    const planned: ObjectRecord = {
      stamp: current?.stamp ?? nextStamp(services, state),
      isNull: true,
      kind: 'appendable',
      size: position + piece.size,
      etag: nextEtag(current?.etag, piece.etag),
      crc64: crcBytes(combined(current, piece)),
      modifiedMs: services.clock.nowMs(),
      storageClass: kept.storageClass,
      attributes: kept,
      parts: 0,
      manifest: await extend(services, draft, state, current, piece),
    };
    const record = isWatched(services, state.bucket)
      ? await noteChange(services, draft, state, { kind: 'append', record: planned })
      : planned;
    if (current === undefined) {
      // Takes the place of what a suspended bucket has as its null version, a delete marker for one.
      await displaceNewest(services, draft, state);
      putNewest(draft, state, record, undefined);
      if (hasOwnAcl(kept)) await giveAcl(services, draft, state, record);
    } else {
      draft.put({ key: state.currentKey, value: packObject(record) });
    }
    return { commit: draft.commit(), result: record, settled: draft.settled };
  });
}

function combined(current: ObjectRecord | undefined, piece: Ingested): bigint {
  const added = piece.crc64.readBigUInt64BE(0);
  if (current?.crc64 === undefined) return added;
  return crc64Combine(current.crc64.readBigUInt64BE(0), added, piece.size);
}

/** Opaque and different after each append; the form with a count tells clients that it is no MD5 of the content. */
function nextEtag(etag: string | undefined, md5: string): string {
  if (etag === undefined) return `${md5}-1`;
  const dash = etag.lastIndexOf('-');
  const hash = createHash('md5').update(etag.slice(0, dash)).update(md5).digest('hex');
  return `${hash}-${Number(etag.slice(dash + 1)) + 1}`;
}

async function extend(
  services: Services,
  draft: Draft,
  state: KeyState,
  current: ObjectRecord | undefined,
  piece: Ingested,
): Promise<Manifest> {
  const manifest = current?.manifest ?? { id: stampBytes(services.ids.versionStamp()), starts: [] };
  if (piece.blob === undefined) return manifest;
  const bucketId = state.bucket.record.id;
  const added: Extent = { size: piece.size, ref: null, nonce: piece.nonce };
  const last = manifest.starts.length - 1;
  if (last >= 0) {
    const key = extentKey(bucketId, manifest.id, last);
    const [row] = await services.store.meta.get([key]);
    const pieces = row === undefined ? [] : settled(row);
    if (pieces.length < CHUNK_PIECES) {
      draft.check(key, row);
      draft.put(chunkPut(key, [...pieces, added], piece));
      return manifest;
    }
  }
  if (manifest.starts.length >= MAX_CHUNKS) {
    throw new CosError('EntityTooLarge', { message: 'The object has too many appended pieces' });
  }
  draft.put(chunkPut(extentKey(bucketId, manifest.id, last + 1), [added], piece));
  return { id: manifest.id, starts: [...manifest.starts, current?.size ?? 0] };
}

function chunkPut(key: Buffer, extents: Extent[], piece: Ingested): Put {
  return { key, value: packExtents(extents), ...(piece.blob === undefined ? {} : { blob: piece.blob }) };
}

/** A chunk's pieces with the row's own blob written out, so that the row can take another one. */
function settled(row: Row): Extent[] {
  return unpackExtents(row.value).map(({ size, ref, nonce }) => ({ size, ref: ref ?? row.blob ?? null, nonce }));
}
