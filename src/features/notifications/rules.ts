/**
 * Who is told of changes in a bucket: the rules of its operator, what they must be like, and their row. COS publishes
 * no request for them, so they are set by the admin API alone. Source: spec/buckets.md §28.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack, unpack } from '../../model/records/pack.ts';

/** Names of events as COS has them. */
export const EVENT_NAMES = [
  'cos:ObjectCreated:Put',
  'cos:ObjectCreated:Post',
  'cos:ObjectCreated:Copy',
  'cos:ObjectCreated:CompleteMultipartUpload',
  'cos:ObjectCreated:Append',
  'cos:ObjectCreated:Origin',
  'cos:ObjectCreated:Replication',
  'cos:ObjectRemove:Delete',
  'cos:ObjectRemove:DeleteMarkerCreated',
  'cos:ObjectRestore:Post',
  'cos:ObjectRestore:Completed',
] as const;
export type EventName = (typeof EVENT_NAMES)[number];

export interface NotificationRule {
  /** Letters, digits, `.`, `_` and `-`; unique in the bucket. */
  readonly id: string;
  /** Names of events, or groups of them: `cos:ObjectCreated:*`. */
  readonly events: readonly string[];
  /** Of the keys; '' for any. */
  readonly prefix: string;
  readonly suffix: string;
  /** http or https */
  readonly url: string;
  /** What deliveries are signed with, sealed for the bucket. */
  readonly sealedSecret: Buffer;
}

export const BUCKET_NOTIFICATION: BucketConfig<readonly NotificationRule[]> = {
  name: 'notification',
  pack: (rules) => pack([1, rules.map((r) => [r.id, r.events, r.prefix, r.suffix, r.url, r.sealedSecret])]),
  unpack(stored) {
    const [, rules] = unpack(stored) as [number, [string, string[], string, string, string, Buffer][]];
    return rules.map(([id, events, prefix, suffix, url, sealedSecret]) => ({
      ...{ id, events, prefix, suffix, url, sealedSecret },
    }));
  },
};

/** As many as COS binds to one bucket. */
export const MAX_RULES = 10;
const MAX_FILTER = 850;
const MAX_URL = 2_048;
export const MAX_SECRET = 256;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const GROUPS: ReadonlySet<string> = new Set(['cos:ObjectCreated:*', 'cos:ObjectRemove:*', 'cos:ObjectRestore:*']);
const KNOWN: ReadonlySet<string> = new Set([...EVENT_NAMES, ...GROUPS]);

/** @throws CosError InvalidArgument */
export function checkRule({ id, events, prefix, suffix, url }: Omit<NotificationRule, 'sealedSecret'>): void {
  if (!ID.test(id)) throw invalid('The id of a rule has 1 to 64 letters, digits, dots, underscores and hyphens.');
  if (events.length === 0) throw invalid('A rule needs at least one event.');
  const unknown = events.find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw invalid(`There is no event ${unknown.slice(0, 80)}.`);
  if (new Set(events).size !== events.length) throw invalid('An event is named twice.');
  for (const filter of [prefix, suffix]) {
    if (Buffer.byteLength(filter) > MAX_FILTER) throw invalid(`Prefix and suffix have at most ${MAX_FILTER} bytes.`);
  }
  checkUrl(url);
}

function checkUrl(text: string): void {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('The address is no URL.');
  }
  if (text.length > MAX_URL) throw invalid(`An address has at most ${MAX_URL} characters.`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw invalid('The address must be http or https.');
  if (url.username !== '' || url.password !== '') throw invalid('The address may not hold a user or a password.');
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

/**
 * One event may be for one rule alone: as in COS, rules that meet in events, prefixes and suffixes are refused.
 * @param others the other rules of the bucket
 * @throws CosError NotifyRuleEventConflict, NotifyRulePrefixConflict, NotifyRuleSuffixConflict, named by where the two differ
 */
export function refuseOverlap(rule: NotificationRule, others: readonly NotificationRule[]): void {
  for (const other of others) {
    if (!rule.events.some((name) => other.events.some((theirs) => meet(name, theirs)))) continue;
    if (!rule.prefix.startsWith(other.prefix) && !other.prefix.startsWith(rule.prefix)) continue;
    if (!rule.suffix.endsWith(other.suffix) && !other.suffix.endsWith(rule.suffix)) continue;
    const message = `The notification rules conflict: ${rule.id} and ${other.id}.`;
    if (rule.prefix !== other.prefix) throw new CosError('NotifyRulePrefixConflict', { message });
    if (rule.suffix !== other.suffix) throw new CosError('NotifyRuleSuffixConflict', { message });
    throw new CosError('NotifyRuleEventConflict', { message });
  }
}

function meet(a: string, b: string): boolean {
  return a === b || includes(a, b) || includes(b, a);
}

/** @param group an event, or a group of them */
function includes(group: string, name: string): boolean {
  return group.endsWith(':*') && name.startsWith(group.slice(0, -1));
}

/** Whether a rule is about an event of a key. */
export function isFor(rule: NotificationRule, event: EventName, key: string): boolean {
  return (
    key.startsWith(rule.prefix) &&
    key.endsWith(rule.suffix) &&
    rule.events.some((name) => name === event || includes(name, event))
  );
}
