/**
 * Admission of commits: conditions are decided at once, against the index and what was admitted before; then the
 * record goes into the log.
 */

import { crc32 } from '../../platform/hash/crc32.ts';
import type { BlobRef } from '../blob-store.ts';
import type { Check, Commit, CommitResult, Put } from '../meta-store.ts';
import { STORE_LIMITS, StoreError } from '../store.ts';
import { ENTRY_BYTES } from './entry.ts';
import type { RowState } from './index-db.ts';
import type { IndexState } from './index-state.ts';
import type { LogQueue } from './log-queue.ts';
import { BODY_BYTES, bodySpan, FILE_BYTES, GONE_BYTES, RECORD_BYTES, ROW_BYTES } from './record.ts';
import { encodeLogRef, FILE_REF_BYTES, LOG_REF_BYTES } from './ref.ts';
import { type LocalStaged, ownBlob } from './staged.ts';

const NONE: readonly never[] = [];
/** Operations that one record can count. */
const OPERATIONS = 0xffff;

/** Rows of conditions that are remembered for the changes of the same commit. */
const SEEN_ROWS = 16;

export interface CommitterHooks {
  /** Marks the staged blobs of this store. */
  readonly owner: object;
  /** A staged blob has become durable under this reference. */
  attached(blob: LocalStaged, ref: BlobRef): void;
}

export class Committer {
  readonly #queue: LogQueue;
  readonly #index: IndexState;
  readonly #hooks: CommitterHooks;
  /** Rows that the conditions of the commit at hand have looked up. */
  #seenNames: string[] = [];
  #seenRows: RowState[] = [];

  constructor(queue: LogQueue, index: IndexState, hooks: CommitterHooks) {
    this.#queue = queue;
    this.#index = index;
    this.#hooks = hooks;
  }

