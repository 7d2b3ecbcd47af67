/** Whether a page may embed what a bucket has. Source: spec/buckets.md §16. */
import type { RefererRules } from './rules.ts';

const WILDCARD = '*.';
/** No host with a port is longer. Bounds what is looked at. */
const MAX_HOST = 260;

/** @param referer as the request names it; undefined or '' where it names none */
export function refererAllowed({ list, domains, allowEmpty }: RefererRules, referer: string | undefined): boolean {
  if (referer === undefined || referer === '') return allowEmpty;
  const address = folded(referer);
  const listed = domains.some((domain) => isAbout(folded(domain), address));
  return listed === (list === 'white');
}

/** Without scheme, and the host in lower case. */
function folded(url: string): string {
  const address = url.replace(/^https?:\/\//i, '');
  const slash = address.indexOf('/');
  return slash < 0 ? address.toLowerCase() : address.slice(0, slash).toLowerCase() + address.slice(slash);
}

/** Plain entries match by their beginning; behind a wildcard an entry begins at any label of the host. */
function isAbout(domain: string, address: string): boolean {
  if (!domain.startsWith(WILDCARD)) return beginsWith(address, 0, domain);
  const rest = domain.slice(WILDCARD.length);
  const host = /^[^/]*/.exec(address.slice(0, MAX_HOST))![0];
  for (let at = 0; at >= 0; at = host.indexOf('.', at) + 1 || -1) {
    if (beginsWith(address, at, rest)) return true;
  }
  return false;
}

const PORT = /:\d+$/;
const DIGIT = /^\d/;

/** An entry that ends with a port is about that port alone. */
function beginsWith(address: string, at: number, domain: string): boolean {
  if (!address.startsWith(domain, at)) return false;
  return !PORT.test(domain) || !DIGIT.test(address.slice(at + domain.length, at + domain.length + 1));
}
