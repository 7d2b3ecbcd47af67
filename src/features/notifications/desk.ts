/** What is known in memory of events that wait: how many there are, when the next is due, how deliveries end. */
import { memorySecrets, type Sealer } from '../../access/secrets.ts';

/** What became of the deliveries of a rule, since the process began. */
export interface RuleReport {
  readonly delivered: number;
  /** Deliveries in a row that failed, up to now. */
  readonly failures: number;
  readonly lastError: string | undefined;
  /** Events that were given up. */
  readonly lost: number;
}

export const SEALER_LABEL = 'notification-secrets';
/** More events than this are not kept. */
const MOST_WAITING = 1_000_000;
/** The commit that an event belongs to may take so long, ms. */
const SETTLE_MS = 3_000;
const NONE: RuleReport = { delivered: 0, failures: 0, lastError: undefined, lost: 0 };

export class NotificationDesk {
  /** For secrets of rules. */
  readonly sealer: Sealer;
  readonly #most: number;
  readonly #reports = new Map<string, RuleReport>();
  /** About how many wait. */
  waiting = 0;
  /** Due next, as far as rows are known; undefined: nothing waits. At first everything may. */
  nextMs: number | undefined = 0;
  /** Events that found no place, since the process began. */
  refused = 0;
  #notedMs = Number.NEGATIVE_INFINITY;
  /** Numbers of events that were there before this process. */
  floor = 0;

  constructor(sealer: Sealer = memorySecrets().sealer(SEALER_LABEL), most = MOST_WAITING) {
    this.sealer = sealer;
    this.#most = most;
  }

  /** An event is being committed. @returns false when there is no place for it */
  note(nowMs: number): boolean {
    if (this.waiting >= this.#most) {
      this.refused += 1;
      return false;
    }
    this.waiting += 1;
    this.#notedMs = nowMs;
    return true;
  }

  /** When to look at the rows. @param lookedMs when that was done last */
  due(nowMs: number, lookedMs: number): number | undefined {
    // A row that was noted just now may not be there yet.
    const noted = this.#notedMs + SETTLE_MS >= lookedMs && this.#notedMs <= nowMs ? nowMs : undefined;
    if (noted !== undefined) return noted;
    return this.nextMs;
  }

  report(rule: string): RuleReport {
    return this.#reports.get(rule) ?? NONE;
  }

  tell(rule: string, change: (before: RuleReport) => RuleReport): void {
    this.#reports.set(rule, change(this.report(rule)));
  }

  /** Of a rule that is no more. */
  forget(rule: string): void {
    this.#reports.delete(rule);
  }
}
