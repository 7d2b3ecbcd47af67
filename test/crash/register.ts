/**
 * What one key may hold after a crash. Each change has a beginning and, if its answer arrived, an end. A value may be
 * found when its change
 *
 * - was never acknowledged: the crash may have caught it before or after its commit, or
 * - was acknowledged, and no other acknowledged change began after that: of changes that overlapped, either may have
 *   been the last.
 */
import { type Content, sameContent } from './content.ts';

export interface Change {
  readonly value: Content;
  readonly begun: number;
  acknowledged: number | undefined;
}

/** How many older values are remembered, to tell a lost change from a torn one. */
const REMEMBERED = 20;

export class Register {
  #time = 0;
  #changes: Change[] = [{ value: undefined, begun: 0, acknowledged: 0 }];
  readonly #past: Content[] = [];

  begin(value: Content): Change {
    this.#time += 1;
    const change = { value, begun: this.#time, acknowledged: undefined };
    this.#changes.push(change);
    return change;
  }

  acknowledge(change: Change): void {
    this.#time += 1;
    change.acknowledged = this.#time;
  }

  /** The server said no: nothing was changed. */
  refuse(change: Change): void {
    this.#changes = this.#changes.filter((other) => other !== change);
  }

  allowed(): Content[] {
    const latest = Math.max(...this.#changes.map((c) => (c.acknowledged === undefined ? -1 : c.begun)));
    return this.#changes
      .filter(({ acknowledged }) => acknowledged === undefined || acknowledged >= latest)
      .map(({ value }) => value);
  }

  /** The value, where it is certain: no change is under way, and none overlapped another. */
  get settled(): Content {
    const values = this.allowed();
    if (values.length !== 1) throw new Error('this key is not settled');
    return values[0];
  }

  /** True when something happened since `settle`. */
  get changed(): boolean {
    return this.#changes.length > 1;
  }

  /** After a crash: this is what was found, or what we go on from. */
  settle(value: Content): void {
    for (const change of this.#changes) if (!sameContent(change.value, value)) this.#past.push(change.value);
    this.#past.splice(0, this.#past.length - REMEMBERED);
    this.#changes = [{ value, begun: this.#time, acknowledged: this.#time }];
  }

  /** Whole values that this key held or was to hold, and that are not allowed now. */
  past(): readonly Content[] {
    return [...this.#past, ...this.#changes.map(({ value }) => value)];
  }
}
