/** The parts of an object that was a multipart upload, as far as its extents still tell them. Source: spec/s3.md §5.2. */
import { checksumOf, loadChecksum } from '../../platform/hash/checksum.ts';
import { StoreError } from '../../store/store.ts';
import { extentKey } from '../keys.ts';
import { unpackExtents } from '../records/extents.ts';
import type { Services } from '../services.ts';
import type { Version } from '../versions.ts';
import type { ShownChecksum } from './checksums.ts';

export interface ObjectPart {
  /** Counted from 1 in the order of the parts, whatever numbers they were uploaded with. */
  readonly partNumber: number;
  /** bytes */
  readonly size: number;
  readonly checksum: ShownChecksum | undefined;
}

export interface ObjectPartsPage {
  readonly parts: readonly ObjectPart[];
  readonly truncated: boolean;
}

interface Piece {
  readonly size: number;
  readonly checksum?: Buffer | undefined;
}

/**
 * Parts with numbers above `after`, in order.
 * @param limit 1 or more
 */
export async function listObjectParts(
  services: Services,
  bucketId: Buffer,
  version: Version,
  after: number,
  limit: number,
): Promise<ObjectPartsPage> {
  const { record } = version;
  const stored = record.attributes.extra?.checksum;
  const shown = (value: Buffer | undefined): ShownChecksum | undefined =>
    stored === undefined || value === undefined
      ? undefined
      : { algorithm: stored.algorithm, type: stored.type, value, parts: undefined };
  const to = Math.min(record.parts, after + limit);
  const parts: ObjectPart[] = [];
  const add = ({ size, checksum }: Piece): void => {
    parts.push({ partNumber: after + parts.length + 1, size, checksum: shown(checksum) });
  };
  if (to > after) {
    const pieces =
      record.manifest === undefined
        ? [{ size: record.size, checksum: stored?.part ?? stored?.value }]
        : await loadPieces(services, bucketId, version, after, to);
    for (const piece of pieces.slice(0, to - after)) add(piece);
    // An empty last part has no extent.
    if (parts.length < to - after) {
      if (stored !== undefined) await loadChecksum(stored.algorithm);
      const empty = stored === undefined ? undefined : checksumOf(stored.algorithm, Buffer.alloc(0));
      while (parts.length < to - after) add({ size: 0, checksum: empty });
    }
  }
  return { parts, truncated: record.parts > to };
}

/** Pieces number `from` (counted from 0) up to `to`, as many as there are. */
async function loadPieces(
  services: Services,
  bucketId: Buffer,
  { record: { manifest } }: Version,
  from: number,
  to: number,
): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let before = 0;
  for (let chunk = 0; chunk < manifest!.starts.length && before < to; chunk++) {
    const [row] = await services.store.meta.get([extentKey(bucketId, manifest!.id, chunk)]);
    if (row === undefined) throw new StoreError('missing', 'an extent list is gone');
    const extents = unpackExtents(row.value);
    pieces.push(...extents.slice(Math.max(0, from - before), Math.max(0, to - before)));
    before += extents.length;
  }
  return pieces;
}

/** The checksum of one part; undefined where the object has none. */
export async function partChecksum(
  services: Services,
  bucketId: Buffer,
  version: Version,
  partNumber: number,
): Promise<ShownChecksum | undefined> {
  if (version.record.attributes.extra?.checksum === undefined) return undefined;
  const { parts } = await listObjectParts(services, bucketId, version, partNumber - 1, 1);
  return parts[0]?.checksum;
}
