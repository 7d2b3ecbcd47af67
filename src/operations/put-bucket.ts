/** PUT Bucket. Source: spec/buckets.md §3. */
import { BUCKET_GRANTS } from '../access/acl.ts';
import { authorizeAccount } from '../access/authorize.ts';
import { BUCKET_TAGS, withRequestTags } from '../access/bucket-tags.ts';
import { CosError } from '../errors/cos-error.ts';
import { bucketConfig } from '../model/bucket-configs.ts';
import { type ConfigChange, createBucket, findBucket } from '../model/buckets.ts';
import type { Ownership } from '../model/records/bucket-features.ts';
import type { Services } from '../model/services.ts';
import { aclAttachment, type BucketAclState } from './bucket-acl.ts';
import { requireOwnersAlone } from './bucket-ownership.ts';
import { type ServiceContext, serviceOperation } from './operation.ts';
import { ACL_ERRORS } from './put-object.ts';

export interface PutBucketInput extends BucketAclState {
  /** Full name, checked by its form already. */
  readonly name: string;
  readonly appid: string;
  /** That of the host, or of buckets whose host names none. */
  readonly region: string;
  /** Flat: key, value …, checked */
  readonly tags: readonly string[];
  /** What the body asks for; undefined where it says nothing. */
  readonly azConfig: string | undefined;
  readonly archConfig: string | undefined;
  readonly locationConstraint: string | undefined;
  /** The host names no region: the location chooses among those of the deployment. Default: false. */
  readonly anyLocation?: boolean;
  /** A location that is no region of the deployment means none in particular. Default: false. */
  readonly looseLocation?: boolean;
  /**
   * What it means that the signer has the bucket already: BucketAlreadyOwnedByYou, or nothing where its ACL is the same
   * and BucketAlreadyExists where it is not. Default: `refuse`.
   */
  readonly again?: 'refuse' | 'accept-same';
  /** As PUT ?ownershipControls would set it. */
  readonly ownership?: Ownership | undefined;
  /** Versioning and object lock are enabled from the start. */
  readonly objectLock?: boolean;
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
    'InvalidBucketAclWithObjectOwnership',
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
    const { ownership } = input;
    await refuseForeign(context, input);
    const chosen = regionOf(services, input);
    const region = chosen ?? input.region;
    const { ownerUin } = authorizeAccount(asked, context.actions, input.appid, input.name, region);
    const multiAz = input.azConfig?.toUpperCase() === 'MAZ';
    if (multiAz && !services.settings.multiAzRegions.has(region)) throw new CosError('MultiAZFeatureNotSupport');
    if (multiAz && input.objectLock === true) {
      throw new CosError('InvalidArgument', { message: 'Object lock is not offered for multi-AZ buckets.' });
    }
    requireOwnersAlone(ownership, ownerUin, input.acl, input.grants);
    if (input.archConfig?.toUpperCase() === 'OFS') throw new CosError('NotImplemented');
    if (chosen === undefined) throw new CosError('InvalidLocationConstraint');
    const made = createBucket(services, {
      name: input.name,
      appid: input.appid,
      ownerUin,
      region,
      acl: input.acl,
      configs: configsOf(input),
      attachment: aclAttachment(input),
      ...(multiAz ? { multiAz } : {}),
      ...(ownership === undefined ? {} : { ownership }),
      ...(input.objectLock === true ? { versioning: 'enabled', objectLock: { days: undefined } } : {}),
    });
    await (input.again === 'accept-same' ? made.catch((error) => requireSame(services, input, region, error)) : made);
  },
});

/** Of a name with another account's APPID a signer learns whether it is taken, and no more. @throws CosError BucketAlreadyExists */
async function refuseForeign({ services, identity }: ServiceContext, { name, appid }: PutBucketInput): Promise<void> {
  if (identity.kind === 'anonymous' || identity.appid === appid) return;
  if ((await findBucket(services, name)) !== undefined) throw new CosError('BucketAlreadyExists');
}

/** Where the bucket is to be; undefined where the location is none for it. */
function regionOf({ settings }: Services, input: PutBucketInput): string | undefined {
  const { region, locationConstraint: wanted = '' } = input;
  if (wanted === '' || wanted === region) return region;
  if (settings.regions.has(wanted)) return input.anyLocation === true ? wanted : undefined;
  return input.looseLocation === true ? region : undefined;
}

/** @throws CosError BucketAlreadyExists; `error` where it is about something else */
async function requireSame(
  services: Services,
  { name, acl, grants }: PutBucketInput,
  region: string,
  error: unknown,
): Promise<void> {
  if (!(error instanceof CosError) || error.code !== 'BucketAlreadyOwnedByYou') throw error;
  const entry = await findBucket(services, name);
  if (entry === undefined || entry.record.region !== region) throw error;
  const explicit = (await bucketConfig(services, entry, BUCKET_GRANTS)) ?? [];
  const same = entry.record.acl === acl && JSON.stringify(explicit) === JSON.stringify(grants);
  if (!same) throw new CosError('BucketAlreadyExists');
}

function configsOf({ grants, tags }: PutBucketInput): ConfigChange[] {
  const configs: ConfigChange[] = [];
  if (grants.length > 0) configs.push({ name: BUCKET_GRANTS.name, value: BUCKET_GRANTS.pack(grants) });
  if (tags.length > 0) configs.push({ name: BUCKET_TAGS.name, value: BUCKET_TAGS.pack(tags) });
  return configs;
}
