/** From host and path to service, bucket or object. Source: spec/protocol.md §1–§5, spec/clients.md §2. */
import { CosError } from '../errors/cos-error.ts';
import { type BucketName, parseBareName, parseBucketName, splitPathStyle } from '../http/bucket-name.ts';
import type { HostResolver } from '../http/host.ts';
import { decodePath } from '../http/target.ts';
import type { WireRequest } from '../http/types.ts';
import type { BareNames } from './bare-names.ts';
import type { Address } from './request.ts';

export interface AddressRules {
  readonly hosts: HostResolver;
  /** Whether buckets may stand in the path. */
  readonly pathStyle: 'accept' | 'refuse';
}

/**
 * @param bareNames buckets that are named without APPID; undefined where such names are not taken
 * @throws CosError those of HostResolver.resolve; InvalidURI, InvalidArgument, NotImplemented, PathStyleDomainForbidden
 */
export function addressOf(
  request: WireRequest,
  { hosts, pathStyle }: AddressRules,
  bareNames: BareNames | undefined,
): Address {
  const target = hosts.resolve(request.host);
  const decodedPath = decodePath(request.rawPath);
  switch (target.type) {
    case 'bucket':
    case 'bare-bucket': {
      const bare = target.type === 'bare-bucket' && bareNames?.isBare(target.label) === true ? target.label : undefined;
      const bucket = target.type === 'bucket' ? target : named(target.label, request, bareNames);
      if (target.kind === 'website') return atWebsite(bucket, target.region, decodedPath);
      return atBucket(bucket, bare, target.region, decodedPath.slice(1), decodedPath, target.kind === 'accelerate');
    }
    case 'service':
      if (decodedPath !== '/') throw new CosError('InvalidArgument');
      return { level: 'service', bucket: undefined, region: undefined, key: '', decodedPath };
    case 'path-style': {
      const parts = splitPathStyle(request.rawPath);
      if (parts.bucket === '') {
        return { level: 'service', bucket: undefined, region: target.region, key: '', decodedPath };
      }
      if (pathStyle === 'refuse') throw new CosError('PathStyleDomainForbidden');
      const label = decodePath(parts.bucket);
      const bucket = named(label, request, bareNames);
      return atBucket(
        bucket,
        bareNames?.isBare(label) === true ? label : undefined,
        target.region,
        decodePath(parts.rawPath).slice(1),
        decodedPath,
        target.accelerated === true,
      );
    }
    default:
      throw new CosError('NotImplemented');
  }
}

/** Every path of a website is a key, the root too. */
function atWebsite(bucket: BucketName, region: string | undefined, decodedPath: string): Address {
  return { level: 'object', bucket, region, key: decodedPath.slice(1), decodedPath, website: true };
}

function named(label: string, request: WireRequest, bareNames: BareNames | undefined): BucketName {
  return bareNames?.isBare(label) === true ? parseBareName(label, bareNames.appidOf(request)) : parseBucketName(label);
}

function atBucket(
  bucket: BucketName,
  bareName: string | undefined,
  region: string | undefined,
  key: string,
  decodedPath: string,
  accelerated: boolean,
): Address {
  const level = key === '' ? 'bucket' : 'object';
  if (bareName === undefined) return { level, bucket, region, key, decodedPath, accelerated };
  return { level, bucket, region, key, decodedPath, accelerated, bareName };
}
