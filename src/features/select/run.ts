/** Runs a plan over an object and answers with the messages of an event stream. Source: spec/objects.md §10.2. */
import { CosError } from '../../errors/cos-error.ts';
import { findRow } from '../../errors/table.ts';
import {
  continuationMessage,
  endMessage,
  errorMessage,
  progressMessage,
  recordsMessage,
  statsMessage,
} from './event-stream.ts';
import { decompressed } from './input/decompress.ts';
import { textBlocks } from './input/text.ts';
import type { SelectPlan } from './plan.ts';
import type { SelectSource } from './request.ts';
import { selection } from './selection.ts';

/** Clients give up after 3 s of silence and are promised a sign of life every second; time is read between records. */
const HEARTBEAT_MS = 500;
/** Longest turn without other work of the process. */
const TURN_MS = 10;
/** Characters of rows that are sent together. */
const BATCH = 64 * 1024;
/** Most payload of a message, bytes. */
const MAX_PAYLOAD = 128 * 1024;

export type MonotonicMs = () => number;

/** Every error becomes an Error message, nothing after it. @param onFault told of errors that are no CosError */
export function runSelect(
  plan: SelectPlan,
  source: SelectSource,
  monotonicMs: MonotonicMs,
  onFault: (error: unknown) => void = () => {},
): AsyncIterableIterator<Buffer> {
  const run = new Run(plan, source, monotonicMs);
  return guarded(run, run.messages(), onFault);
}

/**
 * As `runSelect`, but waits for the first message, so that what fails before it can be answered with a status. Whoever
 * does not read the result to its end calls its `return`.
 *
 * @throws whatever fails before the first message: the codes of the data and of the evaluation as CosError
 */
export async function openSelect(
  plan: SelectPlan,
  source: SelectSource,
  monotonicMs: MonotonicMs,
  onFault: (error: unknown) => void = () => {},
): Promise<AsyncIterableIterator<Buffer>> {
  const run = new Run(plan, source, monotonicMs);
  const messages = run.messages();
  let first: IteratorResult<Buffer> | undefined = await messages.next();
  const others = guarded(run, messages, onFault);
  const opened: AsyncIterableIterator<Buffer> = {
    async next() {
      const result = first ?? (await others.next());
      first = undefined;
      return result;
    },
    async return() {
      await others.return(undefined);
      // A generator that was never asked has not closed what it reads.
      return messages.return(undefined);
    },
    [Symbol.asyncIterator]: () => opened,
  };
  return opened;
}

async function* guarded(
  run: Run,
  messages: AsyncGenerator<Buffer>,
  onFault: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  try {
    yield* messages;
  } catch (error) {
    if (!(error instanceof CosError)) onFault(error);
    yield* run.flush();
    yield errorOf(error);
  }
}

class Run {
  readonly #plan: SelectPlan;
  readonly #source: SelectSource;
  readonly #monotonicMs: MonotonicMs;
  readonly #counters = { scanned: 0, processed: 0, returned: 0 };
  /** Rows that wait to be sent. */
  #rows = '';
  #sentAt: number;
  #progressAt: number;
  #turnAt: number;

  constructor(plan: SelectPlan, source: SelectSource, monotonicMs: MonotonicMs) {
    this.#plan = plan;
    this.#source = source;
    this.#monotonicMs = monotonicMs;
    this.#sentAt = monotonicMs();
    this.#progressAt = this.#sentAt;
    this.#turnAt = this.#sentAt;
  }

  /** @throws CosError, and what the source throws */
  async *messages(): AsyncGenerator<Buffer> {
    const { compression, progress } = this.#plan.request;
    const rows = selection(this.#plan);
    const stored = this.#counted(this.#source.chunks(), 'scanned');
    for await (const text of textBlocks(this.#counted(decompressed(stored, compression), 'processed'))) {
      yield* this.#each(rows.feed(text));
      if (rows.complete) break;
    }
    yield* this.#each(rows.end());
    yield* this.flush();
    if (progress) yield progressMessage(this.#counters);
    yield statsMessage(this.#counters);
    yield endMessage();
  }

  /** Sends the rows that wait. */
  *flush(): Generator<Buffer> {
    const payload = Buffer.from(this.#rows);
    this.#rows = '';
    for (let at = 0; at < payload.length; at += MAX_PAYLOAD) {
      const part = payload.subarray(at, at + MAX_PAYLOAD);
      this.#counters.returned += part.length;
      yield recordsMessage(part);
    }
  }

  async *#each(rows: Iterable<string>): AsyncGenerator<Buffer> {
    for (const row of rows) {
      this.#rows += row;
      const now = this.#monotonicMs();
      if (this.#rows.length >= BATCH || this.#isDue(now)) yield* this.#send(now);
      if (now - this.#turnAt >= TURN_MS) await this.#turn();
    }
    const now = this.#monotonicMs();
    if (this.#isDue(now)) yield* this.#send(now);
    if (now - this.#turnAt >= TURN_MS) await this.#turn();
  }

  #isDue(now: number): boolean {
    return now - this.#sentAt >= HEARTBEAT_MS || this.#isProgressDue(now);
  }

  #isProgressDue(now: number): boolean {
    return this.#plan.request.progress && now - this.#progressAt >= HEARTBEAT_MS;
  }

  *#send(now: number): Generator<Buffer> {
    const progress = this.#isProgressDue(now);
    if (this.#rows === '' && !progress) yield continuationMessage();
    yield* this.flush();
    if (progress) {
      this.#progressAt = now;
      yield progressMessage(this.#counters);
    }
    this.#sentAt = now;
  }

  async #turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#turnAt = this.#monotonicMs();
  }

  async *#counted(chunks: AsyncIterable<Buffer>, counter: 'scanned' | 'processed'): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#counters[counter] += chunk.length;
      yield chunk;
    }
  }
}

function errorOf(error: unknown): Buffer {
  const { code, message } =
    error instanceof CosError
      ? { code: error.code, message: error.details.message }
      : { code: 'InternalError' as const, message: undefined };
  return errorMessage(code, message ?? findRow(code).message);
}
