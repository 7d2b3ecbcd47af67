/** Custom domains of a bucket: the shape of its configuration, what it must be like, and its row. Source: spec/buckets.md §17. */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export const DOMAIN_TYPES = ['REST', 'WEBSITE', 'ACCELERATE'] as const;
export type DomainType = (typeof DOMAIN_TYPES)[number];

export interface DomainRule {
  readonly enabled: boolean;
  /** In the case it was sent in. */
  readonly name: string;
  readonly type: DomainType;
}

/** How somebody proves that a domain is theirs, who wants it from the bucket it is bound to. */
export type DomainProof = 'CNAME' | 'TXT';

export interface AskedDomainRule extends DomainRule {
  readonly forced: DomainProof | undefined;
}

export const MAX_DOMAINS = 20;
/** A DNS name of at least two labels whose last one is no number. */
const NAME = /^(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What is bound and looked up: names differ in more than case. */
export function boundName(name: string): string {
  return name.toLowerCase();
}

/** @throws CosError InvalidArgument, WebsiteURLInvalid, DomainConfigConflict (a name that comes twice) */
export function checkDomains(rules: readonly DomainRule[]): void {
  if (rules.length > MAX_DOMAINS) {
    throw new CosError('InvalidArgument', { message: `A bucket may have at most ${MAX_DOMAINS} domains.` });
  }
  const names = new Set<string>();
  for (const { name } of rules) {
    const bound = boundName(name);
    if (!NAME.test(bound)) throw new CosError('WebsiteURLInvalid', { message: 'Name is not a domain name.' });
    if (names.has(bound)) throw new CosError('DomainConfigConflict', { message: 'A domain is named twice.' });
    names.add(bound);
  }
}

type Packed = [1, rules: [enabled: boolean, name: string, type: number][]];

export const BUCKET_DOMAINS: BucketConfig<readonly DomainRule[]> = {
  name: 'domain',
  pack: (rules) => pack([1, rules.map(({ enabled, name, type }) => [enabled, name, DOMAIN_TYPES.indexOf(type)])]),
  unpack(stored) {
    const [, rules] = unpack(stored) as Packed;
    return rules.map(([enabled, name, type]) => ({ enabled, name, type: DOMAIN_TYPES[type]! }));
  },
};