  commit(commit: Commit): Promise<CommitResult> {
    try {
      const wait = this.#queue.room();
      return wait === undefined ? this.#admit(commit) : wait.then(() => this.commit(commit));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #admit(commit: Commit): Promise<CommitResult> {
    const { checks = NONE, guards = NONE, puts = NONE, deletes = NONE } = commit;
    if (puts.length + deletes.length > OPERATIONS / 2) throw new StoreError('misuse', 'Too many changes in one commit');
    for (const { key } of puts) assertKey(key);
    for (const key of deletes) assertKey(key);
    this.#seenNames.length = this.#seenRows.length = 0;
    const failed = this.#failing(checks) ?? this.#failing(guards);
    if (failed !== undefined) return this.#refuse(commit, failed);
    if (puts.length > deletes.length) this.#queue.assertSpace();
    const blobs = this.#claimable(puts);

    let headBytes = RECORD_BYTES;
    let bodyBytes = 0;
    for (const { key, value, blob } of puts) {
      headBytes += ROW_BYTES + key.length + ENTRY_BYTES + value.length;
      if (blob === undefined) continue;
      if (Buffer.isBuffer(blob)) headBytes += blob.length;
      else if ((blob as LocalStaged).fileRef !== undefined) headBytes += FILE_BYTES + 2 * FILE_REF_BYTES;
      else {
        headBytes += BODY_BYTES + 2 * LOG_REF_BYTES;
        bodyBytes += bodySpan(blob.size);
      }
    }
    const gone: { key: Buffer; name: string; before: RowState }[] = [];
    for (const key of deletes) {
      const name = nameOf(key);
      const before = this.#rowOf(key, name);
      if (before.version === 0) continue;
      gone.push({ key, name, before });
      headBytes += GONE_BYTES + key.length;
    }
    if (puts.length === 0 && gone.length === 0) return this.#unchanged(commit);

    const record = this.#queue.begin(headBytes, bodyBytes);
    const { group, sequence: version, segment } = record;
    const refs: BlobRef[] = [];
    for (const { key, value, blob } of puts) {
      const name = nameOf(key);
      const before = this.#rowOf(key, name);
      const since = before.version === 0 ? segment : before.since;
      let ref: BlobRef | undefined;
      if (blob !== undefined) {
        if (Buffer.isBuffer(blob)) ref = blob;
        else {
          const { body, fileRef } = blob as LocalStaged;
          if (fileRef !== undefined) {
            ref = fileRef;
            record.file(ref, segment);
          } else {
            ref = encodeLogRef(segment, record.bodyOffset, body!.length, crc32(body!));
            record.body(ref, body!.length);
          }
          refs.push(ref);
        }
      }
      record.row(key, version, since, ref, value, before);
      const entryBytes = ENTRY_BYTES + (ref === undefined ? 0 : ref.length) + value.length;
      this.#queue.setRow({ name, version, segment, since, entryBytes, group });
    }
    for (const { key, name, before } of gone) {
      record.gone(key, version, before.since, segment, before);
      this.#queue.setRow({ name, version: 0, segment, since: segment, entryBytes: 0, group });
    }
    record.end();
    if (bodyBytes > 0) for (const { body } of blobs) if (body !== undefined) group.addBody(body);
    return new Promise((resolve, reject) => {
      group.waiters.push({
        version,
        resolve: () => {
          for (let i = 0; i < blobs.length; i++) {
            blobs[i]!.state = 'attached';
            this.#hooks.attached(blobs[i]!, refs[i]!);
          }
          resolve({ ok: true, version });
        },
        reject: (error) => {
          for (const blob of blobs) blob.state = 'staged';
          reject(error);
        },
      });
    });
  }

  /** The staged blobs of a commit, claimed. @throws StoreError misuse; none is claimed then */
  #claimable(puts: readonly Put[]): readonly LocalStaged[] {
    let blobs: LocalStaged[] | undefined;
    for (const { blob } of puts) {
      if (blob === undefined || Buffer.isBuffer(blob)) continue;
      const own = ownBlob(blob, this.#hooks.owner);
      if (own.state !== 'staged') throw new StoreError('misuse', `The staged blob is ${own.state}`);
      blobs ??= [];
      if (blobs.includes(own)) throw new StoreError('misuse', 'A staged blob is attached to one row only');
      blobs.push(own);
    }
    if (blobs === undefined) return NONE;
    for (const blob of blobs) blob.state = 'claimed';
    return blobs;
  }

  #failing(checks: readonly Check[]): Buffer | undefined {
    for (const { key, version } of checks) {
      assertKey(key);
      const name = nameOf(key);
      const row = this.#rowOf(key, name);
      if (row.version !== version) return key;
      if (this.#seenNames.length < SEEN_ROWS) {
        this.#seenNames.push(name);
        this.#seenRows.push(row);
      }
    }
    return undefined;
  }

  /**
   * A condition failed. When the cause is a commit that is under way, nobody may hear of it before that commit is
   * certain: who reads again at once would see the old row.
   */
  async #refuse(commit: Commit, failed: Buffer): Promise<CommitResult> {
    const cause = this.#queue.pending.get(nameOf(failed));
    if (cause === undefined || (await cause.group.settled())) return { ok: false, failed };
    return this.commit(commit);
  }

  /** Nothing to write: the conditions hold once all that was admitted before is certain. */
  async #unchanged(commit: Commit): Promise<CommitResult> {
    const version = this.#queue.lastSequence;
    if (!(await this.#queue.settled())) return this.commit(commit);
    return { ok: true, version };
  }

  #rowOf(key: Buffer, name: string): RowState {
    const at = this.#seenNames.indexOf(name);
    return at >= 0 ? this.#seenRows[at]! : (this.#queue.pending.get(name) ?? this.#index.db.rowState(key));
  }
}

export function nameOf(key: Buffer): string {
  return key.toString('latin1');
}

/** @throws StoreError misuse for a key that the index cannot hold */
export function assertKey(key: Buffer): void {
  if (key.length === 0 || key.length > STORE_LIMITS.keyBytes)
    throw new StoreError('misuse', `A key of ${key.length} bytes`);
}
