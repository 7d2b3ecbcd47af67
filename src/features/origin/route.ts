/** Which rule is about a request, and which address it leads to. Source: spec/buckets.md §18 "Behaviour". */
import type { Affix, OriginConfiguration, OriginHost, OriginRule } from './rules.ts';

export interface Miss {
  readonly key: string;
  /** Of the answer that the request would get. */
  readonly status: number;
  /** Lower case, without port. */
  readonly host: string;
}

const ordered = new WeakMap<OriginConfiguration, readonly OriginRule[]>();

/** The first rule whose conditions all hold. */
export function ruleFor(configuration: OriginConfiguration, miss: Miss): OriginRule | undefined {
  let rules = ordered.get(configuration);
  if (rules === undefined) {
    rules = configuration.rules.toSorted((a, b) => a.priority - b.priority);
    ordered.set(configuration, rules);
  }
  return rules.find((rule) => isAbout(rule, miss));
}

function isAbout({ status, prefix, suffix, forbiddenHosts }: OriginRule, miss: Miss): boolean {
  const given = String(miss.status);
  if (status.endsWith('XX') ? status[0] !== given[0] : status !== given) return false;
  return miss.key.startsWith(prefix) && miss.key.endsWith(suffix) && !forbiddenHosts.includes(miss.host);
}

/** Percent-encoded path at the origin. */
export function originPath({ file, before, behind }: OriginRule, key: string): string {
  let path = key;
  if (file !== undefined) path = file;
  if (before !== undefined) path = withBefore(before, path);
  if (behind !== undefined) path = withBehind(behind, path);
  if (path.startsWith('/') && (file !== undefined || before !== undefined)) path = path.slice(1);
  return `/${encodeURIComponent(path).replaceAll('%2F', '/')}`;
}

function withBefore({ text, replacement }: Affix, path: string): string {
  if (replacement !== undefined) return path.startsWith(text) ? replacement + path.slice(text.length) : path;
  return text === '' || text.endsWith('/') ? text + path : `${text}/${path}`;
}

function withBehind({ text, replacement }: Affix, path: string): string {
  if (replacement === undefined) return path + text;
  return path.endsWith(text) ? path.slice(0, path.length - text.length) + replacement : path;
}

/** Addresses to ask, in this order: a host by the weights, then its standby hosts. @param random uniform in [0, 1) */
export function originBases({ hosts, protocol }: OriginRule, secure: boolean, random: number): string[] {
  const scheme = protocol === 'HTTPS' || (protocol === 'FOLLOW' && secure) ? 'https' : 'http';
  const { name, standby } = weighted(hosts, random);
  return [name, ...standby].map((host) => `${scheme}://${host}`);
}

function weighted(hosts: readonly OriginHost[], random: number): OriginHost {
  let left = random * hosts.reduce((sum, { weight }) => sum + weight, 0);
  for (const host of hosts) {
    left -= host.weight;
    if (left < 0) return host;
  }
  return hosts.at(-1)!;
}
