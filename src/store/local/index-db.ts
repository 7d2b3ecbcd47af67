/**
 * The index: an LMDB environment with the rows (`rows`: key → entry) and the engine's own state (`state`). It holds
 * nothing that the log does not hold; lmdb syncs nothing (checkpoint.ts says how it survives a power loss).
 *
 * All calls are synchronous. Reads see the last transaction; inside `transaction` they see its own writes.
 */
import { type Database, open, type RootDatabase, type TransactionFlags } from 'lmdb';
import { readVersion } from './entry.ts';

/**
 * Address space, not memory and not disk: lmdb would otherwise map anew while it grows. Left to lmdb where address space
 * is scarce or mapping a file means making it that long.
 */
const MAP = /64/.test(process.arch) && process.platform !== 'win32' ? { mapSize: 256 * 1024 ** 3 } : {};
/** Not abortable, committed when it returns, not synced. */
const TRANSACTION_FLAGS = (0x2 | 0x1_0000) as number as TransactionFlags;

/** What pages of rows are read from. */
export interface RowSource {
  /** Keys and entries from `start` on, copies. */
  entries(start: Buffer): Iterable<{ key: Buffer; value: Buffer }>;
}

type Table = Database<Buffer, Buffer>;

/** What admission and counters need to know of a row. */
export interface RowState {
  /** 0: absent; the rest means nothing then */
  readonly version: number;
  readonly segment: number;
  readonly since: number;
  readonly entryBytes: number;
}

const ABSENT: RowState = { version: 0, segment: 0, since: 0, entryBytes: 0 };

export class IndexDb implements RowSource {
  readonly #root: RootDatabase<Buffer, Buffer>;
  readonly #rows: Table;
  readonly #state: Table;

  /** @param dir made when absent */
  constructor(dir: string) {
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    this.#root = open<Buffer, Buffer>({
      path: dir,
      noSubdir: false,
      maxDbs: 4,
      ...MAP,
      noSync: true,
      overlappingSync: false,
      noMemInit: true,
      ...binary,
    });
    this.#rows = this.#root.openDB({ name: 'rows', ...binary });
    this.#state = this.#root.openDB({ name: 'state', ...binary });
  }

  /** Runs `change` as one transaction. What it throws leaves the index as it was. */
  transaction(change: () => void): void {
    this.#root.transactionSync(change, TRANSACTION_FLAGS);
  }

  /** A copy of the row's entry. */
  row(key: Buffer): Buffer | undefined {
    return this.#rows.getBinary(key);
  }

  /** Without copying the row. */
  rowState(key: Buffer): RowState {
    const entry = this.#rows.getBinaryFast(key);
    if (entry === undefined) return ABSENT;
    return {
      version: readVersion(entry, 0),
      segment: entry.readUInt32LE(6),
      since: entry.readUInt32LE(10),
      entryBytes: entry.length,
    };
  }

  putRow(key: Buffer, entry: Buffer): void {
    this.#rows.putSync(key, entry);
  }

  removeRow(key: Buffer): void {
    this.#rows.removeSync(key);
  }

  /** Keys from `start` on, in order. Use it up, or leave it by `break`: it holds a cursor. */
  keys(start: Buffer): Iterable<Buffer> {
    return this.#rows.getKeys({ start });
  }

  entries(start: Buffer): Iterable<{ key: Buffer; value: Buffer }> {
    return this.#rows.getRange({ start });
  }

  /** Rows as of the last transaction, until `done` is called; the pages they lie on are pinned. */
  view(): { readonly source: RowSource; done(): void } {
    // Not a transaction that began before the last commit in this turn.
    this.#root.resetReadTxn();
    const transaction = this.#root.useReadTransaction();
    return {
      source: { entries: (start) => this.#rows.getRange({ start, transaction }) },
      done: () => transaction.done(),
    };
  }

  state(key: Buffer): Buffer | undefined {
    return this.#state.getBinary(key);
  }

  hasState(key: Buffer): boolean {
    return this.#state.getBinaryFast(key) !== undefined;
  }

  putState(key: Buffer, value: Buffer): void {
    this.#state.putSync(key, value);
  }

  removeState(key: Buffer): void {
    this.#state.removeSync(key);
  }

  stateEntries(prefix: Buffer): { key: Buffer; value: Buffer }[] {
    const found: { key: Buffer; value: Buffer }[] = [];
    for (const { key, value } of this.#state.getRange({ start: prefix })) {
      if (!key.subarray(0, prefix.length).equals(prefix)) break;
      found.push({ key, value });
    }
    return found;
  }

  /** Pins the pages of the last transaction: none of them is written to until the pin is released. */
  pin(): () => void {
    const transaction = this.#root.useReadTransaction();
    return () => transaction.done();
  }

  close(): Promise<void> {
    return this.#root.close();
  }
}
