/** Measures the rows of the bench: what each needs in the store, and what it is compared with. */
import {
  type Case,
  type Effort,
  KIB,
  type ListCase,
  listedKeys,
  MIB,
  mostRequests,
  nameOf,
  type ObjectCase,
  workingSet,
} from './cases.ts';
import { fill } from './fill.ts';
import type { LoadGenerator } from './load/generator.ts';
import { type Job, type KeySpace, keyAt, type Target } from './load/job.ts';
import { type Measured, measure, median } from './measure.ts';
import { durableFilesPerSecond, hashedBytesPerSecond } from './probes.ts';
import type { BareServer } from './targets/bare.ts';
import type { CosetteServer } from './targets/cosette.ts';

export interface Row extends Measured {
  readonly name: string;
  readonly row: Case;
  /** PUT: objects per second by files per second that are written and synced by a bare program. */
  readonly filesRatio?: number;
  /** PUT of large bodies: bytes per second by those of MD5 and CRC-64 alone. */
  readonly hashRatio?: number;
}

export interface Bench {
  readonly folder: string;
  readonly effort: Effort;
  readonly real: { readonly server: CosetteServer; readonly generator: LoadGenerator };
  readonly bare: { readonly server: BareServer; readonly generator: LoadGenerator };
  readonly say: (text: string) => void;
}

export const OBJECT_BUCKET = 'bench';
const HASH_FROM = 64 * MIB;
/** A PUT row leaves what its DELETE row takes; without one, so many objects are made, bounded by bytes. */
const TO_DELETE = 5_000;

/** Bodies of the warm-up, bytes. */
const WARM_BYTES = 4 * KIB;

export class ObjectRows {
  readonly #bench: Bench;
  readonly #target: Target;
  /** Sizes whose objects for GET and HEAD are there. */
  readonly #readable = new Set<number>();
  /** By prefix: objects that PUT rows left. */
  readonly #written = new Map<string, number>();

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#target = bench.real.server.target(OBJECT_BUCKET);
  }

  async measure(row: ObjectCase): Promise<Row> {
    if (row.method === 'PUT') return this.#put(row);
    if (row.method === 'DELETE') return this.#delete(row);
    const { method, size } = row;
    const keys: KeySpace = { prefix: `r/${size}/`, count: workingSet(size) };
    if (!this.#readable.has(size)) {
      await fill(this.#bench.real.generator, this.#target, keys, size);
      this.#readable.add(size);
    }
    const measured = await this.#compare(row, { method, keys, order: 'around', bytes: size });
    return { name: nameOf(row), row, ...measured };
  }

  /**
   * Lets both servers run until their code is compiled: what is measured is a server that has been up for a while, not
   * its first seconds, in which the compiler takes a fifth of the time.
   */
  async warmUp(ms: number): Promise<void> {
    const { real, bare } = this.#bench;
    const keys: KeySpace = { prefix: 'w/', count: 2_000 };
    for (const [method, share] of [
      ['PUT', 1],
      ['GET', 0.5],
      ['HEAD', 0.5],
    ] as const) {
      for (const { generator, server } of [real, bare]) {
        const target = server === real.server ? this.#target : bare.server.target;
        const job = { target, method, keys, order: 'around', bytes: WARM_BYTES, connections: 64, status: 200 } as const;
        await generator.assign(job);
        await generator.run({ ms: ms * share, requests: 1_000_000 });
      }
    }
  }

  async #put(row: ObjectCase): Promise<Row> {
    const { size, connections } = row;
    const { effort, folder } = this.#bench;
    const count = mostRequests(size, effort.ms) * (effort.rounds + 1);
    const keys: KeySpace = { prefix: writePrefix(row), count };
    const files: number[] = [];
    const hashes: number[] = [];
    const between = async (): Promise<void> => {
      files.push(await durableFilesPerSecond(folder, size, connections, effort.ms / 2));
      if (size >= HASH_FROM) hashes.push(hashedBytesPerSecond(size));
    };
    const measured = await this.#compare(row, { method: 'PUT', keys, order: 'once', bytes: size }, between);
    this.#written.set(keys.prefix, measured.real.requests);
    const { perSecond, bytesPerSecond } = measured.real;
    return {
      name: nameOf(row),
      row,
      ...measured,
      filesRatio: perSecond / median(files),
      ...(hashes.length === 0 ? {} : { hashRatio: bytesPerSecond / median(hashes) }),
    };
  }

  async #delete(row: ObjectCase): Promise<Row> {
    const { size } = row;
    const prefix = writePrefix(row);
    let count = this.#written.get(prefix);
    if (count === undefined) {
      count = Math.min(TO_DELETE, Math.ceil((512 * MIB) / size));
      await fill(this.#bench.real.generator, this.#target, { prefix, count }, size);
    }
    this.#written.delete(prefix);
    const requests = Math.floor(count / (this.#bench.effort.rounds + 1));
    const job = { method: 'DELETE', keys: { prefix, count }, order: 'once', bytes: undefined } as const;
    const measured = await this.#compare(row, job, undefined, requests);
    return { name: nameOf(row), row, ...measured };
  }

  #compare(
    { size, connections, method }: ObjectCase,
    job: Pick<Job, 'method' | 'keys' | 'order' | 'bytes'>,
    between?: () => Promise<void>,
    requests = mostRequests(size, this.#bench.effort.ms),
  ): Promise<Measured> {
    const { real, bare, effort } = this.#bench;
    const common = { ...job, connections, status: method === 'DELETE' ? 204 : 200 };
    return measure(
      { generator: real.generator, pid: real.server.pid, job: { ...common, target: this.#target } },
      {
        generator: bare.generator,
        pid: bare.server.pid,
        job: { ...common, keys: { prefix: 'b', count: 256 }, order: 'around', target: bare.server.target },
      },
      { effort, requests, ...(between === undefined ? {} : { between }) },
    );
  }
}

function writePrefix({ size, connections }: ObjectCase): string {
  return `w/${size}/${connections}/`;
}

/** A bucket of so many empty objects, and the pages that are asked of it. */
export class ListRows {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  async measure(row: ListCase, target: Target): Promise<Row> {
    const { real, bare, effort } = this.#bench;
    const job = listJob(row, target);
    await real.generator.assign(job);
    const { bytes, requests } = await real.generator.run({ ms: 1_000, requests: 1 });
    const same: Job = {
      target: bare.server.target,
      method: 'GET',
      keys: { prefix: 'list', count: 1 },
      order: 'around',
      bytes: Math.round(bytes / requests),
      connections: row.connections,
      status: 200,
    };
    const measured = await measure(
      { generator: real.generator, pid: real.server.pid, job },
      { generator: bare.generator, pid: bare.server.pid, job: same },
      { effort, requests: 1_000_000 },
    );
    return { name: nameOf(row), row, ...measured };
  }
}

export function listJob({ keys: count, page, connections }: Omit<ListCase, 'kind'>, target: Target): Job {
  const keys = listedKeys(count);
  const middle = keyAt(keys, keys.folders! / 2);
  return {
    target,
    method: 'GET',
    keys: { prefix: 'list', count: 1 },
    order: 'around',
    bytes: undefined,
    params: page === 'middle' ? [['marker', middle]] : [['delimiter', '/']],
    sample: { text: page === 'middle' ? '<Key>' : '<CommonPrefixes>', times: 1_000 },
    connections,
    status: 200,
  };
}
