/** GET Service (List Buckets). Source: spec/buckets.md §2. */
import { authorizeAccount } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { listBuckets } from '../model/buckets.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { serviceOperation } from './operation.ts';

export interface GetServiceInput {
  /** Only buckets of this region. */
  readonly region: string | undefined;
  /** List names above this one; '' from the start. */
  readonly marker: string;
  /** 1 … 2,000 */
  readonly maxKeys: number;
  /** Only buckets created before (lt, lte) or after (gt, gte) a time, Unix seconds. */
  readonly created: { readonly range: 'lt' | 'lte' | 'gt' | 'gte'; readonly seconds: number } | undefined;
}

export interface GetServiceResult {
  readonly uin: string;
  readonly marker: string;
  readonly buckets: readonly BucketRecord[];
  readonly truncated: boolean;
}

export const getService = serviceOperation<GetServiceInput, GetServiceResult>({
  name: 'GetService',
  level: 'service',
  method: 'GET',
  action: 'name/cos:GetService',
  access: 'signed',
  success: [200],
  errors: ['InvalidArgument'],
  spec: 'buckets.md §2',
  async run(context, input) {
    const { services, identity } = context;
    if (identity.kind === 'anonymous') throw new CosError('AccessDenied');
    authorizeAccount(context, context.actions, identity.appid, undefined, input.region);
    const page = await listBuckets(services, identity.appid, input.marker, input.maxKeys, (bucket) =>
      matches(bucket, input),
    );
    return { uin: identity.ownerUin, marker: input.marker, ...page };
  },
});

function matches(bucket: BucketRecord, { region, created }: GetServiceInput): boolean {
  if (region !== undefined && bucket.region !== region) return false;
  if (created === undefined) return true;
  const at = Math.floor(bucket.createdMs / 1000);
  switch (created.range) {
    case 'lt':
      return at < created.seconds;
    case 'lte':
      return at <= created.seconds;
    case 'gt':
      return at > created.seconds;
    case 'gte':
      return at >= created.seconds;
  }
}
