/**
 * Where log lines go: an open file that is written in the background, in batches, by one write at a time. Measured at
 * half the cost of the logger library's own destination, which cuts everything into writes of 16 KiB.
 */
import { write, writeSync } from 'node:fs';

export interface SinkOptions {
  /** Open for writing; stays the caller's to close. */
  readonly fd: number;
  /** Bytes that are worth a write of their own; less waits for `flushMs`. */
  readonly batchBytes: number;
  /** ms a line waits at most before its write begins; 0: not at all. */
  readonly flushMs: number;
  /** Bytes that may wait; lines beyond are dropped. */
  readonly backlogBytes: number;
}

/** ms until a pipe that was full is tried again. */
const RETRY_MS = 20;
/** Tries of `flushSync` on a full pipe before it gives up. */
const SYNC_TRIES = 50;

export class LogSink {
  readonly #options: SinkOptions;
  /** Lines not yet handed to the system. */
  #waiting = '';
  #writing = false;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];
  #dropped = 0;
  #closed = false;

  constructor(options: SinkOptions) {
    this.#options = options;
  }

  /** Lines lost: the backlog was full, or the write failed (counted once a batch). */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param line ends in a newline */
  write(line: string): void {
    // UTF-16 units stand for bytes here: lines are nearly all ASCII.
    if (this.#closed || this.#waiting.length + line.length > this.#options.backlogBytes) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += line;
    if (this.#writing) return;
    if (this.#options.flushMs === 0 || this.#waiting.length >= this.#options.batchBytes) {
      this.#start();
    } else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#start(), this.#options.flushMs);
      this.#timer.unref();
    }
  }

  /** Resolves once everything that was written before has left. Never rejects. */
  flush(): Promise<void> {
    if (!this.#writing) this.#start();
    return this.#writing ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  /** Takes no more lines, and resolves once the file is no longer written to. */
  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  /** Blocks until what waits has left; a write under way is completed by the system when the process ends. */
  flushSync(): void {
    let batch = Buffer.from(this.#waiting);
    this.#waiting = '';
    for (let tries = 0; batch.length > 0 && tries < SYNC_TRIES; ) {
      try {
        batch = batch.subarray(writeSync(this.#options.fd, batch));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') break;
        tries += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
    if (batch.length > 0) this.#dropped += 1;
  }

  #start(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === '') {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const batch = Buffer.from(this.#waiting);
    this.#waiting = '';
    this.#writing = true;
    this.#push(batch);
  }

  #push(batch: Buffer): void {
    write(this.#options.fd, batch, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#push(batch), RETRY_MS).unref();
        return;
      }
      // A full disk or a closed pipe must not end the server: the lines are lost, the requests are not.
      if (error) this.#dropped += 1;
      else if (written < batch.length) {
        this.#push(batch.subarray(written));
        return;
      }
      this.#writing = false;
      if (this.#waiting.length >= this.#options.batchBytes || this.#options.flushMs === 0 || this.#idle.length > 0) {
        this.#start();
      } else if (this.#waiting !== '') {
        this.#timer = setTimeout(() => this.#start(), this.#options.flushMs);
        this.#timer.unref();
      }
    });
  }
}
