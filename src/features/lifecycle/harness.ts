/** The rules of spec/buckets.md §12 once more, as they are told and without any economy: what tests compare with. */
import type { VersionFacts } from './evaluate.ts';
import type { LifecycleRule } from './rules.ts';

const DAY = 86_400_000;
const CHAIN = ['STANDARD', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'ARCHIVE', 'DEEP_ARCHIVE'];

/**
 * @param rules those that were set before this midnight
 * @returns `none`, `expire`, or the class it moves to
 */
export function naiveAction(
  rules: readonly LifecycleRule[],
  version: VersionFacts,
  noncurrent: boolean,
  midnightMs: number,
  nowMs: number,
): string {
  if (version.kind === 'appendable' || version.lockedUntilMs > nowMs) return 'none';
  let expires = false;
  let coldest = CHAIN.indexOf(version.storageClass);
  let moved = false;
  for (const { enabled, filter, actions } of rules) {
    if (!enabled || !filter.conditions.every((condition) => holds(condition, version))) continue;
    for (const action of actions) {
      const current = action.kind === 'transition' || action.kind === 'expiration';
      const old = action.kind === 'noncurrent-transition' || action.kind === 'noncurrent-expiration';
      if (noncurrent ? !old : !current) continue;
      if ('newer' in action && (action.newer ?? 0) > (version.newer ?? 0)) continue;
      const when = 'when' in action ? action.when : { days: (action as { days: number }).days };
      const due = 'days' in when ? midnightMs - version.sinceMs >= when.days * DAY : midnightMs >= when.dateMs;
      if (!due) continue;
      if (!('storageClass' in action)) {
        expires = true;
      } else if (version.size >= 64 * 1024) {
        const to = CHAIN.indexOf(action.storageClass.toUpperCase());
        if (to > coldest) {
          coldest = to;
          moved = true;
        }
      }
    }
  }
  if (expires) return 'expire';
  return moved ? CHAIN[coldest]! : 'none';
}

function holds(condition: LifecycleRule['filter']['conditions'][number], { key, size, tags }: VersionFacts): boolean {
  switch (condition.kind) {
    case 'prefix':
      return key.startsWith(condition.prefix);
    case 'prefix-not':
      return !key.startsWith(condition.prefix);
    case 'larger':
      return size > condition.bytes;
    case 'smaller':
      return size < condition.bytes;
    case 'tag':
      return tags.some((name, at) => at % 2 === 0 && name === condition.key && tags[at + 1] === condition.value);
  }
}
