/** Inventories of a bucket. Source: spec/buckets.md §21. */
import { authorize } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import {
  findInventory,
  inventoriesOf,
  PAGE,
  postInventory,
  putInventory,
  removeInventory,
} from '../features/inventory/catalogue.ts';
import {
  checkInventory,
  type InventoryConfiguration,
  invalid,
  placeOf,
  requireId,
} from '../features/inventory/configuration.ts';
import { askForReports } from '../features/inventory/job.ts';
import { findBucket } from '../model/buckets.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

const WRITE_ERRORS = [
  'BadDigest',
  'InvalidArgument',
  'InvalidDigest',
  'InventoryFull',
  'MalformedXML',
  'MissingContentLength',
  'MissingRequestBodyError',
  'PathConflict',
  'XMLSizeLimit',
] as const;

/** @throws CosError InvalidArgument, NotImplemented; AccessDenied where the destination is not the caller's to write to */
async function check(context: BucketContext, configuration: InventoryConfiguration): Promise<void> {
  const { services, bucket } = context;
  checkInventory(configuration, bucket.record.name, services.limits.keyBytes);
  const place = placeOf(configuration.destination);
  if (place.region !== bucket.record.region) throw invalid('The destination must be in the region of the bucket.');
  const destination = await findBucket(services, place.bucket);
  if (destination === undefined || destination.record.region !== bucket.record.region) {
    throw invalid('The destination bucket does not exist in the region.');
  }
  if (destination.record.ownerUin !== bucket.record.ownerUin) {
    throw new CosError('AccessDenied', { rule: 'the destination of an inventory is of another account' });
  }
  // What it writes lies in the folder of the prefix.
  const { prefix = '' } = configuration.destination;
  await authorize('bucket-write', ['PutObject'], context, destination, [prefix === '' ? '' : `${prefix}/`]);
}

export const putBucketInventory = bucketOperation<InventoryConfiguration, void>({
  name: 'PutBucketInventory',
  level: 'bucket',
  method: 'PUT',
  subresource: 'inventory',
  variant: 'with-id',
  action: 'name/cos:PutBucketInventory',
  access: 'owner',
  success: [200],
  errors: WRITE_ERRORS,
  spec: 'buckets.md §21',
  async run(context, configuration) {
    await check(context, configuration);
    await putInventory(context.services, context.bucket.record.name, configuration);
  },
});

export const getBucketInventory = bucketOperation<{ readonly id: string }, InventoryConfiguration>({
  name: 'GetBucketInventory',
  level: 'bucket',
  method: 'GET',
  subresource: 'inventory',
  variant: 'with-id',
  action: 'name/cos:GetBucketInventory',
  access: 'owner',
  success: [200],
  errors: ['InvalidArgument', 'InventoryConfigurationNotFoundError'],
  spec: 'buckets.md §21',
  async run({ services, bucket }, { id }) {
    requireId(id);
    const found = await findInventory(services, bucket, 's', id);
    if (found === undefined) throw new CosError('InventoryConfigurationNotFoundError');
    return found.configuration;
  },
});

export interface InventoryPage {
  readonly configurations: readonly InventoryConfiguration[];
  /** That of the request. */
  readonly token: string;
  readonly nextToken: string | undefined;
}

const TOKEN = /^\d{1,15}$/;

export const listBucketInventory = bucketOperation<{ readonly token: string }, InventoryPage>({
  name: 'ListBucketInventoryConfigurations',
  level: 'bucket',
  method: 'GET',
  subresource: 'inventory',
  action: 'name/cos:ListBucketInventoryConfigurations',
  alsoActions: ['ListBucketInventory'],
  access: 'owner',
  success: [200],
  errors: ['InvalidArgument'],
  spec: 'buckets.md §21',
  async run({ services, bucket }, { token }) {
    if (token !== '' && !TOKEN.test(token)) throw invalid('The continuation token is not valid.');
    const after = Number(token);
    const rest = (await inventoriesOf(services, bucket, 's')).filter(({ number }) => number > after);
    const page = rest.slice(0, PAGE);
    return {
      configurations: page.map(({ configuration }) => configuration),
      token,
      nextToken: rest.length > PAGE ? String(page.at(-1)!.number) : undefined,
    };
  },
});

export const deleteBucketInventory = bucketOperation<{ readonly id: string }, void>({
  name: 'DeleteBucketInventory',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'inventory',
  variant: 'with-id',
  action: 'name/cos:DeleteBucketInventory',
  access: 'owner',
  success: [204],
  errors: ['InvalidArgument', 'PathConflict'],
  spec: 'buckets.md §21',
  async run({ services, bucket }, { id }) {
    requireId(id);
    await removeInventory(services, bucket.record.name, 's', id);
  },
});

export interface PostBucketInventoryResult {
  readonly jobId: string;
}

export const postBucketInventory = bucketOperation<InventoryConfiguration, PostBucketInventoryResult>({
  name: 'PostBucketInventory',
  level: 'bucket',
  method: 'POST',
  subresource: 'inventory',
  variant: 'with-id',
  action: 'name/cos:PostBucketInventory',
  access: 'owner',
  success: [200],
  errors: [...WRITE_ERRORS, 'DuplicateInventoryId'],
  spec: 'buckets.md §21',
  async run(context, configuration) {
    await check(context, configuration);
    const jobId = await postInventory(context.services, context.bucket.record.name, configuration);
    askForReports(context.services);
    return { jobId };
  },
});
