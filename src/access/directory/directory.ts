/**
 * The identities of the server: accounts, sub-users, groups, roles, policies, key pairs. Rows in the metadata store are
 * the truth; each process keeps all of them in memory, arranged for the signature check, and reads them again when the
 * generation row says that something changed. That row is part of every commit, so changes happen one after the other
 * whatever process makes them, and a rule over several rows (`two key pairs`) cannot be broken by a race.
 *
 * Source: spec/access.md §1, §9.2; DESIGN §2, §5.
 */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import { afterPrefix, IDENTITIES } from '../../model/keys.ts';
import { pack } from '../../model/records/pack.ts';
import type { Clock } from '../../platform/clock.ts';
import type { MetaStore, Row } from '../../store/meta-store.ts';
import type { AccessKey, KeyRing, SignedIdentity } from '../identity.ts';
import type { Sealer, Secrets } from '../secrets.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { PolicyCache, type PolicyCompiler } from './policy-cache.ts';
import { POLICIES } from './policy-compiler.ts';
import { type Entry, packEntry, rowKeyOf, unpackEntry } from './records.ts';
import { buildState, type DirectoryState, type Home, type LoadedRow, type Operator, openSecretKey } from './state.ts';
import { parseRoleArn } from './trust.ts';
import { type Account, DirectoryError, type Role } from './types.ts';

export interface DirectoryOptions {
  readonly meta: MetaStore;
  readonly secrets: Secrets;
  /** The first account, with the pair that no command takes away. */
  readonly operator: Operator;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Default: the system's. */
  readonly randomBytes?: (count: number) => Uint8Array;
  /** Default: access/policy. */
  readonly policies?: PolicyCompiler;
}

/** Opens temporary keys: access/sessions.ts. */
export interface SessionKeys {
  open(secretId: string, token: string): AccessKey | undefined;
}

/** What a change does: entries to write and to remove. None of them: nothing is committed. */
export interface DirectoryChange<T> {
  readonly puts?: readonly Entry[];
  readonly deletes?: readonly Entry[];
  readonly result: T;
}

/** Rounds of reading that came too late before it is given up: others then change things all the time. */
const MAX_ATTEMPTS = 16;
const PAGE_ROWS = 2_000;

export class Directory implements KeyRing {
  readonly operator: Operator;
  readonly policies: PolicyCompiler;
  readonly sealer: Sealer;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Where temporary keys are looked up; without it there are none. */
  sessions: SessionKeys | undefined;
  readonly #meta: MetaStore;
  readonly #cache: PolicyCache;
  #state: DirectoryState;
  #keys: ReadonlyMap<string, AccessKey>;
  /** The end of the line of those that read or change. */
  #last: Promise<unknown> = Promise.resolve();

  /** @throws StoreError */
  static async open(options: DirectoryOptions): Promise<Directory> {
    const directory = new Directory(options);
    await directory.refresh();
    return directory;
  }

  private constructor(options: DirectoryOptions) {
    this.#meta = options.meta;
    this.operator = options.operator;
    this.sealer = options.secrets.sealer('secret-keys');
    this.clock = options.clock;
    this.randomBytes = options.randomBytes ?? systemRandomBytes;
    this.policies = options.policies ?? POLICIES;
    this.#cache = new PolicyCache(this.policies);
    this.#state = buildState(0, new Map(), this.operator, this.#cache);
    this.#keys = this.#state.keys;
  }

  /** Everything, as of the last refresh; never changed in place. */
  get state(): DirectoryState {
    return this.#state;
  }

  /** Grows with every change that has been seen: what was derived from the state before is out of date. */
  get generation(): number {
    return this.#state.generation;
  }

  find(secretId: string, token?: string): AccessKey | undefined {
    const key = this.#keys.get(secretId);
    if (key !== undefined || token === undefined) return key;
    return this.sessions?.open(secretId, token);
  }

  /**
   * A root, user or role as it is now, without a SecretId.
   * @param uin of a role: its id
   * @returns undefined when there is none any more, or it is disabled
   */
  identityOf(ownerUin: string, uin: string): SignedIdentity | undefined {
    return this.#state.identities.get(`${ownerUin}/${uin}`);
  }

