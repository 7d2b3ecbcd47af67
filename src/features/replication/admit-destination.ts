/** Whether a bucket may replicate to another one. Source: spec/buckets.md §22. */
import { CosError } from '../../errors/cos-error.ts';
import { type BucketEntry, findBucket } from '../../model/buckets.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import type { Services } from '../../model/services.ts';
import { storageClassFor } from '../../model/storage-class.ts';
import { type Destination, parseDestination } from './destination.ts';
import { type Remote, RemoteError } from './remotes.ts';
import type { ReplicationRule } from './rules.ts';

/** @throws CosError InvalidBucketState */
export function requireSource({ versioning, objectLock }: BucketRecord): void {
  if (objectLock !== undefined) throw state('Replication cannot be set on a bucket with object lock.');
  if (versioning !== 'enabled') throw state('Versioning is not enabled on the source bucket.');
}

/**
 * @returns the destination where it is a bucket of this server
 * @throws CosError NoSuchBucket, AccessDenied, InvalidBucketState, NotSupportedStorageClass, ServiceUnavailable (of a
 *   bucket elsewhere)
 */
export async function admitDestination(
  services: Services,
  source: BucketEntry,
  destination: Destination,
  rules: readonly ReplicationRule[],
): Promise<BucketEntry | undefined> {
  const classes = rules
    .filter((rule) => parseDestination(rule.destination.bucket)?.bucket === destination.bucket)
    .flatMap((rule) => rule.destination.storageClass?.toUpperCase() ?? []);
  if (source.record.multiAz === true && classes.some((name) => !name.startsWith('MAZ_'))) {
    throw new CosError('NotSupportedStorageClass', { message: 'Objects of a multi-AZ bucket stay in its classes.' });
  }
  const remote = services.remotes.find(destination.bucket, source.record.appid);
  if (remote === 'not-allowed') throw new CosError('AccessDenied');
  if (remote !== undefined) {
    await lookAt(remote, destination);
    return undefined;
  }
  const entry = await findBucket(services, destination.bucket);
  if (entry === undefined || entry.record.region !== destination.region) {
    throw new CosError('NoSuchBucket', { message: 'The specified destination bucket does not exist.' });
  }
  if (entry.record.ownerUin !== source.record.ownerUin) throw new CosError('AccessDenied');
  if (entry.record.versioning !== 'enabled') throw state('Versioning is not enabled on the destination bucket.');
  for (const name of classes) requireOffered(services, entry.record, name);
  return entry;
}

/** @throws CosError NotSupportedStorageClass */
function requireOffered(services: Services, bucket: BucketRecord, storageClass: string): void {
  // Intelligent tiering may be enabled until an object comes.
  if (storageClass.endsWith('INTELLIGENT_TIERING')) return;
  try {
    storageClassFor(bucket, storageClass, 'write', services.settings.closedStorageClasses);
  } catch (error) {
    if (error instanceof CosError) throw new CosError('NotSupportedStorageClass', { cause: error });
    throw error;
  }
}

async function lookAt(remote: Remote, destination: Destination): Promise<void> {
  let seen: Awaited<ReturnType<Remote['look']>>;
  try {
    seen = await remote.look(destination);
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    if (error.failure === 'refused') throw new CosError('AccessDenied', { cause: error });
    throw new CosError('ServiceUnavailable', { message: 'The destination cannot be reached.', cause: error });
  }
  if (seen === 'missing') {
    throw new CosError('NoSuchBucket', { message: 'The specified destination bucket does not exist.' });
  }
  if (seen === 'not-versioned') throw state('Versioning is not enabled on the destination bucket.');
}

function state(message: string): CosError {
  return new CosError('InvalidBucketState', { message });
}
