/** Byte strings as keys: what every engine and `collapse.ts` need of them. Order is byte order (`Buffer.compare`). */

export const NO_BYTES = Buffer.alloc(0);

/** The least byte string above every string that starts with `prefix`; undefined when there is none (only FF bytes). */
export function prefixSuccessor(prefix: Buffer): Buffer | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end -= 1;
  if (end === 0) return undefined;
  const out = Buffer.from(prefix.subarray(0, end));
  out[end - 1] = prefix[end - 1]! + 1;
  return out;
}

/** The least byte string above `key`. */
export function keySuccessor(key: Buffer): Buffer {
  const out = Buffer.allocUnsafe(key.length + 1);
  key.copy(out);
  out[key.length] = 0;
  return out;
}

/** True when `key` begins with `prefix`. */
export function startsWith(key: Buffer, prefix: Buffer): boolean {
  const length = prefix.length;
  return key.length >= length && key.compare(prefix, 0, length, 0, length) === 0;
}

/** The greater of two byte strings. */
export function laterOf(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) >= 0 ? a : b;
}

/** A copy with memory of its own: it neither changes with the original nor keeps a pool alive. */
export function ownCopy(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(out);
  return out;
}

/**
 * Length of the common prefix that `key` collapses into: up to and including the first `delimiter` that starts at or
 * behind `prefixLength`; -1 when the key holds none there and is listed itself.
 */
export function collapsedLength(key: Buffer, prefixLength: number, delimiter: Buffer): number {
  const at = delimiter.length === 1 ? key.indexOf(delimiter[0]!, prefixLength) : key.indexOf(delimiter, prefixLength);
  return at < 0 ? -1 : at + delimiter.length;
}
