/**
 * The versions of one key that one client alone writes, where it is known beforehand what each change leads to: after a
 * crash the key has its versions from before the change that was under way, or those from after it.
 */
import type { Content } from './content.ts';

export const NULL_ID = 'null';

export interface HistoryEntry {
  readonly id: string;
  /** undefined: a delete marker */
  readonly value: Content;
}

/** Newest first. */
export type Versions = readonly HistoryEntry[];

export class History {
  #versions: Versions = [];
  #after: Versions | undefined;

  get versions(): Versions {
    return this.#versions;
  }

  /** @param after what the key has when the change is done */
  begin(after: Versions): void {
    this.#after = after;
  }

  acknowledge(): void {
    if (this.#after === undefined) throw new Error('no change is under way');
    this.#versions = this.#after;
    this.#after = undefined;
  }

  /** The server said no: nothing was changed. */
  refuse(): void {
    this.#after = undefined;
  }

  /** What may be found: before the change that is under way, and after it. */
  allowed(): readonly Versions[] {
    return this.#after === undefined ? [this.#versions] : [this.#versions, this.#after];
  }

  /** After a crash: this is what was found, or what we go on from. */
  settle(found: Versions): void {
    this.#versions = found;
    this.#after = undefined;
  }
}

/** A new null version, which takes the place of an older one. @param value undefined: a delete marker */
export function withNull(versions: Versions, value: Content): Versions {
  return [{ id: NULL_ID, value }, ...without(versions, NULL_ID)];
}

export function without(versions: Versions, id: string): Versions {
  return versions.filter((version) => version.id !== id);
}
