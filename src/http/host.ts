/**
 * What a Host names: the service, a bucket, a path-style endpoint. Source: spec/clients.md §2 (rows quoted as R1 … R12),
 * spec/protocol.md §1.1, §1.2, §2; spec/s3.md §2.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { CosError } from '../errors/cos-error.ts';
import { type BucketName, hasAppid, parseBucketName } from './bucket-name.ts';
import { isAwsStsName, type S3Name, s3NameOf } from './s3-host.ts';

export interface BucketTarget extends BucketName, BucketHost {
  readonly type: 'bucket';
}

/** A bucket whose APPID the host does not say. */
export interface BareBucketTarget extends BucketHost {
  readonly type: 'bare-bucket';
  /** Unchecked. */
  readonly label: string;
}

interface BucketHost {
  /** Absent where the host has none (accelerate, CDN name, oldest region names, own domain): the bucket's own counts. */
  readonly region?: string;
  readonly kind: 'rest' | 'website' | 'accelerate' | 'internal' | 'cdn';
  /** The host is a domain bound to the bucket, not one of the deployment's own names. */
  readonly custom?: boolean;
  /** One of the hosts of Amazon S3: no other protocol is spoken there. */
  readonly s3?: true;
}

export type HostTarget =
  | { readonly type: 'service' }
  /** `/` is GET Service (of the region, when there is one); any other path begins with the bucket. */
  | { readonly type: 'path-style'; readonly region?: string; readonly accelerated?: true; readonly s3?: true }
  | { readonly type: 'sts' }
  /** The token service in the form of AWS. */
  | { readonly type: 'aws-sts' }
  /** A product of the family that is not part of this server: NotImplemented. */
  | { readonly type: 'not-offered'; readonly product: 'ci' | 'pic' }
  /** Batch jobs of an account. `uin`: digits, as the host says. */
  | { readonly type: 'cos-control'; readonly uin: string; readonly region: string }
  /** Tasks that fetch URLs into buckets of a region. */
  | { readonly type: 'migration'; readonly region: string }
  | BucketTarget
  | BareBucketTarget;

export interface BoundDomain {
  /** `<BucketName>-<APPID>` */
  readonly bucket: string;
  readonly website?: boolean;
  readonly accelerated?: boolean;
  /** Why requests to it are refused all the same. */
  readonly refused?: 'DomainAuditFailed' | 'UserCnameInvalid';
}

export interface HostOptions {
  /** Default: `DEFAULT_BASE_DOMAINS`. */
  readonly baseDomains?: readonly string[];
  /** Region names of this deployment. */
  readonly regions: readonly string[];
  /** Names that are path-style endpoints besides IP addresses and the base domains themselves. */
  readonly bareHosts?: readonly string[];
  /** Domains whose direct children are buckets of one region (R9). */
  readonly oneRegionDomains?: readonly { readonly domain: string; readonly region?: string }[];
  /** Take labels without APPID for buckets: `bare-bucket` instead of MissingAppid. */
  readonly bareBucketNames?: boolean;
  /** STS names besides `sts[.internal|.<region>].tencentcloudapi.com`. */
  readonly stsHosts?: readonly string[];
  /** The bucket a custom domain is bound to (R10); asked for every request, so it must be a plain lookup. */
  readonly customDomain?: (host: string) => BoundDomain | undefined;
}

export const DEFAULT_BASE_DOMAINS: readonly string[] = ['myqcloud.com', 'tencentcos.cn', 'localhost'];

/** The oldest region names, which stand without a `cos` label (R3). */
const LEGACY_REGIONS: ReadonlySet<string> = new Set([
  'cn-south',
  'cn-south-2',
  'cn-north',
  'cn-east',
  'cn-southwest',
  'sg',
]);
const SERVICE_LABELS: ReadonlyMap<string, BucketTarget['kind']> = new Map([
  ['cos', 'rest'],
  ['cosv6', 'rest'],
  ['cos-cdc', 'rest'],
  ['cos-dualstack', 'rest'],
  ['cos-internal', 'internal'],
  ['cos-website', 'website'],
  ['cos-website-internal', 'website'],
] as const);
const NOT_OFFERED: ReadonlyMap<string, HostTarget> = new Map(
  (['ci', 'pic'] as const).map((product) => [product, { type: 'not-offered', product }] as const),
);
const UIN = /^\d{5,15}$/;
const SERVICE: HostTarget = { type: 'service' };
const STS: HostTarget = { type: 'sts' };
const BARE: HostTarget = { type: 'path-style' };
const S3: HostTarget = { type: 'path-style', s3: true };
const AWS_STS: HostTarget = { type: 'aws-sts' };
const ACCELERATED: HostTarget = { type: 'path-style', accelerated: true };
const STS_DOMAIN = '.tencentcloudapi.com';

/** A Host as sent, read once: the lower-case name without port, and what it means (or the error it deserves). */
interface Reading {
  readonly name: string;
  readonly target: HostTarget | undefined;
  readonly error: CosError | undefined;
  /** It has the form of a host of S3, served or not. */
  readonly s3: boolean;
}

