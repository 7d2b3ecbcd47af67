/** The fault rules of a running server: kept in memory, counted, and asked for every request while there are any. */
import { SeededRandom } from '../../platform/sim-random.ts';
import { RowJournal } from './row-journal.ts';
import {
  checkedRule,
  type EffectRule,
  type FaultEffect,
  type FaultMatch,
  type FaultRule,
  FaultRuleError,
  type FaultWhen,
  type SetRule,
} from './rule.ts';
import { wildcard } from './wildcard.ts';

/** A rule with what it has done since it was added. */
export type FaultRuleState = FaultRule & {
  readonly id: string;
  /** Requests that it is about. */
  readonly matched: number;
  /** Requests that met its fault. */
  readonly fired: number;
};

/** What is known of a request once its operation is. */
export interface FaultSubject {
  readonly operation: string;
  readonly preflight: boolean;
  readonly bucket: string | undefined;
  readonly key: string;
  readonly secretId: string | undefined;
  readonly uin: string | undefined;
  /** @param name lower case */
  header(name: string): string | undefined;
}

/** An effect that a request meets. */
export interface FiredFault {
  readonly id: string;
  readonly effect: FaultEffect;
}

interface Entry {
  readonly id: string;
  readonly rule: FaultRule;
  /** Effects of one kind exclude each other. */
  readonly kind: string;
  readonly matches: (subject: FaultSubject) => boolean;
  readonly chance: () => boolean;
  matched: number;
  fired: number;
}

const MOST_RULES = 100;

export class FaultRules {
  readonly #operations: ReadonlySet<string>;
  /** In the order in which they were added. */
  readonly #entries: Entry[] = [];
  #lastId = 0;
  /** What lagging listings are made from. */
  readonly journal: RowJournal;

  /**
   * @param operations names that rules may have
   * @param monotonicMs for the lag of listings
   */
  constructor(operations: ReadonlySet<string>, monotonicMs: () => number) {
    this.#operations = operations;
    this.journal = new RowJournal(monotonicMs);
  }

  /** @throws FaultRuleError for a rule that makes no sense, an id that is taken, or more than 100 rules */
  add(given: FaultRule): FaultRuleState {
    const rule = checkedRule(given, this.#operations);
    if (this.#entries.length >= MOST_RULES) throw new FaultRuleError(`there are ${MOST_RULES} rules already`);
    const id = rule.id ?? this.#newId();
    if (this.#entries.some((entry) => entry.id === id)) throw new FaultRuleError(`id: ${id} is taken`);
    const entry = 'set' in rule ? setEntry(id, rule) : effectEntry(id, rule);
    this.#entries.push(entry);
    this.#journalWhatIsNeeded();
    return stateOf(entry);
  }

  list(): FaultRuleState[] {
    return this.#entries.map(stateOf);
  }

  /** @param id undefined: all of them @returns how many there were */
  clear(id?: string): number {
    const kept = id === undefined ? [] : this.#entries.filter((entry) => entry.id !== id);
    const cleared = this.#entries.length - kept.length;
    this.#entries.splice(0, this.#entries.length, ...kept);
    this.#journalWhatIsNeeded();
    return cleared;
  }

  /**
   * Counts a request, and tells what it meets: of each kind of effect the first rule's that fires. Rules behind that one
   * are not asked, so they count nothing.
   */
  fire(subject: FaultSubject): FiredFault[] {
    const fired: FiredFault[] = [];
    if (this.#entries.length === 0) return fired;
    const kinds = new Set<string>();
    for (const entry of this.#entries) {
      const { rule, kind } = entry;
      if ('set' in rule || kinds.has(kind) || !entry.matches(subject)) continue;
      entry.matched += 1;
      if (!isDue(rule.when, entry)) continue;
      entry.fired += 1;
      kinds.add(kind);
      fired.push({ id: entry.id, effect: rule.effect });
    }
    return fired;
  }

  /** @returns the id of the rule that puts a bucket into the name profile */
  nameProfileOf(bucket: string): string | undefined {
    return this.#setOf(bucket)?.id;
  }

  /** A request that the name profile answered. */
  countNameProfile(bucket: string): void {
    const entry = this.#setOf(bucket);
    if (entry === undefined) return;
    entry.matched += 1;
    entry.fired += 1;
  }

  #setOf(bucket: string): Entry | undefined {
    return this.#entries.find(({ rule }) => 'set' in rule && rule.match.bucket === bucket);
  }

  #newId(): string {
    let id: string;
    do id = `f${++this.#lastId}`;
    while (this.#entries.some((entry) => entry.id === id));
    return id;
  }

  #journalWhatIsNeeded(): void {
    const lags = this.#entries.map(({ rule }) =>
      'effect' in rule && 'staleList' in rule.effect ? rule.effect.staleList : 0,
    );
    this.journal.keepFor(Math.max(0, ...lags));
  }
}

/** Errors and resets are one kind: both are instead of the answer. */
export function kindOf(effect: FaultEffect): string {
  return 'error' in effect || 'reset' in effect ? 'answer' : Object.keys(effect)[0]!;
}

function effectEntry(id: string, rule: EffectRule): Entry {
  const { percent = 100, seed = 1 } = rule.when ?? {};
  const random = new SeededRandom(seed);
  return {
    id,
    rule,
    kind: kindOf(rule.effect),
    matches: compiled(rule),
    chance: () => percent === 100 || random.chance(percent / 100),
    matched: 0,
    fired: 0,
  };
}

function setEntry(id: string, rule: SetRule): Entry {
  return { id, rule, kind: rule.set, matches: () => false, chance: () => false, matched: 0, fired: 0 };
}

function isDue(when: FaultWhen = {}, { matched, fired, chance }: Entry): boolean {
  const { first, every, count } = when;
  if (first !== undefined && matched > first) return false;
  if (every !== undefined && matched % every !== 0) return false;
  if (count !== undefined && fired >= count) return false;
  return chance();
}

/** Only listings can lag. */
const LISTINGS: ReadonlySet<string> = new Set([
  'GetBucket',
  'ListObjectsV2',
  'GetBucketObjectVersions',
  'ListMultipartUploads',
]);

function compiled({ match = {}, effect }: EffectRule): (subject: FaultSubject) => boolean {
  const { operations, secretId, uin, header } = match as FaultMatch;
  const names = operations === undefined ? undefined : new Set(operations);
  const bucket = match.bucket === undefined ? undefined : wildcard(match.bucket);
  const key = match.keyPattern === undefined ? undefined : wildcard(match.keyPattern);
  const headerName = header?.name.toLowerCase();
  const headerValue = header?.value === undefined ? undefined : wildcard(header.value);
  const stale = 'staleList' in effect;
  return (subject) => {
    if (names === undefined ? subject.preflight : !names.has(subject.operation)) return false;
    if (stale && !LISTINGS.has(subject.operation)) return false;
    if (bucket !== undefined && (subject.bucket === undefined || !bucket(subject.bucket))) return false;
    if (key !== undefined && (subject.key === '' || !key(subject.key))) return false;
    if (secretId !== undefined && subject.secretId !== secretId) return false;
    if (uin !== undefined && subject.uin !== uin) return false;
    if (headerName === undefined) return true;
    const value = subject.header(headerName);
    return value !== undefined && (headerValue === undefined || headerValue(value));
  };
}

function stateOf({ id, rule, matched, fired }: Entry): FaultRuleState {
  return { ...rule, id, matched, fired };
}
