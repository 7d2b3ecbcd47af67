/** What semantics stand on: the store and the injected world. One instance a server. */
import type { Clock } from '../platform/clock.ts';
import type { Ids } from '../platform/ids.ts';
import type { Store } from '../store/store.ts';
import { KeyLocks } from './key-locks.ts';
import { Pins } from './pins.ts';

/** Sizes in bytes. Defaults are COS's own (spec/limits.md). */
export interface Limits {
  readonly bucketsPerAccount: number;
  /** One PUT, POST, part or appended piece, and the source of a copy. */
  readonly singleUploadBytes: number;
  readonly appendObjectBytes: number;
  readonly multipartObjectBytes: number;
  /** Every part but the last, judged at Complete. */
  readonly minPartBytes: number;
  readonly keyBytes: number;
  readonly userMetaBytes: number;
  /** A request body in XML; operations with a smaller limit keep theirs. */
  readonly xmlBytes: number;
}

export const COS_LIMITS: Limits = {
  bucketsPerAccount: 200,
  singleUploadBytes: 5 * 1024 ** 3,
  appendObjectBytes: 5 * 1024 ** 3,
  multipartObjectBytes: 50_000 * 1024 ** 3,
  minPartBytes: 1024 ** 2,
  keyBytes: 850,
  userMetaBytes: 2048,
  xmlBytes: 8 * 1024 ** 2,
};

export interface Services {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Limits;
  readonly locks: KeyLocks;
  readonly pins: Pins;
  /** Names this process in records that say who is at work on something. */
  readonly processId: string;
  /** How long the bytes of a dropped version stay readable, ms. */
  readonly graceMs: number;
  /** Waits, ms. Injected so that semantics own no timer. */
  readonly sleep: (ms: number) => Promise<void>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function createServices(
  given: Omit<Services, 'locks' | 'pins' | 'limits' | 'graceMs'> & { limits?: Partial<Limits>; graceMs?: number },
): Services {
  return {
    ...given,
    limits: { ...COS_LIMITS, ...given.limits },
    graceMs: given.graceMs ?? 60_000,
    locks: new KeyLocks(),
    pins: new Pins(),
  };
}
