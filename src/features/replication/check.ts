/** What the rules of one configuration must be like, whatever buckets there are. Source: spec/buckets.md §22. */
import { CosError } from '../../errors/cos-error.ts';
import { STORAGE_CLASSES } from '../../model/records/storage-classes.ts';
import { type Destination, parseDestination } from './destination.ts';
import { prefixOf, tagsOf } from './match.ts';
import type { ReplicationRule } from './rules.ts';

const MAX_RULES = 1_000;
const MAX_ID = 255;
const MAX_PREFIX_BYTES = 850;
/** Of ours: each is a row in the commit that makes a version. */
const MAX_DESTINATIONS = 10;
/** Of S3; nothing is published. */
const MAX_PRIORITY = 2_147_483_647;

/**
 * @param source full name of the bucket the rules are of
 * @returns the destinations, each once
 * @throws CosError InvalidArgument, MultiBucketNotSupport, NotSupportedStorageClass
 */
export function checkRules(rules: readonly ReplicationRule[], source: string): Destination[] {
  if (rules.length > MAX_RULES) throw invalid(`There may be ${MAX_RULES} rules.`);
  const named = new Map<string, Destination>();
  for (const rule of rules) {
    checkRule(rule);
    const destination = parseDestination(rule.destination.bucket);
    if (destination === undefined)
      throw invalid('The Bucket of a Destination must be like qcs::cos:region::bucket-appid.');
    if (destination.bucket === source) throw invalid('The destination must be another bucket than the source.');
    const other = named.get(destination.bucket);
    if (other !== undefined && other.region !== destination.region) {
      throw invalid('Two rules name one bucket in different regions.');
    }
    named.set(destination.bucket, destination);
  }
  if (named.size > MAX_DESTINATIONS) throw invalid(`There may be ${MAX_DESTINATIONS} destination buckets.`);
  checkIds(rules);
  checkPriorities(rules, named.size);
  checkOverlaps(rules);
  return [...named.values()];
}

function checkRule(rule: ReplicationRule): void {
  const { id = '', priority = 0, destination } = rule;
  if (id.length > MAX_ID) throw invalid(`An ID may have ${MAX_ID} characters.`);
  if (priority < 0 || priority > MAX_PRIORITY) throw invalid('Priority is out of range.');
  if (Buffer.byteLength(prefixOf(rule)) > MAX_PREFIX_BYTES) throw invalid('A Prefix is longer than a key may be.');
  const { storageClass } = destination;
  if (storageClass !== undefined && !STORAGE_CLASSES.includes(storageClass.toUpperCase())) {
    throw new CosError('NotSupportedStorageClass');
  }
}

function checkIds(rules: readonly ReplicationRule[]): void {
  const ids = rules.flatMap(({ id }) => id ?? []);
  if (new Set(ids).size !== ids.length) throw invalid('Two rules have the same ID.');
}

/** One destination, unless priorities say which rule goes before which. */
function checkPriorities(rules: readonly ReplicationRule[], destinations: number): void {
  const priorities = rules.flatMap(({ priority }) => priority ?? []);
  const distinct = new Set(priorities).size === priorities.length;
  if (destinations > 1 && (priorities.length < rules.length || !distinct)) throw new CosError('MultiBucketNotSupport');
  if (!distinct) throw invalid('Two rules have the same Priority.');
}

/** Rules with tags are told apart by them. */
function checkOverlaps(rules: readonly ReplicationRule[]): void {
  const spans = rules
    .filter((rule) => rule.enabled && tagsOf(rule).length === 0)
    .map((rule) => ({ to: parseDestination(rule.destination.bucket)?.bucket ?? '', prefix: prefixOf(rule) }))
    .sort((a, b) => compare(a.to, b.to) || compare(a.prefix, b.prefix));
  for (const [at, { to, prefix }] of spans.entries()) {
    const next = spans[at + 1];
    // In this order a prefix stands right before the first that begins with it.
    if (next?.to === to && next.prefix.startsWith(prefix)) {
      throw invalid('The prefixes of two enabled rules to one destination overlap.');
    }
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
