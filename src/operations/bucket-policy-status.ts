/** GetBucketPolicyStatus: whether a bucket is open to everybody. Source: spec/s3.md §6, §9. */
import { bucketGrants } from '../access/acl.ts';
import { compiledBucketPolicy } from '../access/bucket-policy.ts';
import { isPublicPolicy } from '../access/public-policy.ts';
import { bucketOperation } from './operation.ts';

export const getBucketPolicyStatus = bucketOperation<undefined, { readonly isPublic: boolean }>({
  name: 'GetBucketPolicyStatus',
  level: 'bucket',
  method: 'GET',
  subresource: 'policyStatus',
  action: 'name/cos:GetBucketPolicyStatus',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 's3.md §6',
  async run({ services, bucket }) {
    const policy = await compiledBucketPolicy(services, bucket);
    if (policy !== undefined && isPublicPolicy(policy)) return { isPublic: true };
    const grants = await bucketGrants(services, bucket);
    return { isPublic: grants.some(({ grantee }) => grantee === 'all' || grantee === 'authenticated') };
  },
});
