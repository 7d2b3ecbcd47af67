/** Lifecycle rules of a bucket: their shape and their row. Source: spec/buckets.md §12. */
import { pack, unpack } from '../../model/records/pack.ts';

export type Condition =
  | { readonly kind: 'prefix' | 'prefix-not'; readonly prefix: string }
  | { readonly kind: 'tag'; readonly key: string; readonly value: string }
  /** bytes */
  | { readonly kind: 'larger' | 'smaller'; readonly bytes: number };

export interface LifecycleFilter {
  /** The conditions were given inside of `And`. */
  readonly and: boolean;
  /** There was no filter: its prefix was given in the rule. */
  readonly bare?: true;
  /** All must hold; none: the whole bucket. In the order given. */
  readonly conditions: readonly Condition[];
}

/** Full days, or the date as it was sent and what it means in ms since the epoch. */
export type When = { readonly days: number } | { readonly date: string; readonly dateMs: number };

/** How the days of a noncurrent action were spelt; both mean the same. */
export type DaysName = 'NoncurrentDays' | 'Days';

export type LifecycleAction =
  /** The class in the case it was sent in. */
  | { readonly kind: 'transition'; readonly when: When; readonly storageClass: string }
  | { readonly kind: 'expiration'; readonly when: When }
  | { readonly kind: 'expired-marker'; readonly on: boolean }
  | {
      readonly kind: 'noncurrent-transition';
      readonly days: number;
      readonly daysName: DaysName;
      readonly storageClass: string;
      readonly newer?: number;
    }
  | {
      readonly kind: 'noncurrent-expiration';
      readonly days: number;
      readonly daysName: DaysName;
      /** As many noncurrent versions that are newer stay, however old they are; absent: 0 */
      readonly newer?: number;
    }
  | { readonly kind: 'abort-uploads'; readonly days: number };

export interface LifecycleRule {
  readonly id: string;
  readonly filter: LifecycleFilter;
  readonly enabled: boolean;
  /** At least one, in the order given. */
  readonly actions: readonly LifecycleAction[];
  /** When it was set, ms since the epoch: it acts from the next midnight on. */
  readonly setMs: number;
}

export interface LifecycleConfiguration {
  readonly rules: readonly LifecycleRule[];
}

/** A rule as a request brings it. */
export type NewRule = Omit<LifecycleRule, 'id' | 'setMs'> & { readonly id: string | undefined };

const CONDITIONS = ['prefix', 'prefix-not', 'tag', 'larger', 'smaller'] as const;
const ACTIONS = [
  'transition',
  'expiration',
  'expired-marker',
  'noncurrent-transition',
  'noncurrent-expiration',
  'abort-uploads',
] as const;

function packCondition(c: Condition): unknown[] {
  const kind = CONDITIONS.indexOf(c.kind);
  if (c.kind === 'tag') return [kind, c.key, c.value];
  return [kind, 'prefix' in c ? c.prefix : c.bytes];
}

function unpackCondition([kind, first, second]: unknown[]): Condition {
  const name = CONDITIONS[kind as number]!;
  switch (name) {
    case 'tag':
      return { kind: name, key: first as string, value: second as string };
    case 'prefix':
    case 'prefix-not':
      return { kind: name, prefix: first as string };
    default:
      return { kind: name, bytes: first as number };
  }
}

const packWhen = (when: When): unknown => ('days' in when ? when.days : [when.date, when.dateMs]);

function unpackWhen(packed: unknown): When {
  if (typeof packed === 'number') return { days: packed };
  const [date, dateMs] = packed as [string, number];
  return { date, dateMs };
}

function packAction(a: LifecycleAction): unknown[] {
  const kind = ACTIONS.indexOf(a.kind);
  switch (a.kind) {
    case 'transition':
      return [kind, packWhen(a.when), a.storageClass];
    case 'expiration':
      return [kind, packWhen(a.when)];
    case 'expired-marker':
      return [kind, a.on];
    case 'noncurrent-transition':
      return withNewer([kind, a.days, a.daysName === 'Days', a.storageClass], a.newer);
    case 'noncurrent-expiration':
      return withNewer([kind, a.days, a.daysName === 'Days'], a.newer);
    case 'abort-uploads':
      return [kind, a.days];
  }
}

const withNewer = (fields: unknown[], newer: number | undefined): unknown[] =>
  newer === undefined ? fields : [...fields, newer];

const newerOf = (newer: unknown): { newer?: number } => (newer === undefined ? {} : { newer: newer as number });

function unpackAction([kind, first, second, third, fourth]: unknown[]): LifecycleAction {
  const name = ACTIONS[kind as number]!;
  const daysName = second === true ? 'Days' : 'NoncurrentDays';
  switch (name) {
    case 'transition':
      return { kind: name, when: unpackWhen(first), storageClass: second as string };
    case 'expiration':
      return { kind: name, when: unpackWhen(first) };
    case 'expired-marker':
      return { kind: name, on: first as boolean };
    case 'noncurrent-transition':
      return { kind: name, days: first as number, daysName, storageClass: third as string, ...newerOf(fourth) };
    case 'noncurrent-expiration':
      return { kind: name, days: first as number, daysName, ...newerOf(third) };
    case 'abort-uploads':
      return { kind: name, days: first as number };
  }
}

/** What makes two rules the same rule: all but the time it was set at. */
export function packContent({ id, filter, enabled, actions }: Omit<LifecycleRule, 'setMs'>): unknown[] {
  const form = filter.bare === true ? null : filter.and;
  return [id, form, filter.conditions.map(packCondition), enabled, actions.map(packAction)];
}

export function packLifecycle({ rules }: LifecycleConfiguration): Buffer {
  return pack([1, rules.map((rule) => [...packContent(rule), rule.setMs])]);
}

type PackedRule = [string, boolean | null, unknown[][], boolean, unknown[][], number];

export function unpackLifecycle(value: Buffer): LifecycleConfiguration {
  const [, rules] = unpack(value) as [number, PackedRule[]];
  return {
    rules: rules.map(([id, and, conditions, enabled, actions, setMs]) => ({
      id,
      filter: {
        ...(and === null ? ({ and: false, bare: true } as const) : { and }),
        conditions: conditions.map(unpackCondition),
      },
      enabled,
      actions: actions.map(unpackAction),
      setMs,
    })),
  };
}
