/**
 * The policy of a form upload in Amazon S3. Unlike that of COS it must cover every field of the form. Source: spec/s3.md
 * §4.3.
 */
import { isUtf8 } from 'node:buffer';
import type { FieldsByName } from '../../cos/post/fields.ts';
import { ANY_SIZE, type Condition, type SizeBounds } from '../../cos/post/policy.ts';
import { CosError } from '../../errors/cos-error.ts';

export interface S3PostPolicy {
  readonly expirationMs: number;
  readonly conditions: readonly Condition[];
  readonly size: SizeBounds;
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const MAX_CONDITIONS = 1_000;
/** Fields that no condition need cover. */
const FREE: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'file',
  'policy',
  'signature',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-signature',
]);
const IGNORED = 'x-ignore-';
/** Checked by what they say of the file, whatever the policy knows of them. */
const CHECKSUM = 'x-amz-checksum-';

/** @param text out of its Base64 @throws CosError InvalidPolicyDocument */
export function parseS3Policy(text: Buffer): S3PostPolicy {
  const { expiration, conditions } = parseObject(text);
  if (typeof expiration !== 'string' || !TIME.test(expiration)) {
    throw invalid("Invalid Policy: Invalid 'expiration' value.");
  }
  if (!Array.isArray(conditions) || conditions.length === 0 || conditions.length > MAX_CONDITIONS) {
    throw invalid('Invalid Policy: Invalid conditions.');
  }
  const parsed: Condition[] = [];
  let size = ANY_SIZE;
  for (const item of conditions as unknown[]) {
    if (!Array.isArray(item)) parsed.push(...exactConditions(item));
    else if (String(item[0]).toLowerCase() === 'content-length-range') {
      const range = parseRange(item);
      size = { min: Math.max(size.min, range.min), max: Math.min(size.max, range.max) };
    } else parsed.push(parseCondition(item));
  }
  const expirationMs = Date.parse(expiration);
  if (Number.isNaN(expirationMs)) throw invalid("Invalid Policy: Invalid 'expiration' value.");
  return { expirationMs, conditions: parsed, size };
}

/**
 * @param buckets names that the addressed bucket may be called by
 * @param names of all fields, lower case
 * @throws CosError AccessDenied when the policy has expired, the form does not meet it, or it does not cover the form
 */
export function judgeS3Policy(
  policy: S3PostPolicy,
  fields: FieldsByName,
  names: Iterable<string>,
  buckets: readonly string[],
  nowMs: number,
): SizeBounds {
  if (nowMs > policy.expirationMs) throw denied('Policy expired.');
  const covered = new Set<string>();
  for (const { match, field, value } of policy.conditions) {
    const name = field.toLowerCase();
    covered.add(name);
    const given = name === 'bucket' ? buckets : [fields.get(name) ?? ''];
    if (given.some((text) => (match === 'eq' ? text === value : matchesPrefix(name, text, value)))) continue;
    const written = match === 'eq' ? `["eq", "$${name}", "${value}"]` : `["starts-with", "$${name}", "${value}"]`;
    throw denied(`Policy Condition failed: ${written.slice(0, 1_024)}`);
  }
  if (!covered.has('bucket')) throw denied('The policy has no condition for the bucket');
  for (const name of names) {
    if (covered.has(name) || FREE.has(name) || name.startsWith(IGNORED) || name.startsWith(CHECKSUM)) continue;
    throw denied(`Extra input fields: ${name.slice(0, 100)}`);
  }
  return policy.size;
}

/** Several types may stand in a Content-Type. */
function matchesPrefix(name: string, text: string, prefix: string): boolean {
  if (name !== 'content-type') return text.startsWith(prefix);
  return text.split(',').every((type) => type.trimStart().startsWith(prefix));
}

function parseObject(text: Buffer): { readonly expiration?: unknown; readonly conditions?: unknown } {
  let parsed: unknown;
  try {
    if (isUtf8(text)) parsed = JSON.parse(text.toString('utf8'));
  } catch {
    // Told below: whatever is no object is no policy.
  }
  if (typeof parsed !== 'object' || parsed === null) throw invalid('Invalid Policy: Invalid JSON.');
  return parsed;
}

function exactConditions(item: unknown): Condition[] {
  const entries = typeof item === 'object' && item !== null ? Object.entries(item) : [];
  if (entries.length !== 1)
    throw invalid(
      'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    );
  return entries.map(([field, value]) => ({ match: 'eq', field, value: conditionText(value) }));
}

function parseCondition(item: readonly unknown[]): Condition {
  const match = String(item[0]).toLowerCase();
  const field = item[1];
  if (item.length !== 3 || (match !== 'eq' && match !== 'starts-with')) {
    throw invalid('Invalid Policy: Invalid Condition: unknown operation.');
  }
  if (typeof field !== 'string' || !field.startsWith('$')) {
    throw invalid('Invalid Policy: Invalid Condition: a field begins with $.');
  }
  return { match, field: field.slice(1), value: conditionText(item[2]) };
}

function conditionText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw invalid('Invalid Policy: Invalid Condition: a value is text.');
}

function parseRange(item: readonly unknown[]): SizeBounds {
  const [min, max] = item.slice(1).map((bound) => (/^\d{1,15}$/.test(String(bound)) ? Number(bound) : Number.NaN));
  if (item.length !== 3 || !(min! <= max!)) throw invalid('Invalid Policy: Invalid content-length-range.');
  return { min: min!, max: max! };
}

function invalid(message: string): CosError {
  return new CosError('InvalidPolicyDocument', { message });
}

function denied(reason: string): CosError {
  return new CosError('AccessDenied', { message: `Invalid according to Policy: ${reason}` });
}
