/** Policies of the directory, compiled once for each change of their text. */
import type { CompiledPolicy, PrincipalTest } from '../policy/types.ts';
import type { Account } from './types.ts';

/** What compiles policies: access/policy/. */
export interface PolicyCompiler {
  /** @throws an error whose message says what is wrong with the text */
  compile(text: string, place: { label: string; ownerAppid: string; ownerUin: string }): CompiledPolicy;
  /** Text of a preset, by its name. */
  preset(name: string): string | undefined;
  /** Names of all presets. */
  readonly presets: readonly string[];
}

interface Cached {
  readonly text: string;
  readonly appid: string;
  readonly compiled: CompiledPolicy;
}

export class PolicyCache {
  readonly #compiler: PolicyCompiler;
  #known: ReadonlyMap<string, Cached> = new Map();

  constructor(compiler: PolicyCompiler) {
    this.#compiler = compiler;
  }

  /** One round of compiling: what is not asked for in it is forgotten at its end. */
  round(): PolicyRound {
    return new PolicyRound(this.#compiler, this.#known, (kept) => {
      this.#known = kept;
    });
  }
}

export class PolicyRound {
  readonly #compiler: PolicyCompiler;
  readonly #before: ReadonlyMap<string, Cached>;
  readonly #kept = new Map<string, Cached>();
  readonly #end: (kept: ReadonlyMap<string, Cached>) => void;

  constructor(
    compiler: PolicyCompiler,
    before: ReadonlyMap<string, Cached>,
    end: (kept: ReadonlyMap<string, Cached>) => void,
  ) {
    this.#compiler = compiler;
    this.#before = before;
    this.#end = end;
  }

  /**
   * @param own text of the account's own policy of that name, if there is one
   * @returns a policy that denies everything where there is no text, or none that can be understood: what it forbade
   *   must not be allowed by the loss of it
   */
  policy({ uin, appid }: Account, name: string, own: string | undefined): CompiledPolicy {
    const preset = own === undefined ? this.#compiler.preset(name) : undefined;
    const text = own ?? preset;
    const label = preset === undefined ? `user policy ${name}` : `preset policy ${name}`;
    if (text === undefined) return denyAll(`${label} (missing)`);
    const key = `${uin}/${name}`;
    let cached = this.#kept.get(key) ?? this.#before.get(key);
    if (cached === undefined || cached.text !== text || cached.appid !== appid) {
      cached = { text, appid, compiled: this.#compile(text, label, appid, uin) };
    }
    this.#kept.set(key, cached);
    return cached.compiled;
  }

  end(): void {
    this.#end(this.#kept);
  }

  #compile(text: string, label: string, ownerAppid: string, ownerUin: string): CompiledPolicy {
    try {
      return this.#compiler.compile(text, { label, ownerAppid, ownerUin });
    } catch {
      return denyAll(`${label} (cannot be understood)`);
    }
  }
}

const EVERYBODY: PrincipalTest = { identity: () => true, account: () => true, everyone: true };

function denyAll(label: string): CompiledPolicy {
  return { label, statements: [{ effect: 'deny', id: '1', names: EVERYBODY, covers: () => true }] };
}
