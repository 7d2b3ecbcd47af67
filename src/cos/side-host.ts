/**
 * Requests to the hosts beside that of buckets (batch jobs, fetch tasks): signed and bounded as all of COS's are.
 * Source: spec/buckets.md §29, §30; spec/errors.md "Order of checks".
 */
import type { FailedSignatures } from '../access/failed-signatures.ts';
import type { KeyRing, SignedIdentity } from '../access/identity.ts';
import type { ConditionFacts } from '../access/policy/types.ts';
import { CosError } from '../errors/cos-error.ts';
import { parseQuery, type QueryParams } from '../http/query.ts';
import { decodePath } from '../http/target.ts';
import type { WireRequest } from '../http/types.ts';
import type { Services } from '../model/services.ts';
import type { AccessNote } from './access-note.ts';
import { authenticate } from './authenticate.ts';
import { RequestFacts } from './condition-facts.ts';
import { asCosError, type ErrorSettings, type ResolvedError, resolve } from './errors.ts';
import { inMaintenance, requireRate } from './gates.ts';

export interface SideHostOptions {
  readonly services: Services;
  readonly keyRing: KeyRing;
  readonly errors: ErrorSettings;
  /** Bounds wrong signatures. Default: any number. */
  readonly failedSignatures?: FailedSignatures | undefined;
  readonly onInternalError: (error: unknown, request: WireRequest) => void;
}

export interface SideRequest {
  readonly wire: WireRequest;
  readonly query: QueryParams;
  readonly decodedPath: string;
  readonly identity: SignedIdentity;
  readonly facts: ConditionFacts;
  readonly note: AccessNote;
}

const WRONG_SIGNATURE: ReadonlySet<string> = new Set(['SignatureDoesNotMatch', 'InvalidAccessKeyId']);

/** @throws CosError ServiceUnavailable, InvalidURI, SlowDown, AccessDenied and those of signatures */
export function openSideRequest(options: SideHostOptions, wire: WireRequest, note: AccessNote): SideRequest {
  const { services, keyRing } = options;
  if (services.settings.maintenance) throw inMaintenance();
  const decodedPath = decodePath(wire.rawPath);
  const query = parseQuery(wire.rawQuery);
  const address = { level: 'service', bucket: undefined, region: undefined, key: '', decodedPath } as const;
  const identity = authenticate(wire, address, query, keyRing, services.clock.nowMs());
  if (identity.kind === 'anonymous') throw new CosError('AccessDenied', { rule: 'nobody signed' });
  note.secretId = identity.secretId;
  note.identity = identity;
  requireRate(services, identity.appid);
  return { wire, query, decodedPath, identity, facts: new RequestFacts(wire, query, identity), note };
}

export interface SideRefusal {
  readonly error: CosError;
  readonly resolved: ResolvedError;
}

/** What is answered to a request that failed; notes it. */
export function refuseSideRequest(
  options: SideHostOptions,
  wire: WireRequest,
  note: AccessNote,
  thrown: unknown,
): SideRefusal {
  const error = bounded(options, wire, asCosError(thrown));
  const resolved = resolve(error, options.errors);
  note.code = resolved.code;
  note.message = resolved.message;
  if (error.details.rule !== undefined) note.rule = error.details.rule;
  if (resolved.code.startsWith('InternalErr')) options.onInternalError(thrown, wire);
  return { error, resolved };
}

function bounded({ failedSignatures, services }: SideHostOptions, wire: WireRequest, error: CosError): CosError {
  if (failedSignatures === undefined || !WRONG_SIGNATURE.has(error.code)) return error;
  const retryAfterSeconds = failedSignatures.failed(wire.remoteAddress, services.clock.nowMs());
  if (retryAfterSeconds === 0) return error;
  return new CosError('SlowDown', {
    facts: { retryAfterSeconds },
    rule: `too many wrong signatures from this address (${error.code})`,
  });
}
