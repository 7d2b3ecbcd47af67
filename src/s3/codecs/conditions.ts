/** Conditional writes: what S3 calls a race that a condition lost. Source: spec/s3.md §6. */
import type { WriteConditions } from '../../model/write-object.ts';

export function contended(conditions: WriteConditions): WriteConditions {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch === undefined && ifNoneMatch === undefined) return conditions;
  return { ...conditions, contended: 'ConditionalRequestConflict' };
}
