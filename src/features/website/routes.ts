/** Which key of a website a request is about, and what its routing rules make of it. Source: spec/buckets.md §15. */
import type { RoutingRule, WebsiteConfiguration } from './rules.ts';

type Site = Pick<WebsiteConfiguration, 'index' | 'rules'>;

/** The first rule for keys that begin as this one. */
export function ruleOfKey({ rules }: Site, key: string): RoutingRule | undefined {
  return rules.find(({ condition }) => 'prefix' in condition && key.startsWith(condition.prefix));
}

/** The first rule for errors with this status. */
export function ruleOfStatus({ rules }: Site, status: number): RoutingRule | undefined {
  return rules.find(({ condition }) => 'status' in condition && condition.status === status);
}

/** @param key one that the rule applies to */
export function replacedKey({ condition, replacement }: RoutingRule, key: string): string {
  if ('key' in replacement) return replacement.key;
  return replacement.prefix + key.slice('prefix' in condition ? condition.prefix.length : 0);
}

/** The index document of a folder, or the key as it is. */
export function documentKey({ index }: Site, key: string): string {
  return key === '' || key.endsWith('/') ? key + index : key;
}
