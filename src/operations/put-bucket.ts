/** PUT Bucket. Source: spec/buckets.md §3. */
import { authorizeAccount } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { createBucket } from '../model/buckets.ts';
import type { BucketAcl } from '../model/records/bucket.ts';
import { serviceOperation } from './operation.ts';

export interface PutBucketInput {
  /** Full name, checked by its form already. */
  readonly name: string;
  readonly appid: string;
  readonly region: string;
  readonly acl: BucketAcl;
  /** What the body asks for; undefined where it says nothing. */
  readonly azConfig: string | undefined;
  readonly archConfig: string | undefined;
  readonly locationConstraint: string | undefined;
}

export const putBucket = serviceOperation<PutBucketInput, void>({
  name: 'PutBucket',
  level: 'bucket',
  method: 'PUT',
  action: 'name/cos:PutBucket',
  access: 'account',
  success: [200],
  errors: [
    'BucketAlreadyExists',
    'BucketAlreadyOwnedByYou',
    'InvalidArgument',
    'InvalidLocationConstraint',
    'MalformedXML',
    'MultiAZFeatureNotSupport',
    'PathConflict',
    'TooManyBuckets',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §3',
  async run(context, input) {
    const { services } = context;
    const { ownerUin } = authorizeAccount(context, context.actions, input.appid, input.name, input.region);
    const multiAz = input.azConfig?.toUpperCase() === 'MAZ';
    if (multiAz && !services.settings.multiAzRegions.has(input.region)) throw new CosError('MultiAZFeatureNotSupport');
    if (input.archConfig?.toUpperCase() === 'OFS') throw new CosError('NotImplemented');
    const wanted = input.locationConstraint;
    if (wanted !== undefined && wanted !== '' && wanted !== input.region) {
      throw new CosError('InvalidLocationConstraint');
    }
    await createBucket(services, {
      name: input.name,
      appid: input.appid,
      ownerUin,
      region: input.region,
      acl: input.acl,
      ...(multiAz ? { multiAz } : {}),
    });
  },
});
