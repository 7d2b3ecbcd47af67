/** What the operator has shut: accounts, buckets, keys. Source: spec/errors.md row UnavailableForLegalReasons. */
import { CosError } from '../errors/cos-error.ts';

const CONTENT_MESSAGE = 'The content is not available: it was blocked by the administrator.';

interface Keys {
  readonly exact: Set<string>;
  /** By their length, so that a key is looked up once for each length. */
  readonly prefixes: Map<number, Set<string>>;
}

export class Blocked {
  readonly #accounts = new Set<string>();
  readonly #buckets = new Set<string>();
  readonly #keys = new Map<string, Keys>();

  /**
   * @param entries APPIDs, full names of buckets, and `<bucket>/<key>`; a key that ends in `*` means all keys that begin
   * with what stands before it
   */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const slash = entry.indexOf('/');
      if (slash >= 0) this.#addKey(entry.slice(0, slash), entry.slice(slash + 1));
      else if (/^\d+$/.test(entry)) this.#accounts.add(entry);
      else this.#buckets.add(entry);
    }
  }

  #addKey(bucket: string, key: string): void {
    const keys = this.#keys.get(bucket) ?? { exact: new Set(), prefixes: new Map<number, Set<string>>() };
    this.#keys.set(bucket, keys);
    if (!key.endsWith('*')) {
      keys.exact.add(key);
      return;
    }
    const prefix = key.slice(0, -1);
    const same = keys.prefixes.get(prefix.length) ?? new Set();
    keys.prefixes.set(prefix.length, same.add(prefix));
  }

  /** Nothing may be done with the buckets of a blocked account. @throws CosError UnavailableForLegalReasons */
  requireAccount(appid: string): void {
    if (this.#accounts.has(appid)) throw new CosError('UnavailableForLegalReasons');
  }

  /**
   * Blocked buckets and keys cannot be read, but written and deleted.
   * @param bucket full name
   * @param key '' for the bucket itself
   * @throws CosError UnavailableForLegalReasons, also where the bucket's account is blocked
   */
  requireReadable(bucket: string, key: string): void {
    this.requireAccount(bucket.slice(bucket.lastIndexOf('-') + 1));
    if (this.#buckets.has(bucket) || (key !== '' && this.#hasKey(bucket, key))) {
      throw new CosError('UnavailableForLegalReasons', { message: CONTENT_MESSAGE });
    }
  }

  #hasKey(bucket: string, key: string): boolean {
    const keys = this.#keys.get(bucket);
    if (keys === undefined) return false;
    if (keys.exact.has(key)) return true;
    for (const [length, prefixes] of keys.prefixes) {
      if (key.length >= length && prefixes.has(key.slice(0, length))) return true;
    }
    return false;
  }
}
