/**
 * Hotlink protection of a bucket: the shape of its configuration, what it must be like, and its row.
 * Source: spec/buckets.md §16, spec/access.md §11.2.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export interface RefererRules {
  readonly enabled: boolean;
  /** The domains are those that may, or those that may not. */
  readonly list: 'white' | 'black';
  /** Host or address with or without port and path; a `*.` in front stands for leading labels. Order and case are kept. */
  readonly domains: readonly string[];
  /** Requests that name no referer may. */
  readonly allowEmpty: boolean;
  /** Signatures in the query do not exempt. */
  readonly verifySignedUrls: boolean;
}

const MAX_DOMAINS = 30;
const MAX_DOMAIN = 1_024;

/** @throws CosError InvalidArgument for values that no configuration may have */
export function checkReferer({ domains }: RefererRules): void {
  if (domains.length > MAX_DOMAINS) throw invalid(`There may be at most ${MAX_DOMAINS} domains.`);
  for (const domain of domains) {
    if (domain.length > MAX_DOMAIN) throw invalid(`A domain has at most ${MAX_DOMAIN} characters.`);
    if (/[\s\p{Cc}]/u.test(domain)) throw invalid('A domain has no blanks.');
    if (domain.includes('*') && !/^(?:https?:\/\/)?\*\.[^*]+$/i.test(domain)) {
      throw invalid(`A * stands in front of a domain, with a dot behind it: ${domain}`);
    }
  }
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

type Packed = [1, enabled: boolean, white: boolean, domains: string[], allowEmpty: boolean, verify: boolean];

export const BUCKET_REFERER: BucketConfig<RefererRules> = {
  name: 'referer',
  pack: ({ enabled, list, domains, allowEmpty, verifySignedUrls }) =>
    pack([1, enabled, list === 'white', domains, allowEmpty, verifySignedUrls]),
  unpack(stored) {
    const [, enabled, white, domains, allowEmpty, verifySignedUrls] = unpack(stored) as Packed;
    return { enabled, list: white ? 'white' : 'black', domains, allowEmpty, verifySignedUrls };
  },
};
