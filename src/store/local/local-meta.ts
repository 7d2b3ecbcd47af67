import type {
  CollapseRequest,
  CollapseResult,
  Commit,
  CommitResult,
  MetaStore,
  Row,
  ScanRequest,
  ScanResult,
} from '../meta-store.ts';
import { assertKey, type Committer } from './committer.ts';
import { rowOf } from './entry.ts';
import type { IndexDb } from './index-db.ts';
import { collapsePage, scanPage } from './pages.ts';

export class LocalMeta implements MetaStore {
  readonly #db: IndexDb;
  readonly #committer: Committer;
  readonly #assertOpen: () => void;

  /** @param assertOpen throws StoreError closed once the store is */
  constructor(db: IndexDb, committer: Committer, assertOpen: () => void) {
    this.#db = db;
    this.#committer = committer;
    this.#assertOpen = assertOpen;
  }

  get(keys: readonly Buffer[]): (Row | undefined)[] {
    this.#assertOpen();
    const rows = new Array<Row | undefined>(keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      assertKey(key);
      const entry = this.#db.row(key);
      rows[i] = entry === undefined ? undefined : rowOf(key, entry);
    }
    return rows;
  }

  async scan(request: ScanRequest): Promise<ScanResult> {
    this.#assertOpen();
    return scanPage(this.#db, request, this.#assertOpen);
  }

  async collapse(request: CollapseRequest): Promise<CollapseResult> {
    this.#assertOpen();
    return collapsePage(this.#db, request, this.#assertOpen);
  }

  commit(commit: Commit): Promise<CommitResult> {
    return this.#committer.commit(commit);
  }
}
