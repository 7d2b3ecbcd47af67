/** Walks rows of a range page by page, holding nothing open between pages. */
import type { MetaStore, Row } from '../../store/meta-store.ts';

export class Cursor {
  readonly #meta: MetaStore;
  readonly #to: Buffer;
  readonly #pageRows: number;
  #from: Buffer | undefined;
  #rows: readonly Row[] = [];
  #at = 0;
  /** Rows the engine looked at so far. */
  visited = 0;

  /** @param pageRows rows fetched at a time */
  constructor(meta: MetaStore, from: Buffer, to: Buffer, pageRows: number) {
    this.#meta = meta;
    this.#from = from;
    this.#to = to;
    this.#pageRows = pageRows;
  }

  /** The row at hand, or undefined at the end. */
  async peek(): Promise<Row | undefined> {
    while (this.#at >= this.#rows.length) {
      const from = this.#from;
      if (from === undefined || Buffer.compare(from, this.#to) >= 0) return undefined;
      const page = await this.#meta.scan({ from, to: this.#to, limit: this.#pageRows });
      this.visited += page.visited;
      this.#rows = page.rows;
      this.#at = 0;
      this.#from = page.resume;
    }
    return this.#rows[this.#at];
  }

  next(): void {
    this.#at += 1;
  }

  /** Goes on at the first row at or above `key`, which is not below the row at hand. */
  seek(key: Buffer): void {
    while (this.#at < this.#rows.length) {
      if (Buffer.compare(this.#rows[this.#at]!.key, key) >= 0) return;
      this.#at += 1;
    }
    if (this.#from !== undefined && Buffer.compare(this.#from, key) < 0) this.#from = key;
  }
}
