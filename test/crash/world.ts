/** The journal: what was asked of the server, what it acknowledged, and so what it must hold. */
import type { Content, Piece } from './content.ts';
import { History } from './history.ts';
import { Register } from './register.ts';

/** Without versioning, with it, and with versioning that was enabled once. */
export const PLAIN = 'crash-plain';
export const VERSIONED = 'crash-versioned';
export const SUSPENDED = 'crash-suspended';

/** A multipart upload that was acknowledged and not yet ended. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  /** Acknowledged parts. */
  readonly parts: Map<number, { readonly pieces: readonly Piece[]; readonly etag: string }>;
  /** How its end was asked for. */
  ending?: 'complete' | 'abort';
}

export interface VersionEntry {
  readonly id: string;
  /** undefined: a delete marker */
  readonly value: Content;
  /** Its removal was asked for and not acknowledged. */
  removing: boolean;
  /** Its bytes have been compared since it was written. */
  compared: boolean;
}

/** A key of the versioned bucket. One client alone writes it, so its versions have one order. */
export interface VersionedKey {
  readonly name: string;
  /** Acknowledged versions, oldest first. */
  versions: VersionEntry[];
  /** Values (undefined: a delete marker) whose writing was not acknowledged. */
  unresolved: Content[];
  /** Acknowledged removals. */
  readonly removed: Set<string>;
}

export interface Counts {
  /** Changes that the server said it made. */
  acknowledged: number;
  /** Acknowledged changes that are gone. */
  lost: number;
  /** Objects that are neither before nor after a change, or whose checksum is not theirs. */
  torn: number;
  /** Answers that no request here should get. */
  unexpected: number;
  /** Changes that were under way in a crash: found done, found not done. */
  found: number;
  vanished: number;
}

const MOST_FINDINGS = 20;

export class World {
  readonly registers = new Map<string, Register>();
  readonly uploads = new Map<string, Upload>();
  readonly versioned = new Map<string, VersionedKey>();
  /** Keys of the suspended bucket. */
  readonly histories = new Map<string, History>();
  readonly counts: Counts = { acknowledged: 0, lost: 0, torn: 0, unexpected: 0, found: 0, vanished: 0 };
  readonly findings: string[] = [];
  /** How often each kind of change was acknowledged. */
  readonly kinds = new Map<string, number>();
  #pieces = 0;

  /** @param length bytes */
  newPiece(length: number): Piece {
    this.#pieces += 1;
    return { id: this.#pieces, length };
  }

  register(key: string): Register {
    let register = this.registers.get(key);
    if (register === undefined) {
      register = new Register();
      this.registers.set(key, register);
    }
    return register;
  }

  versionedKey(name: string): VersionedKey {
    let key = this.versioned.get(name);
    if (key === undefined) {
      key = { name, versions: [], unresolved: [], removed: new Set() };
      this.versioned.set(name, key);
    }
    return key;
  }

  history(key: string): History {
    let history = this.histories.get(key);
    if (history === undefined) {
      history = new History();
      this.histories.set(key, history);
    }
    return history;
  }

  acknowledged(kind: string): void {
    this.counts.acknowledged += 1;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
  }

  report(what: 'lost' | 'torn' | 'unexpected', text: string): void {
    this.counts[what] += 1;
    if (this.findings.length < MOST_FINDINGS) this.findings.push(`${what}: ${text}`);
  }
}
