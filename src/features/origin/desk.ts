/** What is being pulled right now, in this process: each object once, and not more at a time than is allowed. */
import type { BucketId } from '../../model/keys.ts';
import { Slots } from '../../model/slots.ts';

/** The section `origin` of the configuration. */
export interface OriginSettings {
  readonly privateAddresses: boolean;
  readonly headTimeoutMs: number;
  readonly stallMs: number;
  readonly waitMs: number;
  readonly concurrentPulls: number;
  readonly maxPullBytes: number;
}

export const DEFAULT_ORIGIN_SETTINGS: OriginSettings = {
  privateAddresses: false,
  headTimeoutMs: 10_000,
  stallMs: 30_000,
  waitMs: 20_000,
  concurrentPulls: 64,
  maxPullBytes: 5 * 1024 ** 3,
};

/** `stored`: the object is there now. `absent`: the origin has none. `other`: it said something that is not stored. */
export type PullOutcome = 'stored' | 'absent' | 'other';

export class OriginDesk {
  readonly slots: Slots;
  readonly #flights = new Map<string, Promise<PullOutcome>>();
  readonly #stop = new AbortController();
  /** Background pulls that are written down, about. */
  queued = 0;
  /** Told that there is one more. */
  onQueued: () => void = () => undefined;

  constructor({ concurrentPulls }: Pick<OriginSettings, 'concurrentPulls'>) {
    this.slots = new Slots(concurrentPulls);
  }

  /** Aborted when the server closes. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The pull of an object that is under way. */
  flight(id: BucketId, key: string): Promise<PullOutcome> | undefined {
    return this.#flights.get(flightName(id, key));
  }

  noteQueued(): void {
    this.queued += 1;
    this.onQueued();
  }

  /** Others who want the object wait for this one. The caller has seen that there is none. */
  fly(id: BucketId, key: string, pull: () => Promise<PullOutcome>): Promise<PullOutcome> {
    const name = flightName(id, key);
    const outcome = pull().finally(() => this.#flights.delete(name));
    // Whether anybody waits or not.
    outcome.catch(() => undefined);
    this.#flights.set(name, outcome);
    return outcome;
  }

  /** Gives up every pull and waits until they have let go of the store. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#flights.values());
  }
}

const flightName = (id: BucketId, key: string): string => id.toString('latin1') + key;
