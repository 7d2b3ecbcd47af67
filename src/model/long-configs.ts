/**
 * Configurations that are longer than a row may be (1,000 rules): their bytes lie in rows of their own, written before
 * the row of the configuration names them. MessagePack never begins with the byte that tells such a row.
 *
 * | rows | key | value |
 * | --- | --- | --- |
 * | head | `g` bucketId name | C1, eight bytes of the generation, number of pieces |
 * | piece | `g` bucketId name `/` generation `/` number | bytes |
 *
 * A crash before the head is written leaves pieces that nobody names; they go with the bucket.
 */
import { CosError } from '../errors/cos-error.ts';
import type { Check } from '../store/meta-store.ts';
import { type BucketId, configKey, stampBytes } from './keys.ts';
import type { Services } from './services.ts';

/** bytes; a value may have 64 KiB */
const PIECE = 60 * 1024;
const MARK = 0xc1;
/** Pieces that vanish while they are read belong to a configuration that was just replaced. */
const ATTEMPTS = 5;

export interface LongConfig {
  readonly head: Buffer;
  /** That the pieces are there. */
  readonly checks: readonly Check[];
}

export const isLong = (value: Buffer): boolean => value.length > PIECE;

function pieceKeys(id: BucketId, name: string, head: Buffer): Buffer[] {
  const generation = head.toString('hex', 1, 9);
  return Array.from({ length: head.readUInt16BE(9) }, (_, at) => configKey(id, `${name}/${generation}/${at}`));
}

/** Writes the pieces of a configuration. @param guard the bucket as it is */
export async function writePieces(
  services: Services,
  id: BucketId,
  name: string,
  value: Buffer,
  guard: Check,
): Promise<LongConfig> {
  const head = Buffer.alloc(11);
  head[0] = MARK;
  stampBytes(services.ids.versionStamp()).copy(head, 1);
  head.writeUInt16BE(Math.ceil(value.length / PIECE), 9);
  const checks: Check[] = [];
  for (const [at, key] of pieceKeys(id, name, head).entries()) {
    const put = { key, value: value.subarray(at * PIECE, (at + 1) * PIECE) };
    const done = await services.store.meta.commit({ guards: [guard], puts: [put] });
    if (!done.ok) throw new CosError('PathConflict');
    checks.push({ key, version: done.version });
  }
  return { head, checks };
}

/** Keys of the pieces that a configuration's row names. */
export function piecesOf(id: BucketId, name: string, stored: Buffer | undefined): Buffer[] {
  return stored?.[0] === MARK ? pieceKeys(id, name, stored) : [];
}

/** The whole configuration; undefined where there is none. */
export async function readWhole(services: Services, id: BucketId, name: string): Promise<Buffer | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [row] = await services.store.meta.get([configKey(id, name)]);
    if (row?.value[0] !== MARK) return row?.value;
    const pieces = await services.store.meta.get(pieceKeys(id, name, row.value));
    const values = pieces.flatMap((piece) => piece?.value ?? []);
    if (values.length === pieces.length) return Buffer.concat(values);
  }
  throw new CosError('InternalError', { message: `the configuration ${name} is not whole` });
}
