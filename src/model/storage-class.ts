/** Storage classes: which exist, and where each may be used. Source: spec/objects.md §4.1, §4.2. */
import { CosError } from '../errors/cos-error.ts';
import type { BucketRecord } from './records/bucket.ts';

const isMultiAz = (storageClass: string): boolean => storageClass.startsWith('MAZ_');

/** Must be restored before it can be read. */
export function isArchive(storageClass: string): boolean {
  return storageClass.endsWith('ARCHIVE');
}

export function isDeepArchive(storageClass: string): boolean {
  return storageClass.endsWith('DEEP_ARCHIVE');
}

/** Intelligent tiering: has a tier, which follows from its reads. */
export function isTiered(storageClass: string): boolean {
  return storageClass.endsWith('INTELLIGENT_TIERING');
}

/**
 * The class a write gets.
 * @param wanted upper case and known; undefined takes the bucket's default
 * @param closed classes the operator has switched off
 * @throws CosError MAZOperationNotSupportOnOAZBucket, OAZOperationNotSupportOnMAZBucket, NotSupportedStorageClass, InvalidObjectStorage
 */
export function storageClassFor(
  bucket: BucketRecord,
  wanted: string | undefined,
  use: 'write' | 'append',
  closed: ReadonlySet<string>,
): string {
  const multiAz = bucket.multiAz === true;
  if (wanted === undefined && !multiAz && use === 'write' && closed.size === 0) return 'STANDARD';
  if (use === 'append' && multiAz) throw new CosError('OAZOperationNotSupportOnMAZBucket');
  const storageClass = wanted ?? (multiAz ? 'MAZ_STANDARD' : 'STANDARD');
  if (isMultiAz(storageClass) && !multiAz) throw new CosError('MAZOperationNotSupportOnOAZBucket');
  if (!isMultiAz(storageClass) && multiAz) throw new CosError('OAZOperationNotSupportOnMAZBucket');
  if (closed.has(storageClass)) throw new CosError('InvalidObjectStorage');
  if (isTiered(storageClass) && bucket.tiering === undefined) {
    throw new CosError('NotSupportedStorageClass', { message: 'Intelligent tiering is not enabled on the bucket.' });
  }
  if (use === 'append' && (isArchive(storageClass) || isTiered(storageClass))) {
    throw new CosError('NotSupportedStorageClass', { message: 'Appendable objects cannot be archived or tiered.' });
  }
  return storageClass;
}

/** A copy may not leave the multi-AZ classes. @throws CosError MAZOperationNotSupportOnOAZBucket */
export function judgeClassChange(from: string, to: string): void {
  if (isMultiAz(from) && !isMultiAz(to)) throw new CosError('MAZOperationNotSupportOnOAZBucket');
}
