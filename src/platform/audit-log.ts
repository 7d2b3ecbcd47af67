/**
 * The audit log: JSON lines in a file of its own, appended in the order in which requests ended. Rotation is the
 * system's: after the file was renamed, `reopen` begins a new one.
 */
import { closeSync, openSync } from 'node:fs';
import type { Clock } from './clock.ts';
import { LogSink } from './log-sink.ts';

/** What is known of a request that changed something or was refused. Nothing of it is secret. */
export interface AuditLine {
  readonly requestId: string;
  readonly remote: string;
  /** It came over TLS. */
  readonly secure: boolean;
  readonly method: string;
  /** Name of the operation; absent when the request did not get that far. */
  readonly operation?: string | undefined;
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
  /** Target, where the request is about no bucket. */
  readonly path?: string | undefined;
  /** APPID of the account of whoever signed; absent when nobody did, or the signature failed. */
  readonly account?: string | undefined;
  readonly ownerUin?: string | undefined;
  readonly uin?: string | undefined;
  /** Of a sub-user or role. */
  readonly name?: string | undefined;
  /** Of the key that signed, or that a failed signature names. */
  readonly secretId?: string | undefined;
  /** Name of the session of a temporary key. */
  readonly session?: string | undefined;
  readonly status: number;
  /** Error code on the wire. */
  readonly code?: string | undefined;
  /** What decided about the right to act. */
  readonly rule?: string | undefined;
  /** Ids of the fault rules that it met. */
  readonly fault?: string | undefined;
}

interface Open {
  readonly fd: number;
  readonly sink: LogSink;
}

const FILE_MODE = 0o600;
const SINK = { batchBytes: 16 * 1024, flushMs: 100, backlogBytes: 64 * 1024 ** 2 } as const;

export class AuditLog {
  readonly #file: string;
  readonly #clock: Clock;
  #open: Open;
  /** Of files that were replaced. */
  #closing: Promise<void> = Promise.resolve();
  #droppedBefore = 0;

  /** @throws Error of `fs.openSync` */
  constructor(file: string, clock: Clock) {
    this.#file = file;
    this.#clock = clock;
    this.#open = openFile(file);
  }

  /** Lines lost: the disk failed or could not follow. */
  get dropped(): number {
    return this.#droppedBefore + this.#open.sink.dropped;
  }

  write(line: AuditLine): void {
    const time = new Date(this.#clock.nowMs()).toISOString();
    this.#open.sink.write(`${JSON.stringify({ time, ...line })}\n`);
  }

  /** Opens the file by its name again. @throws Error of `fs.openSync`; then the file before stays in use */
  reopen(): void {
    const next = openFile(this.#file);
    const before = this.#open;
    this.#open = next;
    this.#closing = this.#closing.then(() => this.#finish(before));
  }

  /** Writes everything out, blocking; for the last moment of a process. */
  flushSync(): void {
    this.#open.sink.flushSync();
  }

  /** Writes everything out and closes the file. Lines after it are lost. */
  async close(): Promise<void> {
    await this.#closing;
    await this.#finish(this.#open);
  }

  async #finish({ fd, sink }: Open): Promise<void> {
    await sink.close();
    if (sink !== this.#open.sink) this.#droppedBefore += sink.dropped;
    closeSync(fd);
  }
}

function openFile(file: string): Open {
  const fd = openSync(file, 'a', FILE_MODE);
  return { fd, sink: new LogSink({ fd, ...SINK }) };
}
