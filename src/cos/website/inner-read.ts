/** Reads of objects on behalf of a website: what is known of them before they begin. */
import type { Identity } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { BUCKET_WEBSITE, type WebsiteConfiguration } from '../../features/website/rules.ts';
import { parseQuery, type QueryParams } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';
import { bucketConfig } from '../../model/bucket-configs.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import type { Services } from '../../model/services.ts';
import { getObject, headObject } from '../../operations/get-object.ts';
import type { AnyOperation } from '../../operations/operation.ts';
import type { Address } from '../request.ts';
import { innerRequest } from './inner-request.ts';
import type { ReadMode } from './visit.ts';

/** A request whose target and signer are known. */
export interface Opened {
  readonly address: Address;
  readonly query: QueryParams;
  readonly identity: Identity;
}

/** A read of an object of a website. */
export interface InnerRead extends Opened {
  readonly operation: AnyOperation;
  /** What the operation sees of the query. */
  readonly shownQuery: QueryParams;
}

/** Addresses of pages may carry anything behind the `?`. */
const NO_QUERY = parseQuery('');

/** The website that a request asks for. @throws CosError MethodNotAllowed, NoSuchWebsiteConfiguration */
export async function siteOf(services: Services, bucket: BucketEntry, method: string): Promise<WebsiteConfiguration> {
  if (method !== 'GET' && method !== 'HEAD') throw new CosError('MethodNotAllowed');
  const site = await bucketConfig(services, bucket, BUCKET_WEBSITE);
  if (site === undefined) throw new CosError('NoSuchWebsiteConfiguration');
  return site;
}

/** The read of a key, and the request that it is made with. */
export function innerRead(
  wire: WireRequest,
  opened: Opened,
  key: string,
  mode: ReadMode,
): { request: WireRequest; read: InnerRead } {
  const method = mode === 'look' || wire.method === 'HEAD' ? 'HEAD' : 'GET';
  const { address, query, identity } = opened;
  return {
    request: mode === 'asked' ? wire : innerRequest(wire, method),
    read: {
      query,
      identity,
      address: { ...address, key },
      operation: method === 'HEAD' ? headObject : getObject,
      shownQuery: mode === 'asked' && identity.kind !== 'anonymous' ? query : NO_QUERY,
    },
  };
}