  /** @param arn `qcs::cam::uin/<owner>:roleName/<name>` or `qcs::cam::uin/<owner>:role/<id>` */
  roleByArn(arn: string): Role | undefined {
    const named = parseRoleArn(arn);
    const roles = named === undefined ? undefined : this.#state.homes.get(named.ownerUin)?.roles;
    if (named === undefined || roles === undefined) return undefined;
    if (named.id !== undefined) return roles.get(named.id);
    return [...roles.values()].find(({ name }) => name === named.name);
  }

  account(appid: string): Account | undefined {
    return this.#state.byAppid.get(appid);
  }

  accountByUin(uin: string): Account | undefined {
    return this.#state.homes.get(uin)?.account;
  }

  /** @throws DirectoryError NotFound */
  home(ownerUin: string, state: DirectoryState = this.#state): Home {
    const home = state.homes.get(ownerUin);
    if (home === undefined) throw new DirectoryError('NotFound', `There is no account ${ownerUin}.`);
    return home;
  }

  /** Sees what other processes changed. Costs one look-up while nothing did. @throws StoreError */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#refresh());
  }

  /**
   * Reads, judges, commits; anew when somebody else was faster. Returned: everybody's next look sees it.
   * @param plan judges the state it is given and may throw; may be called several times
   * @throws what `plan` throws; DirectoryError Limit, Conflict; StoreError
   */
  change<T>(plan: (state: DirectoryState) => DirectoryChange<T>): Promise<T> {
    return this.#inTurn(async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        await this.#refresh();
        const { puts = [], deletes = [], result } = plan(this.#state);
        if (puts.length + deletes.length === 0) return result;
        this.#checkRoom(puts, deletes);
        const outcome = await this.#meta.commit({
          checks: [{ key: IDENTITIES, version: this.#state.generation }],
          puts: [
            { key: IDENTITIES, value: pack([1]) },
            ...puts.map((entry) => ({ key: rowKeyOf(entry), value: packEntry(entry) })),
          ],
          deletes: deletes.map(rowKeyOf),
        });
        if (!outcome.ok) continue;
        await this.#refresh();
        return result;
      }
      throw new DirectoryError('Conflict', 'Others change identities all the time: try again.');
    });
  }

  /** What makes the directory no larger is always possible: a key can be disabled when it is full. */
  #checkRoom(puts: readonly Entry[], deletes: readonly Entry[]): void {
    const { rows } = this.#state;
    const added = puts.filter((entry) => !rows.has(rowKeyOf(entry).toString('latin1'))).length;
    if (added <= deletes.length || rows.size + added - deletes.length <= DIRECTORY_LIMITS.entries) return;
    throw new DirectoryError('Limit', `The directory holds at most ${DIRECTORY_LIMITS.entries} entries.`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #refresh(): Promise<void> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const generation = await this.#generation();
      if (generation === this.#state.generation) return;
      const rows = await this.#read();
      // Several pages are no snapshot: they are one when nothing has changed meanwhile.
      if (generation !== (await this.#generation())) continue;
      this.#state = buildState(generation, rows, this.operator, this.#cache);
      this.#keys = this.#state.keys;
      return;
    }
    throw new DirectoryError('Conflict', 'Others change identities all the time: they could not be read.');
  }

  async #generation(): Promise<number> {
    const [row] = await this.#meta.get([IDENTITIES]);
    return row?.version ?? 0;
  }

  async #read(): Promise<Map<string, LoadedRow>> {
    const rows = new Map<string, LoadedRow>();
    const to = afterPrefix(IDENTITIES);
    let from: Buffer | undefined = IDENTITIES;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await this.#meta.scan({ from, to, limit: PAGE_ROWS });
      for (const row of page.rows) {
        if (row.key.length === IDENTITIES.length) continue;
        const name = row.key.toString('latin1');
        const known = this.#state.rows.get(name);
        const loaded = known?.version === row.version ? known : this.#load(row);
        if (loaded !== undefined) rows.set(name, loaded);
      }
      from = page.resume;
    }
    return rows;
  }

  #load(row: Row): LoadedRow | undefined {
    const entry = unpackEntry(row.key, row.value);
    if (entry === undefined) return undefined;
    const { version } = row;
    if (entry.kind !== 'key') return { version, entry };
    return { version, entry, secretKey: openSecretKey(this.sealer, entry.record) };
  }
}
