/**
 * Rules that contradict each other. The test is narrow on purpose: rules that merely overlap are accepted, and the
 * earliest expiry and the coldest class decide at run time. Source: spec/buckets.md §12.
 */
import { CosError } from '../../errors/cos-error.ts';
import { pack } from '../../model/records/pack.ts';
import { classNamed, coldness } from './classes.ts';
import type { LifecycleAction, LifecycleFilter, NewRule, When } from './rules.ts';

/** One action on current or noncurrent versions, to be compared with others. */
interface Step {
  /** Coldness of the class; Infinity expires, which comes after every class. */
  readonly to: number;
  readonly when: When;
}

/** @throws CosError LifeCycleRuleConflicted */
export function requireNoConflicts(rules: readonly NewRule[]): void {
  const groups = new Map<string, NewRule[]>();
  for (const rule of rules) {
    if (!rule.enabled) continue;
    const key = filterKey(rule.filter);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rule]);
    else group.push(rule);
  }
  for (const group of groups.values()) {
    const actions = group.flatMap((rule) => rule.actions);
    const steps = (noncurrent: boolean) =>
      actions.flatMap((action): Step[] => {
        const step = stepOf(action);
        return step !== undefined && action.kind.startsWith('noncurrent') === noncurrent ? [step] : [];
      });
    if (contradict(steps(false)) || contradict(steps(true)) || differentAborts(actions)) {
      throw new CosError('LifeCycleRuleConflicted');
    }
  }
}

/** Equal for filters that mean the same, however they are written. */
function filterKey({ conditions }: LifecycleFilter): string {
  const parts = conditions
    .filter((condition) => condition.kind !== 'prefix' || condition.prefix !== '')
    .map((condition) => pack(Object.values(condition)).toString('latin1'));
  return [...new Set(parts)].sort().join('\n');
}

function stepOf(action: LifecycleAction): Step | undefined {
  switch (action.kind) {
    case 'expiration':
      return { to: Number.POSITIVE_INFINITY, when: action.when };
    case 'noncurrent-expiration':
      return { to: Number.POSITIVE_INFINITY, when: { days: action.days } };
    case 'transition':
      return { to: coldness(classNamed(action.storageClass)!), when: action.when };
    case 'noncurrent-transition':
      return { to: coldness(classNamed(action.storageClass)!), when: { days: action.days } };
    default:
      return undefined;
  }
}

/** A step that comes earlier than one to a warmer class, or the same step at two times. */
function contradict(steps: readonly Step[]): boolean {
  for (const byDate of [false, true]) {
    const comparable = steps
      .flatMap(({ to, when }) => {
        if ('dateMs' in when) return byDate ? [{ to, at: when.dateMs }] : [];
        return byDate ? [] : [{ to, at: when.days }];
      })
      .sort((a, b) => a.to - b.to || a.at - b.at);
    for (const [at, step] of comparable.entries()) {
      const before = comparable[at - 1];
      if (before === undefined) continue;
      if (before.to === step.to ? before.at !== step.at : step.at < before.at) return true;
    }
  }
  return false;
}

function differentAborts(actions: readonly LifecycleAction[]): boolean {
  const days = actions.flatMap((action) => (action.kind === 'abort-uploads' ? [action.days] : []));
  return new Set(days).size > 1;
}
