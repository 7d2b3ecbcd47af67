/** Static website of a bucket: the shape of its configuration, what it must be like, and its row. Source: spec/buckets.md §15. */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export type Switch = 'Enabled' | 'Disabled';

/** When a rule applies: to keys that begin so, or to an error with this status. */
export type RoutingCondition = { readonly prefix: string } | { readonly status: number };

/** What becomes of the key: another one, or another beginning. */
export type Replacement = { readonly key: string } | { readonly prefix: string };

export interface RoutingRule {
  readonly condition: RoutingCondition;
  /** `https` in the case it was sent in; undefined: that of the request. */
  readonly protocol: string | undefined;
  readonly replacement: Replacement;
  /** `Disabled` sends the other object under the address that was asked for. Default: `Enabled`. */
  readonly urlRedirect: Switch | undefined;
}

export interface ErrorDocument {
  readonly key: string;
  /** `Disabled` sends it with 200. Default: `Enabled`. */
  readonly originalStatus: Switch | undefined;
  /** Of the service's own pages: nothing here, and kept for clients that compare. */
  readonly charity404: 'Disabled' | undefined;
}

export interface WebsiteConfiguration {
  /** Name of the index document at every level. */
  readonly index: string;
  /** `https` in the case it was sent in: requests without TLS are sent there. */
  readonly redirectAll: string | undefined;
  /** Keys that are not there are looked for with `.html` behind them. Default: `Disabled`. */
  readonly autoAddressing: Switch | undefined;
  readonly errorDocument: ErrorDocument | undefined;
  /** In the order of the document. */
  readonly rules: readonly RoutingRule[];
}

export const MAX_ROUTING_RULES = 100;

/** @throws CosError InvalidArgument for values that no configuration may have */
export function checkWebsite({ index, redirectAll, rules }: WebsiteConfiguration): void {
  if (index.includes('/')) throw invalid('Suffix must not have a slash.');
  checkProtocol(redirectAll);
  if (rules.length > MAX_ROUTING_RULES) throw invalid(`There may be at most ${MAX_ROUTING_RULES} routing rules.`);
  for (const { condition, protocol } of rules) {
    checkProtocol(protocol);
    if ('status' in condition && !(condition.status >= 400 && condition.status <= 499)) {
      throw invalid('HttpErrorCodeReturnedEquals must be 400 to 499.');
    }
  }
}

function checkProtocol(protocol: string | undefined): void {
  if (protocol !== undefined && protocol.toLowerCase() !== 'https') throw invalid('Protocol must be https.');
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

type PackedRule = [
  prefix: string | null,
  status: number,
  protocol: string | null,
  byPrefix: boolean,
  to: string,
  url: PackedSwitch,
];
type PackedSwitch = boolean | null;
type Packed = [
  1,
  index: string,
  redirectAll: string | null,
  autoAddressing: PackedSwitch,
  error: [key: string, originalStatus: PackedSwitch, charity404: boolean] | null,
  rules: PackedRule[],
];

export const BUCKET_WEBSITE: BucketConfig<WebsiteConfiguration> = {
  name: 'website',
  pack({ index, redirectAll, autoAddressing, errorDocument, rules }) {
    const error =
      errorDocument === undefined
        ? null
        : [errorDocument.key, packSwitch(errorDocument.originalStatus), errorDocument.charity404 !== undefined];
    return pack([1, index, redirectAll ?? null, packSwitch(autoAddressing), error, rules.map(packRule)]);
  },
  unpack(stored) {
    const [, index, redirectAll, autoAddressing, error, rules] = unpack(stored) as Packed;
    return {
      index,
      redirectAll: redirectAll ?? undefined,
      autoAddressing: unpackSwitch(autoAddressing),
      errorDocument:
        error === null
          ? undefined
          : { key: error[0], originalStatus: unpackSwitch(error[1]), charity404: error[2] ? 'Disabled' : undefined },
      rules: rules.map(unpackRule),
    };
  },
};

function packRule({ condition, protocol, replacement, urlRedirect }: RoutingRule): PackedRule {
  const byPrefix = 'prefix' in replacement;
  return [
    'prefix' in condition ? condition.prefix : null,
    'status' in condition ? condition.status : 0,
    protocol ?? null,
    byPrefix,
    byPrefix ? replacement.prefix : replacement.key,
    packSwitch(urlRedirect),
  ];
}

function unpackRule([prefix, status, protocol, byPrefix, to, url]: PackedRule): RoutingRule {
  return {
    condition: prefix === null ? { status } : { prefix },
    protocol: protocol ?? undefined,
    replacement: byPrefix ? { prefix: to } : { key: to },
    urlRedirect: unpackSwitch(url),
  };
}

function packSwitch(value: Switch | undefined): PackedSwitch {
  return value === undefined ? null : value === 'Enabled';
}

function unpackSwitch(value: PackedSwitch): Switch | undefined {
  return value === null ? undefined : value ? 'Enabled' : 'Disabled';
}
