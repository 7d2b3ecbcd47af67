/**
 * How many ACLs of their own the objects of an account have, and whom they name; its buckets' ACLs and policies are
 * counted with them (attachments.ts).
 * Source: spec/errors.md rows PolicyFull and AttachmentFull, spec/limits.md §1.
 *
 * Each version whose ACL is not `default` has a row (keys.ts, `a`), put and deleted by the commits that give the
 * version its ACL and take it. The number of rows is kept in memory, possibly too high (removals are not followed),
 * never too low; the rows themselves are counted before anything is refused. So a write without an ACL costs nothing,
 * and writes with one share no row.
 */
import { CosError } from '../errors/cos-error.ts';
import type { MetaStore, Row } from '../store/meta-store.ts';
import { aclPrefix, afterPrefix } from './keys.ts';
import type { ObjectAttributes } from './records/attributes.ts';
import { pack, unpack } from './records/pack.ts';

/** Objects that take the ACL of their bucket do not count, nor do those that nobody asked an ACL for. */
export function hasOwnAcl({ acl, extra }: Pick<ObjectAttributes, 'acl' | 'extra'>): boolean {
  return (acl !== 'default' && acl !== 'owner-only') || (extra?.grants !== undefined && extra.grants.length > 0);
}

/** Identities an ACL names, once for each grant; groups of everybody are no identities. */
export function granteesOf({ extra }: Pick<ObjectAttributes, 'extra'>): string[] {
  const named = (extra?.grants ?? []).map(({ grantee }) => grantee);
  return named.filter((grantee) => grantee !== 'all' && grantee !== 'authenticated');
}

export function packGrantees(grantees: readonly string[]): Buffer {
  return pack([1, ...grantees]);
}

export function unpackGrantees(value: Buffer): string[] {
  return unpack(value).slice(1) as string[];
}

/** One ACL that is about to be committed. */
export interface NewAcl {
  readonly row: Buffer;
  readonly grantees: readonly string[];
  /** Rows that the same commit deletes or replaces: replacing an ACL does not count. */
  readonly replaced: readonly Buffer[];
}

export interface AclLimits {
  /** ACLs of an account. */
  readonly aclEntries: number;
  /** Grants to one identity in all ACLs of an account; 0 for any number. */
  readonly grantAttachments: number;
}

interface Account {
  /** No fewer than the committed rows that are not pending; undefined before the first look. */
  rows: number | undefined;
  readonly pending: Set<NewAcl>;
  /** One list for each look under way: what was committed meanwhile. */
  readonly looks: Set<NewAcl[]>;
}

/** Whom the ACLs name, by row. */
type Found = Map<string, readonly string[]>;

const idOf = (key: Buffer): string => key.toString('latin1');
const growth = (acl: NewAcl): number => (acl.replaced.length === 0 ? 1 : 0);

export class AclCensus {
  readonly #meta: MetaStore;
  readonly #limits: AclLimits;
  readonly #accounts = new Map<string, Account>();

  constructor(meta: MetaStore, limits: AclLimits) {
    this.#meta = meta;
    this.#limits = limits;
  }

  /**
   * Takes an ACL into account before its commit.
   * @returns to be called once when the commit has ended
   * @throws CosError PolicyFull, AttachmentFull
   */
  async admit(appid: string, acl: NewAcl): Promise<(committed: boolean) => void> {
    const account = this.#accountOf(appid);
    const byName = this.#limits.grantAttachments > 0 && acl.grantees.length > 0;
    if (byName || (growth(acl) > 0 && !this.#hasRoom(account))) {
      const committed: NewAcl[] = [];
      account.looks.add(committed);
      try {
        const found = await this.#read(appid);
        complete(found, account, committed);
        if (growth(acl) > 0 && found.size >= this.#limits.aclEntries) throw new CosError('PolicyFull');
        if (byName) this.#judgeNames(found, acl);
      } finally {
        account.looks.delete(committed);
      }
    }
    // Nothing is awaited between `complete` and this, so no two take the last place.
    account.pending.add(acl);
    return (committed) => this.#settle(account, acl, committed);
  }

  #accountOf(appid: string): Account {
    const known = this.#accounts.get(appid);
    if (known !== undefined) return known;
    const account: Account = { rows: undefined, pending: new Set(), looks: new Set() };
    this.#accounts.set(appid, account);
    return account;
  }

  #hasRoom({ rows, pending }: Account): boolean {
    return rows !== undefined && rows + pending.size < this.#limits.aclEntries;
  }

  async #read(appid: string): Promise<Found> {
    const found: Found = new Map();
    const prefix = aclPrefix(appid);
    const to = afterPrefix(prefix);
    for (let from: Buffer | undefined = prefix; from !== undefined; ) {
      const page: { rows: Row[]; resume?: Buffer } = await this.#meta.scan({ from, to, limit: 1_000 });
      for (const row of page.rows) found.set(idOf(row.key), unpackGrantees(row.value));
      from = page.resume;
    }
    return found;
  }

  #judgeNames(found: Found, acl: NewAcl): void {
    const counts = new Map(acl.grantees.map((grantee) => [grantee, 0]));
    const count = (grantees: readonly string[]): void => {
      for (const grantee of grantees) {
        const before = counts.get(grantee);
        if (before !== undefined) counts.set(grantee, before + 1);
      }
    };
    const replaced = new Set(acl.replaced.map(idOf));
    for (const [row, grantees] of found) if (!replaced.has(row)) count(grantees);
    count(acl.grantees);
    for (const number of counts.values()) {
      if (number > this.#limits.grantAttachments) throw new CosError('AttachmentFull');
    }
  }

  #settle(account: Account, acl: NewAcl, committed: boolean): void {
    account.pending.delete(acl);
    if (!committed) return;
    if (account.rows !== undefined) account.rows += growth(acl);
    for (const look of account.looks) look.push(acl);
  }
}

/** Adds what was committed while the rows were read, and what is under way: exact, however the two interleave. */
function complete(found: Found, account: Account, committed: readonly NewAcl[]): void {
  for (const acl of committed) place(found, acl);
  // What grows the number is added when it settles; what replaces something has its place already.
  for (const acl of account.pending) growth(acl) > 0 ? found.delete(idOf(acl.row)) : place(found, acl);
  account.rows = found.size;
  for (const acl of account.pending) place(found, acl);
}

function place(found: Found, { row, grantees, replaced }: NewAcl): void {
  for (const key of replaced) found.delete(idOf(key));
  found.set(idOf(row), grantees);
}
