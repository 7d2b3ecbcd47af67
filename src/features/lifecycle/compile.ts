/** Rules in the form they are evaluated in: what applies to current versions, to noncurrent ones, and to uploads. */
import { classNamed, coldness } from './classes.ts';
import type { LifecycleAction, LifecycleRule, When } from './rules.ts';

/** When noncurrent versions expire, and how many newer ones have to be there. */
export interface Cull {
  readonly when: When;
  readonly newer: number;
}

export interface Move {
  readonly when: When;
  /** Noncurrent versions that have to be newer. */
  readonly newer: number;
  /** Upper case. */
  readonly storageClass: string;
  readonly coldness: number;
}

export interface CompiledRule {
  readonly prefix: string;
  readonly notPrefixes: readonly string[];
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Bytes, both bounds excluded. */
  readonly largerThan: number;
  readonly smallerThan: number;
  readonly expirations: readonly When[];
  readonly moves: readonly Move[];
  readonly noncurrentExpirations: readonly Cull[];
  readonly noncurrentMoves: readonly Move[];
  /** Delete markers that stand alone go at once. */
  readonly expiredMarkers: boolean;
  readonly aborts: readonly When[];
}

/** The rules that act at a midnight: enabled, and set before it. Those that can match nothing are left out. */
export function compileRules(rules: readonly LifecycleRule[], midnightMs: number): CompiledRule[] {
  return rules.flatMap((rule) => {
    if (!rule.enabled || rule.setMs >= midnightMs) return [];
    const compiled = compileRule(rule);
    return compiled === undefined ? [] : [compiled];
  });
}

/** @returns undefined where it can match nothing: two prefixes, neither the beginning of the other */
export function compileRule({ filter, actions }: LifecycleRule): CompiledRule | undefined {
  let prefix = '';
  const notPrefixes: string[] = [];
  const tags: [string, string][] = [];
  let largerThan = -1;
  let smallerThan = Number.POSITIVE_INFINITY;
  for (const condition of filter.conditions) {
    switch (condition.kind) {
      case 'prefix':
        prefix = condition.prefix;
        break;
      case 'prefix-not':
        notPrefixes.push(condition.prefix);
        break;
      case 'tag':
        tags.push([condition.key, condition.value]);
        break;
      case 'larger':
        largerThan = Math.max(largerThan, condition.bytes);
        break;
      case 'smaller':
        smallerThan = Math.min(smallerThan, condition.bytes);
        break;
    }
  }
  if (notPrefixes.some((not) => prefix.startsWith(not))) return undefined;
  return {
    prefix,
    notPrefixes,
    tags,
    largerThan,
    smallerThan,
    expirations: whensOf(actions, 'expiration'),
    moves: movesOf(actions, 'transition'),
    noncurrentExpirations: cullsOf(actions),
    noncurrentMoves: movesOf(actions, 'noncurrent-transition'),
    expiredMarkers: actions.some((action) => action.kind === 'expired-marker' && action.on),
    aborts: whensOf(actions, 'abort-uploads'),
  };
}

const whenOf = (action: LifecycleAction): When[] => {
  if ('when' in action) return [action.when];
  return 'days' in action ? [{ days: action.days }] : [];
};

function whensOf(actions: readonly LifecycleAction[], kind: LifecycleAction['kind']): When[] {
  return actions.flatMap((action) => (action.kind === kind ? whenOf(action) : []));
}

function cullsOf(actions: readonly LifecycleAction[]): Cull[] {
  return actions.flatMap((action) =>
    action.kind === 'noncurrent-expiration' ? [{ when: { days: action.days }, newer: action.newer ?? 0 }] : [],
  );
}

function movesOf(actions: readonly LifecycleAction[], kind: 'transition' | 'noncurrent-transition'): Move[] {
  return actions.flatMap((action) => {
    if (action.kind !== kind) return [];
    const storageClass = classNamed(action.storageClass)!;
    const newer = 'newer' in action ? (action.newer ?? 0) : 0;
    return whenOf(action).map((when) => ({ when, newer, storageClass, coldness: coldness(storageClass) }));
  });
}
