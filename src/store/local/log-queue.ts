/**
 * The one way into the log. Records are admitted synchronously and in order, written in groups (one write, one sync;
 * the next begins as soon as the last has ended), applied to the index, and only then acknowledged.
 */
import { StoreError } from '../store.ts';
import { diskError, isFull } from './errors.ts';
import { ChunkPool, Group, type PendingRow, RecordWriter } from './group.ts';
import type { IndexState } from './index-state.ts';
import type { LocalStoreEvent } from './options.ts';
import type { Reserve } from './reserve.ts';
import { SEGMENT_HEADER_BYTES, type Segment, type Segments } from './segments.ts';

const GROUP_BYTES = 8 * 1024 ** 2;
const GROUP_RECORDS = 1_024;

export interface LogQueueOptions {
  readonly segmentBytes: number;
  readonly pendingBytes: number;
  /** Wait for the disk. */
  readonly sync: boolean;
  readonly log: (event: LocalStoreEvent) => void;
  readonly reserve: Reserve;
  /** Told whenever bytes of the log, and the changes of rows in them, have been applied. */
  readonly applied: (bytes: number, changes: number) => void;
}

/** Names of rows have no character above 255. */
const freeName = (ref: Buffer): string => `\u0100${ref.toString('latin1')}`;

export class LogQueue {
  /** Rows as they will be once all that was admitted is applied. */
  readonly pending = new Map<string, PendingRow>();
  readonly #segments: Segments;
  readonly #index: IndexState;
  readonly #options: LogQueueOptions;
  readonly #pool = new ChunkPool();
  /** Not yet started. */
  readonly #queue: Group[] = [];
  /** Admitted, from the write to the index. */
  #unsettled = 0;
  #pendingBytes = 0;
  #current: Segment | undefined;
  #tailSegment: number;
  #tailOffset: number;
  #nextSequence: number;
  #durableSequence: number;
  #running = false;
  #recovering: Promise<void> | undefined;
  #failure: StoreError | undefined;
  #closed = false;
  #roomWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];
  #last: Group | undefined;

  /** @param nextSequence above that of every record */
  constructor(segments: Segments, index: IndexState, nextSequence: number, options: LogQueueOptions) {
    this.#segments = segments;
    this.#index = index;
    this.#options = options;
    this.#nextSequence = nextSequence;
    this.#durableSequence = nextSequence - 1;
    this.#current = segments.newest();
    this.#tailSegment = this.#current?.number ?? 1;
    this.#tailOffset = this.#current?.size ?? SEGMENT_HEADER_BYTES;
  }

  /** Segment that the next record goes to, unless it ends there. */
  get activeSegment(): number {
    return this.#tailSegment;
  }

  /** Of the last record that was admitted. */
  get lastSequence(): number {
    return this.#nextSequence - 1;
  }

