/**
 * What is due for one version, upload or lone delete marker at a midnight, and when something may be due next. Pure:
 * nothing but the arguments counts. Source: spec/buckets.md §12.
 */
import { type Calendar, midnightFrom } from './calendar.ts';
import { coldness, MIN_TRANSITION_BYTES } from './classes.ts';
import type { CompiledRule, Move } from './compile.ts';
import type { When } from './rules.ts';

export interface VersionFacts {
  readonly key: string;
  /** Appendable objects are left alone; delete markers are judged by `judgeMarkers`. */
  readonly kind: 'normal' | 'appendable' | 'symlink' | 'delete-marker';
  /** bytes */
  readonly size: number;
  /** ms since the epoch: when it was written, or (noncurrent) when it was succeeded */
  readonly sinceMs: number;
  /** Upper case. */
  readonly storageClass: string;
  /** Flat: key, value … */
  readonly tags: readonly string[];
  /** Until when nothing may be done with it, ms since the epoch; Infinity for a legal hold, 0 for no lock. */
  readonly lockedUntilMs: number;
  /** Noncurrent versions of the key that are newer; of noncurrent ones. */
  readonly newer?: number;
}

export type Verdict =
  | { readonly action: 'none' | 'expire'; readonly nextMs: number }
  | { readonly action: 'move'; readonly storageClass: string; readonly nextMs: number };

/** The midnight everything is judged at, and the present, which locks go by. */
export interface Moment {
  readonly calendar: Calendar;
  readonly midnightMs: number;
  readonly nowMs: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The first midnight at which an action is due. */
export function dueAt(calendar: Calendar, when: When, sinceMs: number): number {
  return midnightFrom(calendar, 'days' in when ? sinceMs + when.days * calendar.dayMs : when.dateMs);
}

/** @param nextMs of the verdict: the first midnight after this one at which the version, unchanged, may be due again */
export function judgeVersion(
  rules: readonly CompiledRule[],
  version: VersionFacts,
  noncurrent: boolean,
  moment: Moment,
): Verdict {
  const { calendar, midnightMs, nowMs } = moment;
  if (version.kind === 'appendable' || version.kind === 'delete-marker') return { action: 'none', nextMs: NEVER };
  const { newer: newerNow = 0 } = version;
  let expires = NEVER;
  let coldest: Move | undefined;
  const moves: { move: Move; dueMs: number }[] = [];
  for (const rule of rules) {
    if (!matches(rule, version)) continue;
    if (noncurrent) {
      for (const { when, newer } of rule.noncurrentExpirations) {
        if (newer <= newerNow) expires = Math.min(expires, dueAt(calendar, when, version.sinceMs));
      }
    } else {
      for (const when of rule.expirations) expires = Math.min(expires, dueAt(calendar, when, version.sinceMs));
    }
    if (version.size < MIN_TRANSITION_BYTES) continue;
    for (const move of noncurrent ? rule.noncurrentMoves : rule.moves) {
      if (move.coldness <= coldness(version.storageClass) || move.newer > newerNow) continue;
      const dueMs = dueAt(calendar, move.when, version.sinceMs);
      moves.push({ move, dueMs });
      if (dueMs <= midnightMs && move.coldness > (coldest?.coldness ?? -1)) coldest = move;
    }
  }
  const isDue = expires <= midnightMs || coldest !== undefined;
  if (isDue && version.lockedUntilMs > nowMs) {
    const unlocked = Number.isFinite(version.lockedUntilMs) ? midnightFrom(calendar, version.lockedUntilMs) : 0;
    return { action: 'none', nextMs: Math.max(midnightMs + calendar.dayMs, unlocked) };
  }
  if (expires <= midnightMs) return { action: 'expire', nextMs: NEVER };
  let nextMs = expires;
  for (const { move, dueMs } of moves) {
    if (move.coldness > (coldest?.coldness ?? -1) && dueMs > midnightMs) nextMs = Math.min(nextMs, dueMs);
  }
  if (coldest === undefined) return { action: 'none', nextMs };
  return { action: 'move', storageClass: coldest.storageClass, nextMs };
}

export function matches(rule: CompiledRule, { key, size, tags }: VersionFacts): boolean {
  if (!matchesKey(rule, key) || size <= rule.largerThan || size >= rule.smallerThan) return false;
  return rule.tags.every(([name, value]) => {
    for (let i = 0; i < tags.length; i += 2) if (tags[i] === name) return tags[i + 1] === value;
    return false;
  });
}

export function matchesKey({ prefix, notPrefixes }: CompiledRule, key: string): boolean {
  return key.startsWith(prefix) && !notPrefixes.some((not) => key.startsWith(not));
}

/**
 * A key of which nothing is left but delete markers: they go where a rule says so.
 * @param newestMs when the newest of them was made, ms since the epoch
 */
export function judgeMarkers(rules: readonly CompiledRule[], key: string, newestMs: number, moment: Moment): Verdict {
  const { calendar, midnightMs } = moment;
  if (!rules.some((rule) => rule.expiredMarkers && matchesKey(rule, key))) return { action: 'none', nextMs: NEVER };
  const dueMs = midnightFrom(calendar, newestMs);
  return dueMs <= midnightMs ? { action: 'expire', nextMs: NEVER } : { action: 'none', nextMs: dueMs };
}

/** @param initiatedMs ms since the epoch */
export function judgeUpload(
  rules: readonly CompiledRule[],
  key: string,
  initiatedMs: number,
  { calendar, midnightMs }: Moment,
): Verdict {
  let dueMs = NEVER;
  for (const rule of rules) {
    if (!matchesKey(rule, key)) continue;
    for (const when of rule.aborts) dueMs = Math.min(dueMs, dueAt(calendar, when, initiatedMs));
  }
  return dueMs <= midnightMs ? { action: 'expire', nextMs: NEVER } : { action: 'none', nextMs: dueMs };
}

/** The first midnight after this one at which something that does not exist yet may be due. */
export function newcomersDue(
  rules: readonly CompiledRule[],
  whens: (rule: CompiledRule) => readonly When[],
  moment: Moment,
): number {
  const { calendar, midnightMs } = moment;
  let dueMs = NEVER;
  for (const rule of rules) {
    for (const when of whens(rule)) dueMs = Math.min(dueMs, dueAt(calendar, when, midnightMs));
  }
  return Math.max(dueMs, midnightMs + calendar.dayMs);
}
