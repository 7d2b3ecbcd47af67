/**
 * Requests that look for a bucket in another region than its own, where the operator says that clients are to be led
 * there. Source: spec/errors.md rows PermanentRedirect, TemporaryRedirect, Redirect, "Order of checks" 2.
 */
import { CosError } from '../errors/cos-error.ts';
import type { WireRequest } from '../http/types.ts';
import { findBucket } from '../model/buckets.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { Services } from '../model/services.ts';
import type { Address } from './request.ts';

export interface MoveSettings {
  /** Full names of buckets. */
  readonly permanent: readonly string[];
  /** Full names of buckets. */
  readonly temporary: readonly string[];
  /** From the creation of a bucket on, ms. */
  readonly dnsWindowMs: number;
}

export class Moves {
  readonly #permanent: ReadonlySet<string>;
  readonly #temporary: ReadonlySet<string>;
  readonly #windowMs: number;

  private constructor({ permanent, temporary, dnsWindowMs }: MoveSettings) {
    this.#permanent = new Set(permanent);
    this.#temporary = new Set(temporary);
    this.#windowMs = dnsWindowMs;
  }

  /** undefined where nobody is led anywhere. */
  static of(settings: MoveSettings | undefined): Moves | undefined {
    if (settings === undefined) return undefined;
    const { permanent, temporary, dnsWindowMs } = settings;
    return permanent.length + temporary.length + dnsWindowMs === 0 ? undefined : new Moves(settings);
  }

  /** @throws CosError PermanentRedirect, TemporaryRedirect, Redirect */
  async require(services: Services, { bucket, region }: Address, wire: WireRequest): Promise<void> {
    if (bucket === undefined || region === undefined) return;
    const record = (await findBucket(services, bucket.full))?.record;
    if (record === undefined || record.region === region) return;
    const redirect = this.#redirect(record, wire.method, services.clock.nowMs());
    if (redirect === undefined) return;
    const endpoint = hostIn(wire.host, region, record.region);
    const query = wire.rawQuery === '' ? '' : `?${wire.rawQuery}`;
    const location = `${wire.secure ? 'https' : 'http'}://${endpoint}${wire.rawPath}${query}`;
    throw new CosError(redirect.code, {
      status: redirect.status,
      facts: { location },
      elements: [
        ['Bucket', bucket.full],
        ['Endpoint', endpoint],
      ],
    });
  }

  #redirect({ name, createdMs }: BucketRecord, method: string, nowMs: number) {
    if (this.#permanent.has(name)) return { code: 'PermanentRedirect', status: 301 } as const;
    if (this.#temporary.has(name)) {
      const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
      return reads
        ? ({ code: 'TemporaryRedirect', status: 302 } as const)
        : ({ code: 'Redirect', status: 307 } as const);
    }
    if (nowMs - createdMs < this.#windowMs) return { code: 'TemporaryRedirect', status: 307 } as const;
    return undefined;
  }
}

/** The same host in another region. The last of that name, in a label of its own or of `s3-<region>`: buckets come before it. */
export function hostIn(host: string, from: string, to: string): string {
  const folded = host.toLowerCase();
  const dashed = folded.lastIndexOf(`s3-${from}.`);
  const at = Math.max(folded.lastIndexOf(`.${from}.`), dashed < 0 ? -1 : dashed + 2);
  return at < 0 ? host : `${host.slice(0, at + 1)}${to}${host.slice(at + from.length + 1)}`;
}