/** Entries in each of the two generations of the cache. */
const CACHE_ENTRIES = 4_096;
/** A DNS name has at most 253 characters; with brackets and port a legal Host stays below this. */
const MAX_HOST = 300;

export class HostResolver {
  readonly #domains: readonly string[];
  readonly #regions: ReadonlySet<string>;
  readonly #bare: ReadonlySet<string>;
  readonly #oneRegion: ReadonlyMap<string, string | undefined>;
  readonly #sts: ReadonlySet<string>;
  readonly #bareBucketNames: boolean;
  readonly #customDomain: HostOptions['customDomain'];
  #young = new Map<string, Reading>();
  #old = new Map<string, Reading>();

  constructor(options: HostOptions) {
    const oneRegion = options.oneRegionDomains ?? [];
    const domains = [...(options.baseDomains ?? DEFAULT_BASE_DOMAINS), ...oneRegion.map((entry) => entry.domain)];
    // Longest first: `cos.example.com` must win over `example.com`.
    this.#domains = [...new Set(domains.map(lower))].sort((a, b) => b.length - a.length);
    this.#regions = new Set(options.regions.map(lower));
    this.#bare = new Set((options.bareHosts ?? []).map(lower));
    this.#oneRegion = new Map(oneRegion.map((entry) => [lower(entry.domain), entry.region] as const));
    this.#sts = new Set((options.stsHosts ?? []).map(lower));
    this.#bareBucketNames = options.bareBucketNames === true;
    this.#customDomain = options.customDomain;
  }

  /**
   * @param host authority as sent, with or without port; '' when there was none
   * @throws CosError MissingHost, InvalidRegionName, MissingAppid, InvalidBucketName, NoSuchBucket for a name that is
   *   neither ours nor bound, or what a bound one is refused with
   */
  resolve(host: string): HostTarget {
    const reading = this.#young.get(host) ?? this.#read(host);
    if (this.#customDomain !== undefined) {
      const bound = this.#customDomain(reading.name);
      if (bound !== undefined) return boundTarget(bound);
    }
    if (reading.error !== undefined) throw fresh(reading.error);
    return reading.target!;
  }

  /** Whether a name is bound here, names the server itself, or lies below a domain of the deployment, served or not. */
  owns(host: string): boolean {
    const reading = this.#young.get(host) ?? this.#read(host);
    const bound = this.#customDomain?.(reading.name);
    if (bound !== undefined) return bound.refused === undefined;
    const code = reading.error?.code;
    return code !== 'NoSuchBucket' && code !== 'MissingHost';
  }

  /** Whether a name has the form of a host of Amazon S3, with a region that is served or not. */
  isS3(host: string): boolean {
    return (this.#young.get(host) ?? this.#read(host)).s3;
  }

  /** The bucket in full that one of the deployment's own hosts names, bound domains left out. */
  bucketNamed(host: string): string | undefined {
    const { target } = this.#young.get(host) ?? this.#read(host);
    return target?.type === 'bucket' ? target.full : undefined;
  }

  /** Whether a host means something here without being bound, or has the form of one that would. */
  hasMeaning(host: string): boolean {
    const { error } = this.#young.get(host) ?? this.#read(host);
    return error === undefined || (error.code !== 'NoSuchBucket' && error.code !== 'InvalidRegionName');
  }

  #read(host: string): Reading {
    const reading = this.#old.get(host) ?? this.#interpret(host);
    if (host.length <= MAX_HOST) {
      if (this.#young.size >= CACHE_ENTRIES) {
        this.#old = this.#young;
        this.#young = new Map();
      }
      this.#young.set(host, reading);
    }
    return reading;
  }

  #interpret(host: string): Reading {
    const name = hostName(host);
    const s3Name = this.#s3Name(name);
    const s3 = s3Name !== undefined;
    try {
      return { name, target: s3 ? this.#atS3(s3Name) : this.#classify(name), error: undefined, s3 };
    } catch (error) {
      if (!(error instanceof CosError)) throw error;
      return { name, target: undefined, error, s3 };
    }
  }

  #classify(name: string): HostTarget {
    if (name === '') throw new CosError('MissingHost');
    if (this.#bare.has(name) || isIpAddress(name)) return BARE; // R8
    if (this.#sts.has(name) || (name.startsWith('sts.') && name.endsWith(STS_DOMAIN)) || name === `sts${STS_DOMAIN}`) {
      return STS; // R11
    }
    const domain = this.#domainOf(name);
    if (domain === undefined) throw new CosError('NoSuchBucket');
    return name === domain ? BARE : this.#underDomain(labelsBelow(domain, name), domain); // R8
  }

