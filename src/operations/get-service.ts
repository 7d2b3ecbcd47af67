/** GET Service (List Buckets). Source: spec/buckets.md §2. */
import { authorizeAccount } from '../access/authorize.ts';
import { BUCKET_TAGS } from '../access/bucket-tags.ts';
import { CosError } from '../errors/cos-error.ts';
import { readBucketConfig } from '../model/bucket-configs.ts';
import { listBuckets } from '../model/buckets.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { Services } from '../model/services.ts';
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
  /** Only buckets whose names begin so; default any. */
  readonly prefix?: string;
  /** Only buckets that carry this tag. */
  readonly tag: { readonly key: string; readonly value: string } | undefined;
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
    const { marker, maxKeys, tag } = input;
    const page = await listBuckets(
      services,
      identity.appid,
      marker,
      maxKeys,
      (bucket) => matches(bucket, input) && (tag === undefined || carries(services, bucket, tag)),
    );
    return { uin: identity.ownerUin, marker, ...page };
  },
});

function matches(bucket: BucketRecord, { region, created, prefix = '' }: GetServiceInput): boolean {
  if (!bucket.name.startsWith(prefix)) return false;
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

async function carries(
  services: Services,
  record: BucketRecord,
  { key, value }: { readonly key: string; readonly value: string },
): Promise<boolean> {
  if (record.configs?.includes(BUCKET_TAGS.name) !== true) return false;
  const stored = await readBucketConfig(services, record.id, BUCKET_TAGS.name);
  const tags = stored === undefined ? [] : BUCKET_TAGS.unpack(stored);
  return tags.some((tag, at) => at % 2 === 0 && tag === key && tags[at + 1] === value);
}
