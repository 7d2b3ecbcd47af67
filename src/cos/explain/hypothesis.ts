/** A guess about what a client did otherwise; true when it makes the given signature come out. */
import type { SignatureFields } from '../signature/fields.ts';
import type { SignedRequestView } from '../signature/request-view.ts';
import type { Reading, Steps } from './reading.ts';

export interface Guess {
  readonly reading: Reading;
  readonly steps?: Partial<Steps>;
  /** What the client did. */
  readonly what: string;
  /** What to do about it. */
  readonly advice: string;
}

export interface Evidence {
  readonly view: SignedRequestView;
  readonly fields: SignatureFields;
  /** Where a host names none. */
  readonly defaultRegion: string;
}

export type Hypothesis = (reading: Reading, evidence: Evidence) => Iterable<Guess>;
