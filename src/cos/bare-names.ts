/**
 * Buckets that are named without their APPID, as tools for Amazon S3 do. Such a name means the signer's bucket of that
 * name, else the one that any other account has. Source: spec/s3.md §2 "Lenient names".
 */
import type { KeyRing } from '../access/identity.ts';
import type { BucketName } from '../http/bucket-name.ts';
import type { WireRequest } from '../http/types.ts';
import { findBucket } from '../model/buckets.ts';
import { bucketKey } from '../model/keys.ts';
import type { Services } from '../model/services.ts';

export interface BareNames {
  /** Whether a label has no APPID: digits at its end that are no account of this server are part of the name. */
  isBare(label: string): boolean;
  /** APPID of the signer that a request claims, or of the first account. */
  appidOf(request: WireRequest): string;
  /** The bucket that is meant: the given one, unless only another account has a bucket of its name. */
  settle(bucket: BucketName): Promise<BucketName>;
  /** The name without APPID. */
  labelOf(full: string): string;
}

export interface BareNameOptions {
  readonly services: Services;
  readonly keyRing: KeyRing;
  /** APPID of buckets in requests that nobody signed. */
  readonly firstAppid: string;
  readonly isAccount: (appid: string) => boolean;
  readonly accounts: () => Iterable<string>;
  /** The key id that a request claims, in whatever protocol. */
  readonly claimedKey: (request: WireRequest) => string | undefined;
}

/** What buckets are called where names keep their APPID. */
export const asNamed = (full: string): string => full;

/** Names looked up in one read. */
const BATCH = 500;
const MAX_CACHED = 10_000;

export function createBareNames(options: BareNameOptions): BareNames {
  const { services, keyRing, firstAppid, isAccount, accounts, claimedKey } = options;
  /** By label: the account that had the bucket when it was last looked for. */
  const owners = new Map<string, string>();
  const isBare = (label: string) => !isAccount(label.slice(label.lastIndexOf('-') + 1));

  async function ownerOf(label: string): Promise<string | undefined> {
    const known = owners.get(label);
    if (known !== undefined) {
      if ((await findBucket(services, `${label}-${known}`)) !== undefined) return known;
      owners.delete(label);
    }
    const appids = [...accounts()];
    for (let at = 0; at < appids.length; at += BATCH) {
      const batch = appids.slice(at, at + BATCH);
      const rows = await services.store.meta.get(batch.map((appid) => bucketKey(appid, `${label}-${appid}`)));
      const found = rows.findIndex((row) => row !== undefined);
      if (found < 0) continue;
      if (owners.size >= MAX_CACHED) owners.clear();
      owners.set(label, batch[found]!);
      return batch[found];
    }
    return undefined;
  }

  return {
    isBare,
    appidOf: (request) => keyRing.find(claimedKey(request) ?? '')?.identity.appid ?? firstAppid,
    async settle(bucket) {
      if ((await findBucket(services, bucket.full)) !== undefined) return bucket;
      const appid = await ownerOf(bucket.name);
      return appid === undefined ? bucket : { full: `${bucket.name}-${appid}`, name: bucket.name, appid };
    },
    labelOf: (full) => (isBare(full) ? full : full.slice(0, full.lastIndexOf('-'))),
  };
}
