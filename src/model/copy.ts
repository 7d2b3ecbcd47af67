/** The source side of copies. Source: spec/objects.md §6.4, §8.6, §11.4. */
import { CosError } from '../errors/cos-error.ts';
import type { CustomerKey } from '../features/encryption/record.ts';
import type { BodyStream } from './body.ts';
import { type BucketEntry, findBucket } from './buckets.ts';
import { evaluateConditions, type ReadConditions } from './conditions.ts';
import { type Content, openContent } from './content.ts';
import { requireOwner } from './expected-owner.ts';
import { type FoundObject, readObject, resolveSymlink } from './read-object.ts';
import type { ObjectAttributes } from './records/attributes.ts';
import { requireReadable } from './restore.ts';
import type { Services } from './services.ts';
import { cipherOf } from './unseal.ts';

export interface CopySource {
  /** Full bucket name. */
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Every failure is PreconditionFailed, never 304. */
  readonly conditions: ReadConditions;
  /** Where the source is encrypted with a key of the client's. */
  readonly customerKey: CustomerKey | undefined;
  /** The account that the bucket must be of. */
  readonly expectedOwner?: string;
}

export interface OpenedSource {
  readonly bucket: BucketEntry;
  readonly object: FoundObject;
  /** One version, whatever happens to the key meanwhile. To be closed. */
  readonly content: Content;
}

/**
 * @param authorize told the source's bucket, the key that is read (of a symlink first its own, then its target's), and
 *   the object's attributes once they are known
 * @throws CosError NoSuchBucket, NoSuchCopySource, NoSuchVersion, InvalidRequest, PreconditionFailed, AccessDenied, UnavailableForLegalReasons
 */
export async function openCopySource(
  services: Services,
  source: CopySource,
  authorize: (bucket: BucketEntry, key: string, attributes: ObjectAttributes | undefined) => void | Promise<void>,
): Promise<OpenedSource> {
  const bucket = await findBucket(services, source.bucket);
  if (bucket === undefined)
    throw new CosError('NoSuchBucket', { message: 'The specified source bucket does not exist.' });
  requireOwner(bucket.record, source.expectedOwner);
  services.blocked?.requireReadable(source.bucket, source.key);
  // From a followed symlink on, the key of its target.
  let judgedKey = source.key;
  let object: FoundObject;
  try {
    object = await resolveSymlink(
      services,
      bucket,
      await readObject(services, bucket, source.key, source.versionId),
      async (link) => {
        await authorize(bucket, judgedKey, link.attributes);
        judgedKey = link.attributes.extra?.symlink ?? judgedKey;
      },
    );
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    await authorize(bucket, judgedKey, undefined);
    if (error.code !== 'NoSuchKey') throw error;
    // A marker named by its id is there, but has nothing to copy.
    if (source.versionId !== undefined) {
      throw new CosError('InvalidRequest', { message: 'The source of a copy may not be a delete marker.' });
    }
    throw new CosError('NoSuchCopySource');
  }
  const judged = authorize(bucket, judgedKey, object.record.attributes);
  if (judged !== undefined) await judged;
  if (object.record.kind === 'appendable') {
    throw new CosError('InvalidRequest', { message: 'Appendable objects cannot be copied.' });
  }
  const cipher = cipherOf(services, object.record.attributes, source.customerKey, 'copy-source');
  if (evaluateConditions(source.conditions, object.record) !== 'proceed') throw new CosError('PreconditionFailed');
  requireReadable(services, object.record);
  return { bucket, object, content: await openContent(services, bucket.record.id, object, cipher) };
}

const BLOCK_BYTES = 1024 * 1024;

/** A run of bytes of a content as a body to ingest. */
export function contentStream(content: Content, start: number, length: number): BodyStream {
  const readExactly = async (position: number, bytes: number): Promise<Buffer> => {
    const block = Buffer.allocUnsafeSlow(bytes);
    let done = 0;
    while (done < bytes) {
      const read = await content.read(position + done, block.subarray(done));
      if (read === 0) throw new CosError('InternalError', { message: 'The source ended early.' });
      done += read;
    }
    return block;
  };
  return {
    length,
    readAll: () => readExactly(start, length),
    async *chunks() {
      for (let at = 0; at < length; at += BLOCK_BYTES) {
        yield await readExactly(start + at, Math.min(BLOCK_BYTES, length - at));
      }
    },
  };
}
