/** PUT Bucket. Source: spec/buckets.md §3. */
import { BUCKET_GRANTS } from '../access/acl.ts';
import { authorizeAccount } from '../access/authorize.ts';
import { BUCKET_TAGS, withRequestTags } from '../access/bucket-tags.ts';
import { CosError } from '../errors/cos-error.ts';
import { type ConfigChange, createBucket, findBucket } from '../model/buckets.ts';
import { aclAttachment, type BucketAclState } from './bucket-acl.ts';
import { type ServiceContext, serviceOperation } from './operation.ts';
import { ACL_ERRORS } from './put-object.ts';

export interface PutBucketInput extends BucketAclState {
  /** Full name, checked by its form already. */
  readonly name: string;
  readonly appid: string;
  readonly region: string;
  /** Flat: key, value …, checked */
  readonly tags: readonly string[];
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
    ...ACL_ERRORS,
    'BadDigest',
    'BadRequest',
    'BucketAlreadyExists',
    'BucketAlreadyOwnedByYou',
    'InvalidArgument',
    'InvalidDigest',
    'InvalidLocationConstraint',
    'InvalidTag',
    'MalformedXML',
    'MultiAZFeatureNotSupport',
    'PathConflict',
    'TooManyBuckets',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §3',
  async run(context, input) {
    const { services } = context;
    const asked = { ...context, facts: withRequestTags(context.facts, input.tags) };
    await refuseForeign(context, input);
    const { ownerUin } = authorizeAccount(asked, context.actions, input.appid, input.name, input.region);
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
      configs: configsOf(input),
      attachment: aclAttachment(input),
      ...(multiAz ? { multiAz } : {}),
    });
  },
});

/** Of a name with another account's APPID a signer learns whether it is taken, and no more. @throws CosError BucketAlreadyExists */
async function refuseForeign({ services, identity }: ServiceContext, { name, appid }: PutBucketInput): Promise<void> {
  if (identity.kind === 'anonymous' || identity.appid === appid) return;
  if ((await findBucket(services, name)) !== undefined) throw new CosError('BucketAlreadyExists');
}

function configsOf({ grants, tags }: PutBucketInput): ConfigChange[] {
  const configs: ConfigChange[] = [];
  if (grants.length > 0) configs.push({ name: BUCKET_GRANTS.name, value: BUCKET_GRANTS.pack(grants) });
  if (tags.length > 0) configs.push({ name: BUCKET_TAGS.name, value: BUCKET_TAGS.pack(tags) });
  return configs;
}
