/** What the load generator can be told to do, and what it answers. Plain data: it crosses a process boundary. */

/** Names of objects, by number. */
export interface KeySpace {
  readonly prefix: string;
  readonly count: number;
  /** Spreads the keys over so many folders under the prefix. */
  readonly folders?: number;
}

export interface Target {
  readonly port: number;
  /** Value of the Host header. */
  readonly host: string;
  /** Without it requests are not signed, and the path starts with the size that is asked for (see bare-server). */
  readonly credentials?: { readonly secretId: string; readonly secretKey: string };
}

/** How requests are signed: as those of COS, or with Signature Version 4 with or without the digest of the body. */
export type Signing = 'cos' | 's3-unsigned' | 's3-signed';

export interface Job {
  readonly target: Target;
  /** Default: `cos`. S3 signs objects alone, no lists. */
  readonly signing?: Signing;
  readonly method: 'PUT' | 'GET' | 'HEAD' | 'DELETE';
  readonly keys: KeySpace;
  /** `once`: each key one time, from run to run; `around`: again and again, in a shuffled order. */
  readonly order: 'once' | 'around';
  /** Bytes sent by a PUT, or those that a GET must give. undefined: any length (lists). */
  readonly bytes: number | undefined;
  /** Signed, and part of the target; then the path is `/`. */
  readonly params?: readonly (readonly [name: string, value: string])[];
  /** How often a text must be in a sampled answer. */
  readonly sample?: { readonly text: string; readonly times: number };
  readonly connections: number;
  /** The status every answer must have. */
  readonly status: number;
}

export interface RunLimits {
  readonly ms: number;
  /** Requests that are prepared ahead and not exceeded. */
  readonly requests: number;
}

export interface RunResult {
  readonly requests: number;
  /** Of bodies, in the direction that matters. */
  readonly bytes: number;
  /** From the first request to the last answer. */
  readonly ms: number;
  /** `Histogram.counts` */
  readonly latencies: readonly number[];
  /** Answers whose body was compared. */
  readonly sampled: number;
  /** Answers that were wrong, and the first few. */
  readonly wrong: number;
  readonly examples: readonly string[];
  /** Keys of an `once` job that have been used up to now. */
  readonly used: number;
}

export type ToWorker =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'run'; readonly limits: RunLimits };
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: RunResult }
  | { readonly type: 'failed'; readonly message: string };

export function keyAt({ prefix, folders }: KeySpace, number: number): string {
  if (folders === undefined) return `${prefix}${digits(number, 7)}`;
  return `${prefix}${digits(number % folders, 4)}/${digits(Math.floor(number / folders), 6)}`;
}

function digits(number: number, width: number): string {
  return String(number).padStart(width, '0');
}

let pattern = Buffer.alloc(0);

/** The body of every object of this size: cheap to make, and no two blocks of it are alike. */
export function bodyOf(bytes: number): Buffer {
  if (pattern.length < bytes) {
    const longer = Buffer.allocUnsafe(Math.max(bytes, 65_536));
    for (let at = 0, x = 0x2545f491; at + 4 <= longer.length; at += 4) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      longer.writeInt32LE(x, at);
    }
    longer.fill(7, longer.length & ~3);
    pattern = longer;
  }
  return pattern.subarray(0, bytes);
}
