/** DELETE Bucket. Source: spec/buckets.md §5. */
import { CosError } from '../errors/cos-error.ts';
import { releasedDomains } from '../features/domains/bind.ts';
import { BUCKET_DOMAINS } from '../features/domains/rules.ts';
import { hasConfig } from '../model/bucket-configs.ts';
import { hasVersions, deleteBucket as removeBucket } from '../model/buckets.ts';
import { listUploads } from '../model/listing/list-uploads.ts';
import { abortUpload } from '../model/multipart/upload.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface DeleteBucketInput {
  /** What unfinished uploads in a bucket without objects mean: it is not empty, or they go with it. */
  readonly openUploads: 'refuse' | 'discard';
}

const PAGE = 1_000;

/** @throws CosError PathConflict: one of them is being completed */
async function discardUploads({ services, bucket }: BucketContext): Promise<void> {
  const { id } = bucket.record;
  const all = { prefix: '', delimiter: '', limit: PAGE, keyMarker: '', uploadIdMarker: '' };
  for (;;) {
    const { uploads } = await listUploads(services, id, all);
    if (uploads.length === 0) return;
    for (const { key, uploadId } of uploads) {
      await abortUpload(services, id, key, uploadId).catch((error) => {
        if (!(error instanceof CosError) || error.code !== 'NoSuchUpload') throw error;
      });
    }
  }
}

export const deleteBucket = bucketOperation<DeleteBucketInput, void>({
  name: 'DeleteBucket',
  level: 'bucket',
  method: 'DELETE',
  action: 'name/cos:DeleteBucket',
  access: 'owner',
  success: [204],
  errors: ['BucketNotEmpty', 'PathConflict'],
  spec: 'buckets.md §5',
  async run(context, { openUploads }) {
    const { services, bucket } = context;
    if (openUploads === 'discard' && !(await hasVersions(services, bucket.record.id))) await discardUploads(context);
    await removeBucket(services, bucket.record.name, (entry) => releasedDomains(services, entry));
    if (hasConfig(bucket, BUCKET_DOMAINS)) await services.domains.index.refresh();
  },
});
