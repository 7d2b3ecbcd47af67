/** The bucket that an address names. Source: spec/protocol.md §2: in another region it is NoSuchBucket. */
import { CosError } from '../errors/cos-error.ts';
import { type BucketEntry, loadBucket } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';
import type { Address } from './request.ts';

export class BucketDoor {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /** @throws CosError NoSuchBucket */
  async of({ bucket, region }: Address): Promise<BucketEntry> {
    const entry = await loadBucket(this.#services, bucket!.full);
    if (region !== undefined && region !== entry.record.region) throw new CosError('NoSuchBucket');
    return entry;
  }

  /** The bucket of a request that was refused before anybody looked. */
  async ifAny(address: Address | undefined): Promise<BucketEntry | undefined> {
    if (address?.bucket === undefined) return undefined;
    try {
      return await this.of(address);
    } catch {
      return undefined;
    }
  }
}
