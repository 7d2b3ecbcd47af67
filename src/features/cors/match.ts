/**
 * Which CORS rule is about a request, and what it lets a browser do. Rules are compiled once for each change of a
 * bucket's configuration. Source: spec/buckets.md §11.
 */
import type { CorsConfiguration, CorsRule } from './rules.ts';

/** What the answer tells the browser. */
export interface CorsAllowance {
  /** `*`, or the origin of the request. */
  readonly origin: string;
  /** Scripts may send credentials: only where the origin is named. */
  readonly credentials: boolean;
  /** Lists are joined by commas. */
  readonly methods: string;
  /** Request headers, in lower case; of preflights alone, '' when there is none. */
  readonly headers: string;
  /** '' when there is none. */
  readonly expose: string;
  /** s */
  readonly maxAge: string | undefined;
}

export interface CorsMatcher {
  /**
   * The first rule that allows origin, method and every header.
   * @param headers names as the preflight lists them, in any case
   */
  preflight(origin: string, method: string, headers: readonly string[]): CorsAllowance | undefined;
  /** The first rule that allows origin and method. */
  actual(origin: string, method: string): CorsAllowance | undefined;
}

/** One `*` stands for any text, also for none. */
type Pattern = (text: string) => boolean;

interface Compiled {
  readonly origins: readonly { readonly any: boolean; readonly matches: Pattern }[];
  readonly methods: ReadonlySet<string>;
  readonly headers: readonly Pattern[];
  /** The rule's headers as an answer lists them; undefined where a wildcard makes it list those that were asked for. */
  readonly listed: string | undefined;
  readonly allowance: Omit<CorsAllowance, 'origin' | 'credentials' | 'headers'>;
}

export function compileCors({ rules }: CorsConfiguration): CorsMatcher {
  const compiled = rules.map(compileRule);
  return {
    preflight(origin, method, asked) {
      const headers = asked.map((name) => name.toLowerCase());
      for (const rule of compiled) {
        const allowed = allowedOrigin(rule, origin, method);
        if (allowed === undefined) continue;
        if (!headers.every((name) => rule.headers.some((matches) => matches(name)))) continue;
        return allowance(rule, allowed, rule.listed ?? headers.join(','));
      }
      return undefined;
    },
    actual(origin, method) {
      for (const rule of compiled) {
        const allowed = allowedOrigin(rule, origin, method);
        if (allowed !== undefined) return allowance(rule, allowed, '');
      }
      return undefined;
    },
  };
}

function compileRule({ origins, methods, headers, expose, maxAge }: CorsRule): Compiled {
  const lower = headers.map((name) => name.toLowerCase());
  return {
    origins: origins.map((origin) => ({ any: origin === '*', matches: pattern(origin) })),
    methods: new Set(methods),
    headers: lower.map(pattern),
    listed: lower.some((name) => name.includes('*')) ? undefined : lower.join(','),
    allowance: {
      methods: methods.join(','),
      expose: expose.join(','),
      maxAge: maxAge === undefined ? undefined : String(maxAge),
    },
  };
}

function pattern(text: string): Pattern {
  const at = text.indexOf('*');
  if (at < 0) return (given) => given === text;
  const before = text.slice(0, at);
  const after = text.slice(at + 1);
  const shortest = before.length + after.length;
  return (given) => given.length >= shortest && given.startsWith(before) && given.endsWith(after);
}

function allowedOrigin({ origins, methods }: Compiled, origin: string, method: string): string | undefined {
  if (!methods.has(method)) return undefined;
  const entry = origins.find(({ matches }) => matches(origin));
  return entry === undefined || !entry.any ? entry && origin : '*';
}

function allowance({ allowance: fixed }: Compiled, origin: string, headers: string): CorsAllowance {
  return { origin, credentials: origin !== '*', headers, ...fixed };
}
