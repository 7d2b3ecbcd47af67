/** The content of one file on the simulated disk: what programs see, what is durable, and the changes between. */
import { type SeededRandom, survivalRate } from './sim-random.ts';

/** Unit in which a write can be torn, bytes. */
export const SECTOR = 512;

interface Change {
  /** Grows over the disk. */
  readonly sequence: number;
  /** The bytes written at `position`; absent for a truncation. */
  readonly data?: Buffer;
  /** Start of the write, or the new length. */
  readonly position: number;
  /** File size once the change is applied. */
  readonly sizeAfter: number;
}

/** Bytes that grow; what lies between old end and new data reads as zeros. */
class Content {
  size = 0;
  #bytes = Buffer.alloc(0);

  write(data: Buffer, position: number): void {
    this.resize(Math.max(this.size, position + data.length));
    data.copy(this.#bytes, position);
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(size, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.size);
      this.#bytes = grown;
    } else if (size < this.size) this.#bytes.fill(0, size, this.size);
    this.size = size;
  }

  read(target: Buffer, position: number): number {
    return position >= this.size
      ? 0
      : this.#bytes.copy(target, 0, position, Math.min(this.size, position + target.length));
  }

  copy(): Content {
    const out = new Content();
    out.write(this.#bytes.subarray(0, this.size), 0);
    return out;
  }
}

export class SimFile {
  readonly #seen: Content;
  #durable: Content;
  /** Not yet durable, in order. */
  #changes: Change[] = [];

  constructor(content = new Content()) {
    this.#seen = content;
    this.#durable = content.copy();
  }

  get size(): number {
    return this.#seen.size;
  }

  read(target: Buffer, position: number): number {
    return this.#seen.read(target, position);
  }

  write(sequence: number, data: Buffer, position: number): void {
    this.#seen.write(data, position);
    this.#changes.push({ sequence, data: Buffer.from(data), position, sizeAfter: this.#seen.size });
  }

  truncate(sequence: number, length: number): void {
    this.#seen.resize(length);
    this.#changes.push({ sequence, position: length, sizeAfter: length });
  }

  /** Makes every change up to this sequence number durable. */
  sync(upTo: number): void {
    const waiting = this.#changes.findIndex(({ sequence }) => sequence > upTo);
    const done = this.#changes.splice(0, waiting < 0 ? this.#changes.length : waiting);
    for (const { data, position } of done) {
      if (data === undefined) this.#durable.resize(position);
      else this.#durable.write(data, position);
    }
    if (done.length > 0) this.#durable.resize(done.at(-1)!.sizeAfter);
  }

  /**
   * A sync that failed: pages are marked clean, some of them never written, and no later sync writes them. Programs
   * go on seeing what they wrote.
   */
  syncFailed(random: SeededRandom): void {
    this.#durable = this.#afterPowerLoss(random);
    this.#changes = [];
  }

  /** The file as it may stand after a power loss. */
  crashed(random: SeededRandom): SimFile {
    return new SimFile(this.#afterPowerLoss(random));
  }

  /**
   * Size and truncations survive up to some point of their order, as in a journal; of the data written any sectors
   * survive, whatever their order.
   */
  #afterPowerLoss(random: SeededRandom): Content {
    const out = this.#durable.copy();
    const changes = this.#changes;
    const rate = survivalRate(random);
    const journaled = rate === 1 ? changes.length : rate === 0 ? 0 : random.below(changes.length + 1);
    for (const [at, { data, position }] of changes.entries()) {
      if (data !== undefined) writeSome(out, data, position, rate, random);
      else if (at < journaled) out.resize(position);
    }
    out.resize(journaled === 0 ? this.#durable.size : changes[journaled - 1]!.sizeAfter);
    return out;
  }
}

function writeSome(out: Content, data: Buffer, position: number, rate: number, random: SeededRandom): void {
  for (let at = 0; at < data.length; ) {
    const length = Math.min(data.length - at, SECTOR - ((position + at) % SECTOR));
    if (random.chance(rate)) out.write(data.subarray(at, at + length), position + at);
    at += length;
  }
}
