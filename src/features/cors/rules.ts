/** CORS rules of a bucket: their shape, what they must be like, and their row. Source: spec/buckets.md §11. */
import { CosError } from '../../errors/cos-error.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export interface CorsRule {
  readonly id: string | undefined;
  /** At least one; each `*` or an origin with at most one `*` in it. */
  readonly origins: readonly string[];
  /** At least one. */
  readonly methods: readonly string[];
  /** Names of request headers, in any case, each with at most one `*` in it. */
  readonly headers: readonly string[];
  /** Names of response headers that scripts may read. */
  readonly expose: readonly string[];
  /** How long a browser may keep the answer to a preflight, s. */
  readonly maxAge: number | undefined;
}

export interface CorsConfiguration {
  /** Order, case and duplicates are kept. */
  readonly rules: readonly CorsRule[];
  /** Answers vary with the origin, and say so; undefined where it was not set. */
  readonly vary: boolean | undefined;
}

export const MAX_CORS_RULES = 100;
const METHODS: ReadonlySet<string> = new Set(['PUT', 'GET', 'POST', 'DELETE', 'HEAD']);
/** A header name (RFC 9110 `token`); `*` is one of its characters. Anything else must not get into our answers. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** @throws CosError InvalidArgument for values that no rule may have */
export function checkCors({ rules }: CorsConfiguration): void {
  if (rules.length > MAX_CORS_RULES) throw invalid(`There may be at most ${MAX_CORS_RULES} CORS rules.`);
  for (const { origins, methods, headers, expose } of rules) {
    for (const origin of origins) requireOneWildcard('AllowedOrigin', origin);
    const unknown = methods.find((method) => !METHODS.has(method));
    if (unknown !== undefined) throw invalid(`AllowedMethod must be PUT, GET, POST, DELETE or HEAD, not ${unknown}.`);
    for (const header of headers) {
      requireName('AllowedHeader', header);
      requireOneWildcard('AllowedHeader', header);
    }
    for (const header of expose) {
      requireName('ExposeHeader', header);
      if (header.includes('*')) throw invalid('ExposeHeader must not have a wildcard.');
    }
  }
}

function requireOneWildcard(element: string, value: string): void {
  if (value.indexOf('*') !== value.lastIndexOf('*')) throw invalid(`${element} must not have two wildcards: ${value}`);
}

function requireName(element: string, value: string): void {
  if (!TOKEN.test(value)) throw invalid(`${element} is not the name of a header: ${value}`);
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

type PackedRule = [string | null, string[], string[], string[], string[], number | null];

export function packCors({ rules, vary }: CorsConfiguration): Buffer {
  const packed = rules.map(({ id, origins, methods, headers, expose, maxAge }) => [
    id ?? null,
    origins,
    methods,
    headers,
    expose,
    maxAge ?? null,
  ]);
  return pack([1, packed, vary ?? null]);
}

export function unpackCors(value: Buffer): CorsConfiguration {
  const [, rules, vary] = unpack(value) as [number, PackedRule[], boolean | null];
  return {
    rules: rules.map(([id, origins, methods, headers, expose, maxAge]) => ({
      id: id ?? undefined,
      origins,
      methods,
      headers,
      expose,
      maxAge: maxAge ?? undefined,
    })),
    vary: vary ?? undefined,
  };
}
