/** How far a snapshot is, on standard error: one line that changes on a terminal, a line every second elsewhere. */
import type { SnapshotCounts, SnapshotHeader } from '../features/snapshot/format.ts';
import type { Clock } from '../platform/clock.ts';

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const LINE_MS = 1_000;
const TERMINAL_MS = 100;

export class Progress {
  readonly #verb: string;
  readonly #output: Output;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #everyMs: number;
  #nextMs: number;
  #isOpen = false;

  /** @param verb what happens to the objects: `saved` */
  constructor(verb: string, output: Output, clock: Pick<Clock, 'monotonicMs'>) {
    this.#verb = verb;
    this.#output = output;
    this.#clock = clock;
    this.#everyMs = output.isTTY === true ? TERMINAL_MS : LINE_MS;
    this.#nextMs = clock.monotonicMs() + this.#everyMs;
  }

  readonly tell = (done: SnapshotCounts, header: SnapshotHeader): void => {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + this.#everyMs;
    const percent = percentOf(done, header);
    const text = `${this.#verb}: ${done.objects} objects, ${bytesText(done.bytes)}${percent === undefined ? '' : `, ${percent} %`}`;
    if (this.#output.isTTY === true) this.#output.write(`\r\u001b[K${text}`);
    else this.#output.write(`cosette: ${text}\n`);
    this.#isOpen = this.#output.isTTY === true;
  };

  end(): void {
    if (this.#isOpen) this.#output.write('\r\u001b[K');
    this.#isOpen = false;
  }
}

/** Of bodies: the bytes say more, unless there are none. Never 100 before the end. */
function percentOf({ blobs, bytes }: SnapshotCounts, { estimate }: SnapshotHeader): number | undefined {
  const share = estimate.bytes > 0 ? bytes / estimate.bytes : estimate.blobs > 0 ? blobs / estimate.blobs : undefined;
  return share === undefined ? undefined : Math.min(99, Math.floor(share * 100));
}

export function figuresText({ objects, blobs, bytes }: SnapshotCounts): string {
  return `${objects} objects and versions, ${blobs} bodies, ${bytesText(bytes)}`;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'];

/** `512 bytes`, `1.5 MiB` */
export function bytesText(bytes: number): string {
  let shown = bytes;
  let unit = -1;
  while (shown >= 1_024 && unit < UNITS.length - 1) {
    shown /= 1_024;
    unit += 1;
  }
  return unit < 0 ? `${bytes} bytes` : `${shown.toFixed(1)} ${UNITS[unit]}`;
}
