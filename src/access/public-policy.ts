/** Policies of buckets that allow everybody something. Source: spec/s3.md §9. */
import type { BucketRecord } from '../model/records/bucket.ts';
import type { Identity } from './identity.ts';
import type { CompiledPolicy } from './policy/types.ts';

/** Whether any statement allows everybody something, be it under conditions, but for those on who or from where. */
export function isPublicPolicy({ statements }: CompiledPolicy): boolean {
  return statements.some(
    ({ effect, names, restricted }) => effect === 'allow' && names.everyone && restricted !== true,
  );
}

const denials = new WeakMap<CompiledPolicy, CompiledPolicy>();

/** What of a bucket's policy counts for a requester: a public one may be held to the owner's account. */
export function policyFor(
  { ownerUin, publicAccess }: BucketRecord,
  identity: Identity,
  policy: CompiledPolicy | undefined,
): CompiledPolicy | undefined {
  if (publicAccess?.restrictBuckets !== true || policy === undefined) return policy;
  if (identity.kind !== 'anonymous' && identity.ownerUin === ownerUin) return policy;
  return isPublicPolicy(policy) ? denialsOf(policy) : policy;
}

function denialsOf(policy: CompiledPolicy): CompiledPolicy {
  let made = denials.get(policy);
  if (made === undefined) {
    made = { ...policy, statements: policy.statements.filter(({ effect }) => effect === 'deny') };
    denials.set(policy, made);
  }
  return made;
}
