/** What a tool for Amazon S3 can do, each method as one of its commands. A method that is absent is left out. */
import { spawnSync } from 'node:child_process';

/** What goes with an upload. */
export interface Given {
  readonly type?: string;
  /** Value of the user metadata `given`. */
  readonly meta?: string;
  readonly storageClass?: string;
}

/** Keys are those of the ordinary bucket; paths are of this machine. */
export interface Tool {
  upload(file: string, key: string, given?: Given): void;
  download(key: string, file: string): void;
  pipe?(content: string, key: string): void;
  /** Names and folders (with their slash) below a prefix that ends in a slash. */
  list(prefix: string): string[];
  /** Makes the prefix hold what the folder holds. @returns how many files moved or went */
  syncUp(folder: string, prefix: string): number;
  syncDown(prefix: string, folder: string): number;
  /** @returns whether both hold the same */
  equal?(folder: string, prefix: string): boolean;
  move?(from: string, to: string): void;
  copy?(from: string, to: string): void;
  presign?(key: string): string;
  /** Lets everybody read. */
  publish?(key: string): void;
  /** Brings a deleted object of the bucket with versions back. */
  undelete?(key: string): void;
  makeBucket?(name: string): void;
  buckets?(): string[];
  removeBucket?(name: string): void;
  /** Sets a rule with this name, and returns what the tool shows of all rules. */
  lifecycle?(rule: string): string;
  /** Everything below a prefix. */
  removeAll(prefix: string): void;
}

/** One command takes at most so many ms. */
const LONGEST_MS = 100_000;

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program with its environment, ready to be given arguments. */
export class Program {
  readonly #path: string;
  readonly #before: readonly string[];
  readonly #env: Readonly<Record<string, string>>;

  constructor(path: string, before: readonly string[], env: Readonly<Record<string, string>>) {
    this.#path = path;
    this.#before = before;
    this.#env = env;
  }

  /** @returns whatever the exit code is */
  try(args: readonly string[], input = ''): Ran {
    const env = { ...process.env, ...this.#env };
    const options = { env, input, encoding: 'utf8', timeout: LONGEST_MS, maxBuffer: 1 << 26 } as const;
    const { status, stdout, stderr, error } = spawnSync(this.#path, [...this.#before, ...args], options);
    if (error !== undefined) throw error;
    return { code: status, out: stdout, err: stderr };
  }

  /** @returns standard output @throws Error with the end of what the program said */
  run(args: readonly string[], input = ''): string {
    return this.tell(args, input).out;
  }

  /** Like {@link run}, with standard error. */
  tell(args: readonly string[], input = ''): Ran {
    const ran = this.try(args, input);
    if (ran.code !== 0) throw new Error(`${args.slice(0, 2).join(' ')}: ${(ran.out + ran.err).trim().slice(-220)}`);
    return ran;
  }
}

/** How many lines there are of a kind. */
export const countOf = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
