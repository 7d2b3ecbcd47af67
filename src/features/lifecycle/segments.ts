/**
 * The ranges of rows that rules can match, each with the rules that hold in it: what no prefix covers is never read.
 * Ranges are those of the row keys, so that objects, versions and uploads are walked alike.
 */
import type { BucketId } from '../../model/keys.ts';
import { afterPrefix, currentKey, uploadPrefix, versionPrefix } from '../../model/keys.ts';
import type { Versioning } from '../../model/records/bucket.ts';
import type { CompiledRule } from './compile.ts';
import type { Moment } from './evaluate.ts';
import { newcomersDue } from './evaluate.ts';
import type { When } from './rules.ts';

export type Space = 'objects' | 'versions' | 'uploads';

export interface Segment {
  readonly space: Space;
  /** Row keys: inclusive, exclusive. */
  readonly from: Buffer;
  readonly to: Buffer;
  readonly rules: readonly CompiledRule[];
}

/** When the rules want something with what a space holds. */
export function whensIn(space: Space, rule: CompiledRule): readonly When[] {
  switch (space) {
    case 'objects':
      return [...rule.expirations, ...rule.moves.map(({ when }) => when)];
    case 'versions': {
      const steps = [...rule.noncurrentExpirations, ...rule.noncurrentMoves];
      // What newer versions keep is due as soon as there is one more of them.
      const atOnce = rule.expiredMarkers || steps.some(({ newer }) => newer > 0);
      return [...steps.map(({ when }) => when), ...(atOnce ? [{ days: 0 }] : [])];
    }
    case 'uploads':
      return rule.aborts;
  }
}

/** In the order of the row keys. */
export function segmentsOf(bucketId: BucketId, versioning: Versioning, rules: readonly CompiledRule[]): Segment[] {
  const prefixes: [Space, (prefix: string) => Buffer][] = [
    ['objects', (prefix) => currentKey(bucketId, prefix)],
    ['uploads', (prefix) => uploadPrefix(bucketId, prefix)],
  ];
  if (versioning !== 'unset') prefixes.push(['versions', (prefix) => versionPrefix(bucketId, prefix)]);
  return prefixes.flatMap(([space, rowPrefix]) => {
    const acting = rules.filter((rule) => whensIn(space, rule).length > 0);
    return cut(
      space,
      acting.map((rule) => {
        const from = rowPrefix(rule.prefix);
        return { from, to: afterPrefix(from), rule };
      }),
    );
  });
}

interface RuleRange {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly rule: CompiledRule;
}

/** Prefix ranges lie inside each other or apart, so a stack of those that are open is enough. */
function cut(space: Space, ranges: RuleRange[]): Segment[] {
  const sorted = [...ranges].sort((a, b) => a.from.compare(b.from) || b.to.compare(a.to));
  const segments: Segment[] = [];
  const open: RuleRange[] = [];
  let at = sorted[0]?.from;
  if (at === undefined) return segments;
  const upTo = (to: Buffer): void => {
    if (open.length > 0 && at!.compare(to) < 0) {
      segments.push({ space, from: at!, to, rules: open.map(({ rule }) => rule) });
    }
    at = to;
  };
  const close = (before: Buffer | undefined): void => {
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      if (before !== undefined && last.to.compare(before) > 0) return;
      upTo(last.to);
      open.pop();
    }
  };
  for (const range of sorted) {
    close(range.from);
    upTo(range.from);
    open.push(range);
  }
  close(undefined);
  return segments;
}

/** The segment that a row key lies in. @param segments in order */
export function segmentAt(segments: readonly Segment[], rowKey: Buffer): Segment | undefined {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.to.compare(rowKey) <= 0) low = middle + 1;
    else high = middle;
  }
  const found = segments[low];
  return found !== undefined && found.from.compare(rowKey) <= 0 ? found : undefined;
}

/** Bounds that decide for most rows, from their time alone, that nothing is due. */
export interface Bounds {
  /** What is newer cannot be due, ms since the epoch. */
  readonly newestDueMs: number;
  /** The fewest days after which anything may be due; Infinity where dates alone count. */
  readonly fewestDays: number;
  /** The midnight at which something may be due that is written from now on. */
  readonly newcomersMs: number;
}

export function boundsOf({ space, rules }: Pick<Segment, 'space' | 'rules'>, moment: Moment): Bounds {
  const { calendar, midnightMs } = moment;
  let newestDueMs = Number.NEGATIVE_INFINITY;
  let fewestDays = Number.POSITIVE_INFINITY;
  for (const rule of rules) {
    for (const when of whensIn(space, rule)) {
      if ('days' in when) {
        fewestDays = Math.min(fewestDays, when.days);
        newestDueMs = Math.max(newestDueMs, midnightMs - when.days * calendar.dayMs);
      } else if (when.dateMs <= midnightMs) {
        newestDueMs = Number.POSITIVE_INFINITY;
      }
    }
  }
  return { newestDueMs, fewestDays, newcomersMs: newcomersDue(rules, (rule) => whensIn(space, rule), moment) };
}