  /** The longest of our domains that a name is, or lies below. */
  #domainOf(name: string): string | undefined {
    return this.#domains.find(
      (domain) => name === domain || (name.endsWith(domain) && name.charCodeAt(name.length - domain.length - 1) === 46),
    );
  }

  /** undefined for names of all other forms. */
  #s3Name(name: string): S3Name | undefined {
    if (this.#bare.has(name) || this.#sts.has(name)) return undefined;
    const domain = this.#domainOf(name);
    if (domain === undefined || domain === name) return undefined;
    const labels = labelsBelow(domain, name);
    // The children of such a domain are buckets, whatever they are called (R9).
    return labels.length === 1 && this.#oneRegion.has(domain) ? undefined : s3NameOf(labels);
  }

  #atS3({ bucket, region }: S3Name): HostTarget {
    if (region !== undefined && !this.#regions.has(region)) throw new CosError('InvalidRegionName');
    const where = region === undefined ? {} : { region };
    if (bucket === undefined) return region === undefined ? S3 : { type: 'path-style', region, s3: true };
    const host = { kind: 'rest', ...where, s3: true } as const;
    // Which digits at the end are an APPID is not for the host to say (spec/s3.md §2 "Lenient names").
    if (this.#bareBucketNames) return { type: 'bare-bucket', label: bucket, ...host };
    return { type: 'bucket', ...parseBucketName(bucket), ...host };
  }

  #underDomain(labels: readonly string[], domain: string): HostTarget {
    const [first = '', second = '', third = ''] = labels;
    if (labels.length === 1) {
      if (first === 'service') return SERVICE; // R6
      if (this.#oneRegion.has(domain)) return this.#bucket(first, 'rest', this.#oneRegion.get(domain)); // R9
    }
    if (isAwsStsName(labels, this.#regions)) return AWS_STS;
    if (labels.length === 1) throw new CosError('InvalidRegionName');
    if (labels.length === 2) {
      if (first === 'service' && second === 'cos') return SERVICE; // R6
      const kind = SERVICE_LABELS.get(first);
      if (kind !== undefined && kind !== 'website') return this.#endpoint(second); // R7
      if (second === 'migration' && this.#regions.has(first)) return { type: 'migration', region: first }; // R12
      const notOffered = NOT_OFFERED.get(first);
      if (notOffered !== undefined) return notOffered; // R12
      if (second === 'file') return this.#bucket(first, 'cdn', undefined); // R5
      if (LEGACY_REGIONS.has(second)) return this.#bucket(first, 'rest', this.#known(second)); // R3
    } else if (labels.length === 3) {
      if (second === 'cos-control' && UIN.test(first) && this.#regions.has(third)) {
        return { type: 'cos-control', uin: first, region: third }; // R12
      }
      const notOffered = NOT_OFFERED.get(second);
      if (notOffered !== undefined) return notOffered; // R12
      const kind = SERVICE_LABELS.get(second);
      if (kind !== undefined) {
        if (third === 'accelerate') {
          if (kind !== 'website') return this.#bucket(first, 'accelerate', undefined); // R2
        } else if (this.#regions.has(third)) {
          return this.#bucket(first, kind, third); // R1, R2, R4
        }
      }
    }
    throw new CosError('InvalidRegionName');
  }

  #endpoint(region: string): HostTarget {
    if (region === 'accelerate') return ACCELERATED;
    if (!this.#regions.has(region)) throw new CosError('InvalidRegionName');
    return { type: 'path-style', region };
  }

  #known(region: string): string | undefined {
    return this.#regions.has(region) ? region : undefined;
  }

  #bucket(label: string, kind: BucketTarget['kind'], region: string | undefined): BucketTarget | BareBucketTarget {
    const where = region === undefined ? { kind } : { kind, region };
    if (this.#bareBucketNames && label !== '' && !hasAppid(label)) return { type: 'bare-bucket', label, ...where };
    return { type: 'bucket', ...parseBucketName(label), ...where };
  }
}

function boundTarget(bound: BoundDomain): BucketTarget {
  if (bound.refused !== undefined) throw new CosError(bound.refused);
  const kind = bound.website === true ? 'website' : bound.accelerated === true ? 'accelerate' : 'rest';
  return { type: 'bucket', ...parseBucketName(bound.bucket), kind, custom: true };
}

function labelsBelow(domain: string, name: string): readonly string[] {
  return name.slice(0, name.length - domain.length - 1).split('.');
}

/** A thrown error carries a stack and may be decorated on its way: never throw a cached instance. */
function fresh(error: CosError): CosError {
  return new CosError(error.code, error.details);
}

function lower(text: string): string {
  return text.toLowerCase();
}

/** Lower-case name of an authority without port and without one trailing dot; brackets of IPv6 stay. */
export function hostName(host: string): string {
  let end = host.length;
  const colon = host.lastIndexOf(':');
  if (colon >= 0 && colon > host.lastIndexOf(']') && isDigits(host, colon + 1)) end = colon;
  if (end > 1 && host.charCodeAt(end - 1) === 46) end--;
  return host.slice(0, end).toLowerCase();
}

function isDigits(text: string, from: number): boolean {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

function isIpAddress(name: string): boolean {
  if (name.charCodeAt(0) === 91) return name.endsWith(']') && isIPv6(name.slice(1, -1));
  return isIPv4(name);
}
