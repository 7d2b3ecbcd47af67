/** The policy of a form upload: what its signer allows the form to be. Source: spec/objects.md §8.2, spec/protocol.md §15. */
import { isUtf8 } from 'node:buffer';
import { CosError } from '../../errors/cos-error.ts';
import type { FieldsByName } from './fields.ts';

export interface Condition {
  readonly match: 'eq' | 'starts-with';
  /** As the policy writes it. */
  readonly field: string;
  readonly value: string;
}

/** Sizes that a file may have, bytes, both inclusive. */
export interface SizeBounds {
  readonly min: number;
  readonly max: number;
}

export interface PostPolicy {
  readonly expirationMs: number;
  readonly conditions: readonly Condition[];
  /** All ranges of the policy hold. */
  readonly size: SizeBounds;
}

export const ANY_SIZE: SizeBounds = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** bytes of the field `policy` */
export const MAX_POLICY = 64 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** ISO 8601; without a zone UTC is meant. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:?\d\d)?$/i;
const MANDATORY = ['q-sign-algorithm', 'q-ak', 'q-sign-time'];
const EXACT_ONLY: ReadonlySet<string> = new Set(['bucket', 'success_action_status', ...MANDATORY]);

/**
 * @param field `policy` as sent
 * @returns what is signed
 * @throws CosError InvalidPolicyDocument
 */
export function decodePolicy(field: string): Buffer {
  if (field.length > MAX_POLICY) throw invalid('The policy is too long.');
  const text = field.replace(/[\t\n\r ]+/g, '');
  if (!BASE64.test(text)) throw invalid('The policy is not Base64.');
  return Buffer.from(text, 'base64');
}

/**
 * @param text the policy out of its Base64
 * @throws CosError InvalidPolicyDocument
 */
export function parsePolicy(text: Buffer): PostPolicy {
  const { expiration, conditions } = parseObject(text);
  if (!Array.isArray(conditions) || conditions.length === 0) throw new CosError('InvalidPolicyDocument');
  const parsed: Condition[] = [];
  let size = ANY_SIZE;
  for (const item of conditions as unknown[]) {
    if (!Array.isArray(item)) parsed.push(...exactConditions(item));
    else if (item[0] === 'content-length-range') size = intersect(size, parseRange(item));
    else parsed.push(parseCondition(item));
  }
  for (const name of MANDATORY) {
    if (!parsed.some(({ field }) => field.toLowerCase() === name))
      throw invalid(`The policy has no condition ${name}.`);
  }
  return { expirationMs: parseTime(expiration), conditions: parsed, size };
}

/**
 * @param bucket full name of the addressed bucket
 * @throws CosError AccessDenied when the policy has expired or the form does not meet it
 */
export function judgePolicy(policy: PostPolicy, fields: FieldsByName, bucket: string, nowMs: number): SizeBounds {
  if (nowMs > policy.expirationMs) {
    const [expiration, now] = [policy.expirationMs, nowMs].map((ms) => Math.floor(ms / 1000));
    throw denied(`You post object request has been expired, expiration time: ${expiration} but the time now : ${now}`);
  }
  for (const { match, field, value } of policy.conditions) {
    const name = field.toLowerCase();
    const given = name === 'bucket' ? bucket : fields.get(name === 'q-sign-time' ? 'q-key-time' : name);
    if (given !== undefined && (match === 'eq' ? given === value : given.startsWith(value))) continue;
    throw denied(
      `Condition key ${shown(field)} doesn't match the value ${name === 'bucket' ? `[${value}]` : shown(value)}`,
    );
  }
  return policy.size;
}

function parseObject(text: Buffer): { readonly expiration?: unknown; readonly conditions?: unknown } {
  let parsed: unknown;
  try {
    if (isUtf8(text)) parsed = JSON.parse(text.toString('utf8'));
  } catch {
    // Told below: whatever is no object is no policy.
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalid('The policy is not JSON.');
  return parsed;
}

function parseTime(value: unknown): number {
  const match = typeof value === 'string' ? TIME.exec(value) : null;
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}${match[2] ?? 'Z'}`.toUpperCase());
  if (Number.isNaN(ms)) throw invalid('The expiration of the policy is not a time in ISO 8601.');
  return ms;
}

function exactConditions(item: unknown): Condition[] {
  const entries = typeof item === 'object' && item !== null ? Object.entries(item) : [];
  if (entries.length === 0) throw invalid('A condition of the policy is malformed.');
  return entries.map(([field, value]) => ({ match: 'eq', field, value: conditionText(value) }));
}

function parseCondition(item: readonly unknown[]): Condition {
  const [match, field, value] = item;
  if (item.length !== 3 || (match !== 'eq' && match !== 'starts-with')) {
    throw invalid('A condition of the policy is malformed.');
  }
  if (typeof field !== 'string' || !field.startsWith('$')) throw invalid('A condition of the policy names no field.');
  const name = field.slice(1);
  if (match === 'starts-with' && !mayMatchPrefix(name.toLowerCase())) {
    throw invalid(`The field ${shown(name)} of the policy cannot be matched by a prefix.`);
  }
  return { match, field: name, value: conditionText(value) };
}

function mayMatchPrefix(name: string): boolean {
  return !EXACT_ONLY.has(name) && (!name.startsWith('x-cos-') || name.startsWith('x-cos-meta-'));
}

/** Written as a number by some: `{"success_action_status": 200}`. */
function conditionText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw invalid('A condition of the policy has no text to compare with.');
}

function parseRange(item: readonly unknown[]): SizeBounds {
  const [min, max] = item.slice(1).map((bound) => (/^\d{1,15}$/.test(String(bound)) ? Number(bound) : Number.NaN));
  if (item.length !== 3 || !(min! <= max!)) throw invalid('The content-length-range of the policy is malformed.');
  return { min: min!, max: max! };
}

function intersect(a: SizeBounds, b: SizeBounds): SizeBounds {
  return { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) };
}

/** Messages stay messages. */
function shown(text: string): string {
  return text.length > 1_024 ? `${text.slice(0, 1_024)}…` : text;
}

function invalid(message: string): CosError {
  return new CosError('InvalidPolicyDocument', { message });
}

function denied(message: string): CosError {
  return new CosError('AccessDenied', { message });
}
