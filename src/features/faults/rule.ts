/** What a fault rule says, and whether a text from outside says it well. docs/faults.md has the table. */
import { z } from 'zod';
import type { ErrorCode } from '../../errors/codes.ts';
import { ERROR_TABLE } from '../../errors/table.ts';

/** Which requests; all that is given has to hold. */
export interface FaultMatch {
  /** COS's names of operations; undefined: any but the preflights of browsers. */
  readonly operations?: readonly string[] | undefined;
  /** Full name; `*` stands for any characters. */
  readonly bucket?: string | undefined;
  /** `*` stands for any characters, also `/`. */
  readonly keyPattern?: string | undefined;
  /** Of the key that signed. */
  readonly secretId?: string | undefined;
  /** Of who signed. */
  readonly uin?: string | undefined;
  /** Without a value: that the request has it. Its value may hold `*`. */
  readonly header?: { readonly name: string; readonly value?: string | undefined } | undefined;
}

/** Which of these; all that is given has to hold. */
export interface FaultWhen {
  /** Of 100, by chance; the same ones for the same seed. */
  readonly percent?: number | undefined;
  /** Default 1. */
  readonly seed?: number | undefined;
  /** Only the first so many. */
  readonly first?: number | undefined;
  /** Only each so-manieth. */
  readonly every?: number | undefined;
  /** At most so many faults. */
  readonly count?: number | undefined;
}

/** Before anything is done, or once the operation has been carried out. */
export type FaultMoment = 'before' | 'after';

export type FaultEffect =
  /** An error of the table. @see CosErrorDetails.status */
  | { readonly error: ErrorCode; readonly status?: number | undefined; readonly at?: FaultMoment | undefined }
  /** The answer is held back, ms. */
  | { readonly delayMs: number }
  /** Body of request and answer, bytes a second. */
  | { readonly bandwidth: number }
  /** The connection is reset instead of an answer. */
  | { readonly reset: FaultMoment }
  /** The answer ends after so many bytes of the body that it announced. */
  | { readonly truncateAfter: number }
  /** The checksum in the answer's header is not that of the object. */
  | { readonly wrongCrc: true }
  /** Listings are as they were so long ago, ms. */
  | { readonly staleList: number };

export interface EffectRule {
  /** Default: `f1`, `f2` … */
  readonly id?: string | undefined;
  readonly match?: FaultMatch | undefined;
  readonly when?: FaultWhen | undefined;
  readonly effect: FaultEffect;
}

/** A set of faults with a name: `name-profile`, where names of objects say what is answered. */
export interface SetRule {
  readonly id?: string | undefined;
  readonly set: 'name-profile';
  /** The full name of one bucket, which need not exist. */
  readonly match: { readonly bucket: string };
}

export type FaultRule = EffectRule | SetRule;

export class FaultRuleError extends Error {
  override readonly name = 'FaultRuleError';
}

/** Holds of answers and lags of listings, ms. */
const MAX_MS = 600_000;
const GIB = 1024 ** 3;
const MOST = 1_000_000_000;

const CODES: ReadonlySet<string> = new Set(ERROR_TABLE.map(({ code }) => code));
const text = (max: number) => z.string().min(1).max(max);
const count = z.int().min(1).max(MOST);
const moment = z.enum(['before', 'after']);

const match = z.strictObject({
  operations: z.array(text(80)).min(1).max(100).optional(),
  bucket: text(100).optional(),
  keyPattern: text(1_024).optional(),
  secretId: text(200).optional(),
  uin: text(40).optional(),
  header: z
    .strictObject({
      name: text(100).regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is no name of a header'),
      value: text(1_024).optional(),
    })
    .optional(),
});

const when = z.strictObject({
  percent: z.number().gt(0).max(100).optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  first: count.optional(),
  every: count.optional(),
  count: count.optional(),
});

/** By the field that tells them apart. */
const EFFECTS = {
  error: z
    .strictObject({
      error: z.custom<ErrorCode>((code) => typeof code === 'string' && CODES.has(code), 'is no code of docs/errors.md'),
      status: z.int().optional(),
      at: moment.optional(),
    })
    .refine(({ error, status }) => status === undefined || isRow(error, status), {
      path: ['status'],
      message: 'is none that the code has in docs/errors.md',
    }),
  delayMs: z.strictObject({ delayMs: z.int().min(1).max(MAX_MS) }),
  bandwidth: z.strictObject({
    bandwidth: z
      .int()
      .min(1_024)
      .max(10 * GIB),
  }),
  reset: z.strictObject({ reset: moment }),
  truncateAfter: z.strictObject({
    truncateAfter: z
      .int()
      .min(0)
      .max(5 * 1024 * GIB),
  }),
  wrongCrc: z.strictObject({ wrongCrc: z.literal(true) }),
  staleList: z.strictObject({ staleList: z.int().min(1).max(MAX_MS) }),
} as const;

type EffectName = keyof typeof EFFECTS;
const EFFECT_NAMES = Object.keys(EFFECTS) as EffectName[];

const id = text(64)
  .regex(/^[A-Za-z0-9._-]+$/, 'has letters, digits, dots, dashes and underscores')
  .optional();
const effectRule = z.strictObject({
  id,
  match: match.optional(),
  when: when.optional(),
  effect: z.unknown().optional(),
});
const setRule = z.strictObject({
  id,
  set: z.literal('name-profile', 'is name-profile: there is no other set'),
  match: z.strictObject({
    bucket: z.string().regex(/^[a-z0-9][a-z0-9-]{0,80}-\d{5,15}$/, 'is a bucket name with its APPID'),
  }),
});

/**
 * @param value as it came from outside
 * @param operations names that there are
 * @throws FaultRuleError that names the field
 */
export function checkedRule(value: unknown, operations: ReadonlySet<string>): FaultRule {
  if (typeof value === 'object' && value !== null && 'set' in value) return checked(setRule, value, '');
  const rule = checked(effectRule, value, '');
  const unknown = rule.match?.operations?.find((name) => !operations.has(name));
  if (unknown !== undefined) throw new FaultRuleError(`match.operations: there is no operation ${shown(unknown)}`);
  return { ...rule, effect: checkedEffect(rule.effect) };
}

/** @throws FaultRuleError */
export function checkedEffect(value: unknown): FaultEffect {
  const named = typeof value === 'object' && value !== null ? EFFECT_NAMES.filter((name) => name in value) : [];
  const [name] = named;
  if (name === undefined || named.length > 1) {
    throw new FaultRuleError(`effect: is one of ${EFFECT_NAMES.join(', ')}`);
  }
  return checked(EFFECTS[name] as z.ZodType<FaultEffect>, value, 'effect');
}

function checked<T>(schema: z.ZodType<T>, value: unknown, at: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const field = [...(at === '' ? [] : [at]), ...path].join('.');
  throw new FaultRuleError(`${field === '' ? 'the rule' : field}: ${message}`);
}

function isRow(code: string, status: number): boolean {
  return ERROR_TABLE.some((row) => row.code === code && row.status === status);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
