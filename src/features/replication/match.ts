/** Which rules an object falls under: for each destination at most one. Source: spec/buckets.md §22. */
import type { ObjectRecord } from '../../model/records/object.ts';
import { type Destination, parseDestination } from './destination.ts';
import type { ReplicationConfiguration, ReplicationRule } from './rules.ts';

interface Compiled {
  readonly rule: ReplicationRule;
  readonly destination: Destination;
  readonly prefix: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

/** The enabled rules, those of higher priority first. */
const compiled = new WeakMap<ReplicationConfiguration, readonly Compiled[]>();

function compile(configuration: ReplicationConfiguration): readonly Compiled[] {
  const known = compiled.get(configuration);
  if (known !== undefined) return known;
  const made = configuration.rules.flatMap((rule): Compiled[] => {
    const destination = parseDestination(rule.destination.bucket);
    if (!rule.enabled || destination === undefined) return [];
    return [{ rule, destination, prefix: prefixOf(rule), tags: tagsOf(rule) }];
  });
  made.sort((a, b) => (b.rule.priority ?? 0) - (a.rule.priority ?? 0));
  compiled.set(configuration, made);
  return made;
}

/** '' where the rule is about all keys. */
export function prefixOf({ scope }: Pick<ReplicationRule, 'scope'>): string {
  if (scope === undefined) return '';
  if ('prefix' in scope) return scope.prefix;
  return scope.conditions.find((condition) => condition.kind === 'prefix')?.prefix ?? '';
}

export function tagsOf({ scope }: Pick<ReplicationRule, 'scope'>): [key: string, value: string][] {
  if (scope === undefined || 'prefix' in scope) return [];
  return scope.conditions.flatMap((c): [string, string][] => (c.kind === 'tag' ? [[c.key, c.value]] : []));
}

export interface Match {
  readonly rule: ReplicationRule;
  readonly destination: Destination;
}

/** What has to be done with a new version; empty when no rule asks for it. */
export function matches(configuration: ReplicationConfiguration, key: string, record: ObjectRecord): Match[] {
  const found = new Map<string, Match>();
  for (const { rule, destination, prefix, tags } of compile(configuration)) {
    if (found.has(destination.bucket) || !key.startsWith(prefix)) continue;
    if (applies(rule, tags, record)) found.set(destination.bucket, { rule, destination });
  }
  return [...found.values()];
}

function applies(rule: ReplicationRule, tags: Compiled['tags'], { kind, attributes }: ObjectRecord): boolean {
  if (kind === 'delete-marker') return rule.deleteMarkers !== false && tags.length === 0;
  if (kind !== 'normal') return false;
  const { tags: own = [], encryption } = attributes.extra ?? {};
  // The server has no key to read what a customer's key encrypts.
  if (encryption?.mode === 'customer') return false;
  if (encryption?.mode === 'kms' && rule.kmsObjects !== true) return false;
  return tags.every(([key, value]) => hasTag(own, key, value));
}

function hasTag(flat: readonly string[], key: string, value: string): boolean {
  for (let i = 0; i < flat.length; i += 2) if (flat[i] === key && flat[i + 1] === value) return true;
  return false;
}

/** The rule that still asks for this destination; undefined once no enabled one does. */
export function ruleTo(configuration: ReplicationConfiguration, bucket: string): boolean {
  return compile(configuration).some(({ destination }) => destination.bucket === bucket);
}
