/**
 * Limits of the live service that a server of one's own need not have, as switches: whoever tests a client can see
 * what it would meet. Source: spec/s3.md §5.2, §10.
 */
import { CosError } from '../errors/cos-error.ts';
import type { HostResolver } from '../http/host.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { deleteMultipleObjects } from '../operations/delete-multiple-objects.ts';
import { getObject } from '../operations/get-object.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { S3_OPERATIONS } from '../operations/s3-registry.ts';
import type { Address } from './request.ts';

export const LIVE_QUIRKS = ['attachment', 'chunked', 'content-md5', 'packages', 'path-style', 's3-only'] as const;
export type LiveQuirk = (typeof LIVE_QUIRKS)[number];

const S3_ONLY: ReadonlySet<AnyOperation> = new Set(S3_OPERATIONS);
const PACKAGE = /\.(?:apk|ipa)$/i;
const DISPOSITION = 'content-disposition';

export class LiveQuirks {
  readonly #names: ReadonlySet<LiveQuirk>;
  readonly #hosts: HostResolver;

  private constructor(names: ReadonlySet<LiveQuirk>, hosts: HostResolver) {
    this.#names = names;
    this.#hosts = hosts;
  }

  /** @param names of quirks, or `all` @returns undefined: none */
  static of(names: readonly string[] | undefined, hosts: HostResolver): LiveQuirks | undefined {
    const all = names?.includes('all') === true;
    const chosen = LIVE_QUIRKS.filter((name) => all || names?.includes(name) === true);
    return chosen.length === 0 ? undefined : new LiveQuirks(new Set(chosen), hosts);
  }

  has(name: LiveQuirk): boolean {
    return this.#names.has(name);
  }

  /** @throws CosError InvalidRequest, NotImplemented, DownloadForbidden */
  require(request: WireRequest, address: Address, operation: AnyOperation): void {
    if (this.has('content-md5') && operation === deleteMultipleObjects && request.header('content-md5') === undefined) {
      throw new CosError('MissingContentMD5', { close: true });
    }
    if (this.has('s3-only') && S3_ONLY.has(operation)) throw new CosError('NotImplemented', { close: true });
    if (this.has('chunked') && request.header('x-amz-content-sha256')?.endsWith('-TRAILER') === true) {
      throw new CosError('NotImplemented', {
        message: 'A header you provided implies functionality that is not implemented',
        close: true,
      });
    }
    if (
      this.has('packages') &&
      operation === getObject &&
      PACKAGE.test(address.key) &&
      this.#isDefaultDomain(request)
    ) {
      throw new CosError('DownloadForbidden');
    }
  }

  /** Neither the object nor the request can make a browser show what comes from a host of the service. */
  shown(reply: WireReply, request: WireRequest, operation: AnyOperation): WireReply {
    const downloads = operation === getObject && (reply.status === 200 || reply.status === 206);
    if (!downloads || !this.has('attachment') || !this.#isDefaultDomain(request)) return reply;
    const headers: string[] = [];
    for (let i = 0; i + 1 < reply.headers.length; i += 2) {
      if (reply.headers[i]!.toLowerCase() !== DISPOSITION) headers.push(reply.headers[i]!, reply.headers[i + 1]!);
    }
    headers.push('Content-Disposition', 'attachment', 'x-cos-force-download', 'true');
    return { ...reply, headers };
  }

  #isDefaultDomain(request: WireRequest): boolean {
    return this.#hosts.bucketNamed(request.host) !== undefined;
  }
}
