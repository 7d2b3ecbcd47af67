/**
 * Faults on demand: what the name of an object asks for. The retry suites of the official SDKs talk to such a bucket
 * (Node.js and JS test/test.js "retry …", Go retry_test.go, Android RetryCosTest, coscli); docs/faults.md has the table.
 */
import type { ErrorCode } from '../../errors/codes.ts';

export interface FaultAnswer {
  readonly kind: 'answer';
  /** 200 to 599 */
  readonly status: number;
  /** Without one the answer looks as if something between client and service had given it. */
  readonly requestId: boolean;
  /** Held back for a while. */
  readonly late: boolean;
  /** The answer names another place. */
  readonly redirect: boolean;
  /** Of the error document; undefined: the answer has none. */
  readonly code: ErrorCode | undefined;
}

export type Fault =
  | FaultAnswer
  /** The connection is reset, nothing is answered. */
  | { readonly kind: 'reset' }
  /** Nothing is answered, for as long as the client waits. */
  | { readonly kind: 'silence' };

const NAME = /^([2-5]\d\d)(r?)(l?)$/;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Errors that the service gives have a document; those of something in between have none. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'InvalidRequest'],
  [403, 'AccessDenied'],
  [404, 'NoSuchKey'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
]);
const RESET: Fault = { kind: 'reset' };
const SILENCE: Fault = { kind: 'silence' };
const REPAIRED: Fault = {
  kind: 'answer',
  status: 200,
  requestId: true,
  late: false,
  redirect: false,
  code: undefined,
};

/**
 * @param key of the object
 * @param repeated the client says that it asks again: then all is well
 * @returns undefined for a name that asks for nothing
 */
export function faultOf(key: string, repeated: boolean): Fault | undefined {
  const fault = key === 'shutdown' ? RESET : key === 'timeout' ? SILENCE : answerOf(key);
  return fault !== undefined && repeated ? REPAIRED : fault;
}

function answerOf(key: string): FaultAnswer | undefined {
  const match = NAME.exec(key);
  if (match === null) return undefined;
  const status = Number(match[1]);
  const requestId = match[2] === 'r';
  return {
    kind: 'answer',
    status,
    requestId,
    late: match[3] === 'l',
    redirect: REDIRECTS.has(status),
    code: requestId ? CODES.get(status) : undefined,
  };
}
