/** From host and path to service, bucket or object. Source: spec/protocol.md §1–§5, spec/clients.md §2. */
import { CosError } from '../errors/cos-error.ts';
import { type BucketName, parseBucketName, splitPathStyle } from '../http/bucket-name.ts';
import type { HostResolver } from '../http/host.ts';
import { decodePath } from '../http/target.ts';
import type { WireRequest } from '../http/types.ts';
import type { Address } from './request.ts';

/** @throws CosError those of HostResolver.resolve; InvalidURI, InvalidArgument, NotImplemented */
export function addressOf(request: WireRequest, hosts: HostResolver): Address {
  const target = hosts.resolve(request.host);
  const decodedPath = decodePath(request.rawPath);
  switch (target.type) {
    case 'bucket':
      if (target.kind === 'website' || target.kind === 'accelerate') throw new CosError('NotImplemented');
      return atBucket(target, target.region, decodedPath.slice(1), decodedPath);
    case 'service':
      if (decodedPath !== '/') throw new CosError('InvalidArgument');
      return { level: 'service', bucket: undefined, region: undefined, key: '', decodedPath };
    case 'path-style':
      return pathStyle(request.rawPath, target.region, decodedPath);
    default:
      throw new CosError('NotImplemented');
  }
}

function pathStyle(rawPath: string, region: string | undefined, decodedPath: string): Address {
  const parts = splitPathStyle(rawPath);
  if (parts.bucket === '') return { level: 'service', bucket: undefined, region, key: '', decodedPath };
  const bucket = parseBucketName(decodePath(parts.bucket));
  return atBucket(bucket, region, decodePath(parts.rawPath).slice(1), decodedPath);
}

function atBucket(bucket: BucketName, region: string | undefined, key: string, decodedPath: string): Address {
  return { level: key === '' ? 'bucket' : 'object', bucket, region, key, decodedPath };
}