  /** Undefined when a record may be admitted at once, else when to try again. @throws StoreError closed, failed */
  room(): Promise<void> | undefined {
    this.assertUsable();
    if (this.#recovering !== undefined) return this.#recovering;
    if (this.#pendingBytes <= this.#options.pendingBytes) return undefined;
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** @throws StoreError full while only what makes room may pass */
  assertSpace(): void {
    if (!this.#options.reserve.held) throw new StoreError('full', 'No space is left on the device');
  }

  assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new StoreError('closed', 'The store is closed');
  }

  /** Admits a record of exactly these sizes. The caller fills it at once, ends it and calls `added`. */
  begin(headBytes: number, bodyBytes: number): RecordWriter {
    const bytes = headBytes + bodyBytes;
    if (this.#tailOffset > SEGMENT_HEADER_BYTES && this.#tailOffset + bytes > this.#options.segmentBytes) this.roll();
    let group = this.#queue.at(-1);
    if (
      group === undefined ||
      group.segment !== this.#tailSegment ||
      group.records >= GROUP_RECORDS ||
      group.bytes + bytes > GROUP_BYTES
    ) {
      group = new Group(this.#pool, this.#tailSegment, this.#tailOffset);
      this.#queue.push(group);
      this.#unsettled += 1;
      this.#last = group;
    }
    this.#tailOffset += bytes;
    this.#pendingBytes += bytes;
    const sequence = this.#nextSequence;
    this.#nextSequence += 1;
    if (!this.#running) {
      this.#running = true;
      queueMicrotask(() => void this.#run());
    }
    return new RecordWriter(group, sequence, headBytes, bodyBytes);
  }

  /** Resolves with the version when the record is durable and in the index. */
  added({ group, sequence }: RecordWriter): Promise<number> {
    return new Promise((resolve, reject) => group.waiters.push({ version: sequence, resolve, reject }));
  }

  setRow(row: PendingRow): void {
    this.pending.set(row.name, row);
    row.group.rows.push(row);
  }

  /** True when the deletion of a blob is admitted and not yet in the index. */
  isFreeing(ref: Buffer): boolean {
    return this.pending.has(freeName(ref));
  }

  setFreeing(ref: Buffer, group: Group): void {
    this.setRow({ name: freeName(ref), version: 0, segment: 0, since: 0, entryBytes: 0, group });
  }

  /** The next record begins a new segment. */
  roll(): void {
    if (this.#tailOffset === SEGMENT_HEADER_BYTES) return;
    this.#tailSegment += 1;
    this.#tailOffset = SEGMENT_HEADER_BYTES;
  }

  /** The fate of all that is admitted now: true when it is durable. */
  async settled(): Promise<boolean> {
    return this.#unsettled === 0 || this.#last === undefined ? true : this.#last.settled();
  }

  /** Refuses further records and waits for those admitted. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#roomWaiters.splice(0)) wake();
    if (this.#running) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
    await this.#recovering;
  }

  async #run(): Promise<void> {
    let writing = this.#startNext();
    while (writing !== undefined) {
      const { group, done } = writing;
      const error = await done;
      if (error !== undefined) {
        this.#failed(group, error);
        break;
      }
      // The disk works on the next group while this one goes into the index.
      writing = this.#startNext();
      if (!(await this.#apply(group))) {
        await writing?.done;
        if (writing !== undefined) this.#rejectAll([writing.group], this.#failure!);
        break;
      }
      writing ??= this.#startNext();
    }
    this.#running = false;
    if (this.#queue.length > 0 && this.#failure === undefined && this.#recovering === undefined) {
      this.#running = true;
      return this.#run();
    }
    for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  /** `done` never rejects: it resolves with the error, if any. */
  #startNext(): { readonly group: Group; readonly done: Promise<unknown> } | undefined {
    const group = this.#queue.shift();
    if (group === undefined) return undefined;
    group.seal();
    return { group, done: this.#write(group).then(undefined, (error: unknown) => error ?? new Error('unknown')) };
  }

  async #write(group: Group): Promise<void> {
    if (this.#current?.number !== group.segment) {
      this.#current = await this.#segments.create({
        number: group.segment,
        previous: this.#current?.number ?? 0,
        previousBytes: this.#current?.size ?? 0,
        firstSequence: group.sequence - group.records + 1,
      });
    }
    const { file } = this.#current;
    await file.write(group.pieces, group.offset);
    if (this.#options.sync) await file.sync();
    this.#current.size = group.end;
  }

  async #apply(group: Group): Promise<boolean> {
    try {
      this.#index.apply(group.changes, { sequence: group.sequence, segment: group.segment, offset: group.end });
    } catch (error) {
      if (!(await this.#applyAgain(group, error))) return false;
    }
    this.#durableSequence = group.sequence;
    for (const act of group.applied) act();
    for (const row of group.rows) if (this.pending.get(row.name) === row) this.pending.delete(row.name);
    this.#settle(group);
    this.#options.applied(group.bytes, group.changes.length);
    return true;
  }

  /** The log has the group, so the index must get it. For want of space there is the reserve; else the store stops. */
  async #applyAgain(group: Group, error: unknown): Promise<boolean> {
    try {
      if (!isFull(error)) throw error;
      this.#options.log({ kind: 'disk-full', error });
      this.#index.reload();
      await this.#options.reserve.giveUp();
      this.#index.apply(group.changes, { sequence: group.sequence, segment: group.segment, offset: group.end });
      return true;
    } catch (cause) {
      this.#stop(new StoreError('failed', 'The index cannot be written; the log has everything', { cause }), [group]);
      return false;
    }
  }

  #settle(group: Group, error?: unknown): void {
    this.#unsettled -= 1;
    this.#pendingBytes -= group.bytes;
    group.finish(error);
    if (this.#roomWaiters.length > 0 && this.#pendingBytes <= this.#options.pendingBytes) {
      for (const wake of this.#roomWaiters.splice(0)) wake();
    }
  }

  /** A write failed: nothing of what was admitted and is not durable may ever come to light. */
  #failed(group: Group, error: unknown): void {
    const groups = [group, ...this.#queue.splice(0)];
    if (!isFull(error)) {
      this.#stop(diskError(error, 'The log cannot be written'), groups);
      return;
    }
    this.#options.log({ kind: 'disk-full', error });
    this.pending.clear();
    this.#nextSequence = this.#durableSequence + 1;
    this.#recovering = this.#cutBack().then(
      () => {
        this.#recovering = undefined;
        this.#rejectAll(groups, diskError(error, 'The log cannot be written'));
      },
      (cause: unknown) => {
        this.#recovering = undefined;
        this.#stop(new StoreError('failed', 'The log cannot be cut back after a full disk', { cause }), groups);
      },
    );
  }

  /** Takes back what a failed write may have left behind the last durable record. */
  async #cutBack(): Promise<void> {
    await this.#options.reserve.giveUp();
    if (this.#current === undefined) {
      this.#tailSegment = 1;
      this.#tailOffset = SEGMENT_HEADER_BYTES;
      return;
    }
    await this.#current.file.truncate(this.#current.size);
    await this.#current.file.sync();
    this.#tailSegment = this.#current.number;
    this.#tailOffset = this.#current.size;
  }

  #stop(error: StoreError, groups: readonly Group[]): void {
    this.#failure = new StoreError('failed', error.message, { cause: error });
    this.#options.log({ kind: 'store-failed', error });
    this.pending.clear();
    this.#rejectAll([...groups, ...this.#queue.splice(0)], this.#failure);
    for (const wake of this.#roomWaiters.splice(0)) wake();
  }

  #rejectAll(groups: readonly Group[], error: StoreError): void {
    for (const group of groups) this.#settle(group, error);
  }
}
