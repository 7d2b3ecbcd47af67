/** Rules that say where missing objects come from: their shape, limits and row. Source: spec/buckets.md §18. */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack, unpack } from '../../model/records/pack.ts';

/** Mirror: pulled while the client waits. Proxy: the client is sent on, and it is pulled afterwards. */
export type OriginType = 'Mirror' | 'Proxy' | 'Redirect';

/** Puts a text in front of (behind) the key, or in the place of one that is there. */
export interface Affix {
  readonly text: string;
  /** undefined adds `text`; otherwise a key that has it gets this instead. */
  readonly replacement?: string;
}

export interface OriginHost {
  /** Name or address with or without port. */
  readonly name: string;
  /** Share among the hosts of the rule, ≥ 0. */
  readonly weight: number;
  /** Asked in this order when the host fails. */
  readonly standby: readonly string[];
}

export interface OriginRule {
  /** Lower ones come first. */
  readonly priority: number;
  readonly type: OriginType;
  /** `404`, or with wildcards `4XX`. */
  readonly status: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Requests that came to these host names are not meant; lower case. */
  readonly forbiddenHosts: readonly string[];
  /** Of the request, with FOLLOW. */
  readonly protocol: 'HTTP' | 'HTTPS' | 'FOLLOW';
  /** Errors of the origin are passed on as they are. */
  readonly transparentErrors: boolean;
  readonly followQuery: boolean;
  readonly headers: {
    readonly all: boolean;
    /** Names in lower case. */
    readonly follow: readonly string[];
    readonly forbid: readonly string[];
    /** Name and value. */
    readonly add: readonly (readonly [name: string, value: string])[];
  };
  readonly followRedirects: boolean;
  /** The servers one is sent to get the same headers. */
  readonly redirectHeaders: boolean;
  readonly decodeRedirects: boolean;
  readonly redirectCode: 301 | 302 | 307;
  /** What was pulled is kept. */
  readonly store: boolean;
  /** 4xx that are a reason to ask a standby host. */
  readonly standbyCodes: readonly number[];
  /** At least one. */
  readonly hosts: readonly OriginHost[];
  /** Instead of the key. */
  readonly file?: string;
  readonly before?: Affix;
  readonly behind?: Affix;
}

/** An element as it was sent: name, then text or children. */
export type EchoElement = readonly [name: string, content: string | readonly EchoElement[]];

export interface OriginConfiguration {
  readonly rules: readonly OriginRule[];
  /** Children of the document's root. */
  readonly echo: readonly EchoElement[];
}

const MAX_RULES = 100;
const MAX_HOSTS = 10;
const MAX_NEW_HEADERS = 10;
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;
const STATUS: Readonly<Record<OriginType, RegExp>> = {
  Mirror: /^404$/,
  Proxy: /^404$/,
  Redirect: /^[45](?:\d\d|XX)$/,
};

/** @throws CosError InvalidArgument for values that no rule may have */
export function checkOrigin({ rules }: OriginConfiguration): void {
  if (rules.length > MAX_RULES) throw invalid(`There may be at most ${MAX_RULES} rules.`);
  for (const rule of rules) checkRule(rule);
}

function checkRule({ type, status, hosts, standbyCodes, headers, file, before, behind }: OriginRule): void {
  if (!STATUS[type].test(status)) throw invalid(`HTTPStatusCode must not be ${status} with ${type}.`);
  if (hosts.length > (type === 'Mirror' ? MAX_HOSTS : 1)) throw invalid(`${type} must not have ${hosts.length} hosts.`);
  if (!hosts.some(({ weight }) => weight > 0)) throw invalid('A host must have a weight above 0.');
  for (const { name, standby } of hosts) for (const host of [name, ...standby]) checkHost(host);
  const unusual = standbyCodes.find((code) => code < 400 || code > 499);
  if (unusual !== undefined) throw invalid(`A StatusCode for standby hosts must be from 400 to 499, not ${unusual}.`);
  if (headers.add.length > MAX_NEW_HEADERS) throw invalid(`There may be at most ${MAX_NEW_HEADERS} new headers.`);
  if (file !== undefined && (before !== undefined || behind !== undefined)) {
    throw invalid('A fixed file excludes prefix and suffix.');
  }
}

function checkHost(name: string): void {
  const port = HOST.exec(name)?.[1];
  if (!HOST.test(name) || (port !== undefined && (Number(port) === 0 || Number(port) > 65_535))) {
    throw invalid(`HostName must be a host name or an IP address with or without port, not ${name}`);
  }
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

export const BUCKET_ORIGIN: BucketConfig<OriginConfiguration> = {
  name: 'origin',
  // Rules as JSON: fields that are added later are simply absent in older rows.
  pack: ({ rules, echo }) => pack([1, JSON.stringify(rules), echo]),
  unpack(stored) {
    const [, rules, echo] = unpack(stored) as [number, string, EchoElement[]];
    return { rules: JSON.parse(rules) as OriginRule[], echo };
  },
};
