/**
 * The hashes of the xxHash family that Amazon S3 has for checksums: XXH64 and XXH3 of 64 and 128 bits, seed 0, as the
 * canonical (big-endian) bytes. hash-wasm computes them; its modules are loaded when they are first needed.
 * Source: spec/s3.md §5.2.
 */
import { createRequire } from 'node:module';
import type { createXXHash3, createXXHash64, createXXHash128, IHasher } from 'hash-wasm';

/**
 * The package's files of one algorithm are CommonJS without types, and a tenth of the whole. `require` finds them from a
 * module and from a test under Jest, where `import()` fails.
 */
const require = createRequire(import.meta.url);

interface Parts {
  readonly xxhash64: { readonly createXXHash64: typeof createXXHash64 };
  readonly xxhash3: { readonly createXXHash3: typeof createXXHash3 };
  readonly xxhash128: { readonly createXXHash128: typeof createXXHash128 };
}

const part = <N extends keyof Parts>(name: N): Parts[N] => require(`hash-wasm/dist/${name}.umd.min.js`) as Parts[N];

const CREATE = {
  XXHASH64: async () => part('xxhash64').createXXHash64(),
  XXHASH3: async () => part('xxhash3').createXXHash3(),
  XXHASH128: async () => part('xxhash128').createXXHash128(),
} as const satisfies Record<string, () => Promise<IHasher>>;

export type XxhName = keyof typeof CREATE;

export const isXxh = (name: string): name is XxhName => Object.hasOwn(CREATE, name);

/** The one instance of a module, and whose state is in it. */
interface Shared {
  readonly hasher: IHasher;
  holder: RunningXxh | undefined;
}

const loaded = new Map<XxhName, Shared>();
const loading = new Map<XxhName, Promise<void>>();

/** @returns undefined once it is there. Rejects where there is no WebAssembly; the next call tries again. */
export function loadXxh(name: XxhName): Promise<void> | undefined {
  if (loaded.has(name)) return undefined;
  let pending = loading.get(name);
  if (pending === undefined) {
    pending = CREATE[name]()
      .then((hasher) => void loaded.set(name, { hasher, holder: undefined }))
      .finally(() => loading.delete(name));
    loading.set(name, pending);
  }
  return pending;
}

/** @throws Error before {@link loadXxh} */
export function startXxh(name: XxhName): RunningXxh {
  const shared = loaded.get(name);
  if (shared === undefined) throw new Error(`${name} is not loaded`);
  return new RunningXxh(shared);
}

/** Creating a hasher is asynchronous and costs memory of its own: bodies that arrive at once take turns in one. */
export class RunningXxh {
  readonly #shared: Shared;
  /** Some 600 bytes at most, while another one holds the instance. */
  #state: Uint8Array | undefined;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  update(chunk: Uint8Array): this {
    this.#hold().update(chunk);
    return this;
  }

  /** To be called once. */
  digest(): Buffer {
    const digest = this.#hold().digest('binary');
    this.#shared.holder = undefined;
    return Buffer.from(digest.buffer, digest.byteOffset, digest.length);
  }

  #hold(): IHasher {
    const shared = this.#shared;
    const { hasher, holder } = shared;
    if (holder === this) return hasher;
    if (holder !== undefined) holder.#state = hasher.save();
    if (this.#state === undefined) hasher.init();
    else hasher.load(this.#state);
    shared.holder = this;
    return hasher;
  }
}
