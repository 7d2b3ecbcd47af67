/** What lifecycle rules must be like beyond their form. Source: spec/buckets.md §12. */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import { isTiered } from '../../model/storage-class.ts';
import { type Calendar, GMT_8, midnightBefore, UTC } from './calendar.ts';
import { classNamed, coldness, isMultiAz } from './classes.ts';
import { requireNoConflicts } from './conflicts.ts';
import type { LifecycleAction, NewRule, When } from './rules.ts';

export const MAX_RULES = 1_000;
const MAX_ID = 255;
const MAX_DAYS = 3_650;
const MAX_TAGS = 10;
/** bytes */
const MAX_TAG_KEY = 128;
const MAX_TAG_VALUE = 256;
const MAX_PREFIX = 850;

/** Where protocols differ. */
export interface LifecycleLimits {
  /** Dates may also be at midnight of UTC. Default: false */
  readonly utcDates?: boolean;
  /** Default: 3,650 */
  readonly mostDays?: number;
}

/**
 * @param closed storage classes that the operator has switched off
 * @throws CosError InvalidArgument, InvalidRequest, NotSupportedStorageClass, LifeCycleIdNotUnique, LifeCycleRuleConflicted
 */
export function checkLifecycle(
  rules: readonly NewRule[],
  bucket: BucketRecord,
  calendar: Calendar,
  closed: ReadonlySet<string>,
  { utcDates = false, mostDays = MAX_DAYS }: LifecycleLimits = {},
): void {
  const zones = utcDates ? [GMT_8, calendar, UTC] : [GMT_8, calendar];
  if (rules.length > MAX_RULES) throw invalid(`There may be at most ${MAX_RULES} lifecycle rules.`);
  const ids = new Set<string>();
  for (const rule of rules) {
    if (rule.id !== undefined) {
      if ([...rule.id].length > MAX_ID) throw invalid(`The ID of a rule has at most ${MAX_ID} characters.`);
      if (ids.has(rule.id)) throw new CosError('LifeCycleIdNotUnique');
      ids.add(rule.id);
    }
    checkFilter(rule);
    const kinds = new Set<string>();
    for (const action of rule.actions) {
      checkTimes(action, zones, mostDays, kinds);
      if ('storageClass' in action) checkClass(action.storageClass, bucket, closed);
    }
    if (kinds.size > 1) throw invalid('Days and Date may not both occur in one rule.');
  }
  requireNoConflicts(rules);
}

function checkFilter({ filter, actions }: NewRule): void {
  const tags = filter.conditions.filter((condition) => condition.kind === 'tag');
  if (tags.length > MAX_TAGS) throw invalid(`A filter has at most ${MAX_TAGS} tags.`);
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (key === '' || Buffer.byteLength(key) > MAX_TAG_KEY) throw invalid('A tag key has 1 to 128 bytes.');
    if (Buffer.byteLength(value) > MAX_TAG_VALUE) throw invalid('A tag value has at most 256 bytes.');
    if (keys.has(key)) throw invalid(`The tag key ${key} is given twice.`);
    keys.add(key);
  }
  let sizes = false;
  for (const condition of filter.conditions) {
    if ('bytes' in condition) sizes = true;
    if ('prefix' in condition && Buffer.byteLength(condition.prefix) > MAX_PREFIX)
      throw invalid('A prefix is too long.');
  }
  if (tags.length === 0 && !sizes) return;
  // Uploads and markers have neither, so such a rule would do nothing.
  for (const action of actions) {
    const bare = action.kind === 'abort-uploads' || (action.kind === 'expired-marker' && action.on);
    if (!bare) continue;
    throw new CosError('InvalidRequest', {
      message: 'A rule for unfinished uploads or expired delete markers may not filter by tags or sizes.',
    });
  }
}

/** @param kinds gets how the rule says when */
function checkTimes(action: LifecycleAction, zones: readonly Calendar[], mostDays: number, kinds: Set<string>): void {
  const least = action.kind.endsWith('transition') ? 0 : 1;
  if ('days' in action) {
    requireDays(action.days, least, mostDays);
  } else if ('when' in action) {
    const { when } = action;
    kinds.add('days' in when ? 'days' : 'date');
    if ('days' in when) requireDays(when.days, least, mostDays);
    else if (!isMidnight(when, zones)) throw invalid('A Date must be at 00:00 GMT+8.');
  }
}

function requireDays(days: number, least: number, most: number): void {
  if (days < least || days > most) throw invalid(`Days must be ${least} to ${most}.`);
}

/** Of GMT+8, as documented, or of the zone that this server goes by; of UTC for some. */
function isMidnight(when: Exclude<When, { days: number }>, zones: readonly Calendar[]): boolean {
  return zones.some((zone) => midnightBefore(zone, when.dateMs) === when.dateMs);
}

function checkClass(text: string, bucket: BucketRecord, closed: ReadonlySet<string>): void {
  const storageClass = classNamed(text);
  if (storageClass === undefined) throw invalid(`There is no storage class ${text}.`);
  // It moves nothing anywhere.
  if (coldness(storageClass) === 0) return;
  if (closed.has(storageClass) || isMultiAz(storageClass) !== (bucket.multiAz === true)) {
    throw unsupported(`The storage class ${storageClass} is not offered in this bucket.`);
  }
  if (isTiered(storageClass) && bucket.tiering === undefined) {
    throw unsupported('Intelligent tiering is not enabled on the bucket.');
  }
}

function unsupported(message: string): CosError {
  return new CosError('NotSupportedStorageClass', { message });
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
