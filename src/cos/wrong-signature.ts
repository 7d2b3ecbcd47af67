/** What is said of a wrong signature where its address has sent too many. */
import type { FailedSignatures } from '../access/failed-signatures.ts';
import { CosError } from '../errors/cos-error.ts';
import type { WireRequest } from '../http/types.ts';

/** What guessing at keys looks like. */
const WRONG: ReadonlySet<string> = new Set(['SignatureDoesNotMatch', 'InvalidAccessKeyId']);

/** @returns the error itself, or SlowDown in its place */
export function boundedError(
  error: unknown,
  failed: FailedSignatures | undefined,
  { remoteAddress }: WireRequest,
  nowMs: number,
): unknown {
  if (failed === undefined || !(error instanceof CosError) || !WRONG.has(error.code)) return error;
  const retryAfterSeconds = failed.failed(remoteAddress, nowMs);
  if (retryAfterSeconds === 0) return error;
  const { close } = error.details;
  const rule = `too many wrong signatures from this address (${error.code})`;
  return new CosError('SlowDown', { facts: { retryAfterSeconds }, rule, ...(close === undefined ? {} : { close }) });
}
