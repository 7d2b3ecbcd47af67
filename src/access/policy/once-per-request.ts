/** Conditions of a statement, asked once where one request is about many keys. */
import type { Identity } from '../identity.ts';
import type { ConditionTest } from './condition.ts';
import type { ConditionFacts } from './types.ts';

/** Conditions know nothing of keys: where one request is about a thousand, they are asked once. */
export function oncePerRequest(conditions: readonly ConditionTest[]): ConditionTest | undefined {
  if (conditions.length === 0) return undefined;
  const known = new WeakMap<
    ConditionFacts,
    { readonly identity: Identity; readonly bucket: string | undefined; readonly holds: boolean }
  >();
  return (request) => {
    const { facts, identity } = request;
    const { bucket } = request.resource;
    const before = known.get(facts);
    // A copy is about two buckets.
    if (before?.identity === identity && before.bucket === bucket) return before.holds;
    const holds = conditions.every((condition) => condition(request));
    known.set(facts, { identity, bucket, holds });
    return holds;
  };
}
