/** POST Object restore. Source: spec/objects.md §4.4, §8.10. */
import { CosError } from '../errors/cos-error.ts';
import { type RestoreTier, restoreObject } from '../model/restore.ts';
import type { ObjectVersionInput } from './find-object.ts';
import { bucketOperation } from './operation.ts';

export interface PostObjectRestoreInput extends ObjectVersionInput {
  /** How long the copy lasts, from 1 */
  readonly days: number;
  readonly tier: RestoreTier;
}

export interface PostObjectRestoreResult {
  /** There was a copy already, which now lasts longer or shorter. */
  readonly renewed: boolean;
}

export const postObjectRestore = bucketOperation<PostObjectRestoreInput, PostObjectRestoreResult>({
  name: 'PostObjectRestore',
  level: 'object',
  method: 'POST',
  subresource: 'restore',
  action: 'name/cos:PostObjectRestore',
  access: 'owner',
  success: [202],
  errors: [
    'BadDigest',
    'InvalidArgument',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'NoSuchKey',
    'NoSuchVersion',
    'PathConflict',
    'RestoreAlreadyInProgress',
    'RestoreNonArchiveObject',
    'XMLSizeLimit',
  ],
  spec: 'objects.md §8.10',
  async run({ services, bucket }, { key, versionId, days, tier }) {
    if (!services.restores.take(bucket.record.ownerUin)) throw new CosError('SlowDown');
    const sinceMs = services.clock.nowMs();
    const { attributes } = await restoreObject(services, bucket, key, versionId, days, tier);
    // Else the request was noted just now.
    return { renewed: attributes.extra!.restore!.requestedMs < sinceMs };
  },
});
