/**
 * What the clients know: for every key the state that was acknowledged, and what an operation without an answer may
 * have made of it.
 */
import { createHash } from 'node:crypto';

/** SHA-1 and size of a content; undefined where there is no object. */
export type Content = { readonly sha1: string; readonly size: number } | undefined;

export function contentOf(body: Buffer): Content {
  return { sha1: createHash('sha1').update(body).digest('hex'), size: body.length };
}

export function sameContent(a: Content, b: Content): boolean {
  return a?.sha1 === b?.sha1 && a?.size === b?.size;
}

interface KeyState {
  acknowledged: Content;
  /** What the key holds if the operation in flight took effect. */
  possible: { readonly content: Content } | undefined;
}

export class Journal {
  readonly #keys = new Map<string, KeyState>();
  acknowledged = 0;

  /** Notes an operation before it is sent. */
  begin(key: string, outcome: Content): void {
    const state = this.#keys.get(key) ?? { acknowledged: undefined, possible: undefined };
    state.possible = { content: outcome };
    this.#keys.set(key, state);
  }

  /** The answer said yes. */
  acknowledge(key: string): void {
    const state = this.#keys.get(key)!;
    state.acknowledged = state.possible!.content;
    state.possible = undefined;
    this.acknowledged += 1;
  }

  /** The answer said no: nothing changed. */
  refuse(key: string): void {
    this.#keys.get(key)!.possible = undefined;
  }

  known(key: string): Content {
    return this.#keys.get(key)?.acknowledged;
  }

  get keys(): IterableIterator<string> {
    return this.#keys.keys();
  }

  /**
   * Judges what the restarted server holds, and takes it as the new truth.
   * @returns undefined when it is right; else whether an acknowledged state is gone or something half is there
   */
  settle(key: string, found: Content): 'lost' | 'torn' | undefined {
    const state = this.#keys.get(key)!;
    const { acknowledged, possible } = state;
    state.acknowledged = found;
    state.possible = undefined;
    if (sameContent(found, acknowledged)) return undefined;
    if (possible !== undefined && sameContent(found, possible.content)) return undefined;
    return found === undefined || possible === undefined ? 'lost' : 'torn';
  }
}
