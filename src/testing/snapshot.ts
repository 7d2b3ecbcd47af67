/** What `snapshot` gives out: a copy of a memory store with what opens it. */
import type { Secrets } from '../access/secrets.ts';
import type { Keyring } from '../features/encryption/keyring.ts';
import type { MemoryStore } from '../store/memory/index.ts';
import type { Snapshot } from './types.ts';

/** Keys that bodies and stored key pairs are encrypted with. */
export interface Keys {
  readonly secrets: Secrets;
  readonly keyring: Keyring;
}

export interface SnapshotParts extends Keys {
  readonly store: MemoryStore;
  readonly appid: string;
  readonly uin: string;
  readonly offsetMs: number;
}

export class StateSnapshot implements Snapshot {
  readonly takenAt: Date;
  readonly bytes: number;
  readonly #parts: SnapshotParts;

  /** @param parts with a store that nobody writes to */
  constructor(takenAt: Date, parts: SnapshotParts) {
    this.takenAt = takenAt;
    this.bytes = parts.store.usedBytes;
    this.#parts = parts;
  }

  /** @throws Error for what no `snapshot` gave out */
  static partsOf(snapshot: Snapshot): SnapshotParts {
    if (snapshot instanceof StateSnapshot) return snapshot.#parts;
    throw new Error('restore takes what snapshot gave, in the same process');
  }
}
