/** The security token service: gives temporary keys. Source: spec/access.md §9. */
import type { FailedSignatures } from '../access/failed-signatures.ts';
import type { SignedIdentity } from '../access/identity.ts';
import type { SessionTokens } from '../access/sessions.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import { RateGate } from '../model/rate-gate.ts';
import type { Clock } from '../platform/clock.ts';
import type { Action, StsDirectory } from './actions/action.ts';
import { assumeRole } from './actions/assume-role.ts';
import { getCallerIdentity } from './actions/get-caller-identity.ts';
import { getFederationToken } from './actions/get-federation-token.ts';
import { authenticate } from './authenticate.ts';
import { type Call, readCall } from './call.ts';
import { StsError, type StsErrorCode } from './errors.ts';
import { required } from './parameters.ts';
import { requestUuid } from './request-uuid.ts';

export interface StsDialectOptions {
  readonly directory: StsDirectory;
  readonly tokens: SessionTokens;
  readonly clock: Clock;
  /** Wrong signatures of one address are counted where they are limited. */
  readonly failedSignatures?: FailedSignatures | undefined;
  /** Nothing is answered now. */
  readonly maintenance?: boolean;
  /** Told of errors that are ours, not the client's. */
  readonly onInternalError: (error: unknown, request: WireRequest) => void;
}

/** What the logs read. Never holds a secret. */
interface StsNote {
  operation?: string;
  secretId?: string;
  /** Who signed. */
  identity?: SignedIdentity;
  code?: string;
}

const VERSION = '2018-08-13';
const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [getFederationToken, assumeRole, getCallerIdentity].map((action) => [action.name, action]),
);
/** Parameters that a call has besides those of its action. */
const COMMON: ReadonlySet<string> = new Set(
  'Action Version Region SecretId Timestamp Nonce Signature SignatureMethod Token Language RequestClient'.split(' '),
);
const REGION = /^[a-z]{2,20}(?:-[a-z0-9]{1,20}){1,4}$/;
/** What guessing at keys looks like. */
const WRONG: ReadonlySet<StsErrorCode> = new Set([
  'AuthFailure.SecretIdNotFound',
  'AuthFailure.SignatureFailure',
] as const);
/** Of one account. Source: spec/access.md §9. */
const CALLS_PER_SECOND = 600;

export class StsDialect {
  readonly #options: StsDialectOptions;
  readonly #rate: RateGate;

  constructor(options: StsDialectOptions) {
    this.#options = options;
    this.#rate = new RateGate(CALLS_PER_SECOND, options.clock);
  }

  async handle(request: WireRequest): Promise<WireReply> {
    const note: StsNote = {};
    request.note = note;
    try {
      return this.#reply(request, this.#answer(await readCall(request), note));
    } catch (error) {
      if (error instanceof StsError) return this.#refuse(request, this.#bounded(request, error), note);
      this.#options.onInternalError(error, request);
      return this.#refuse(request, new StsError('InternalError', 'An internal error has occurred.', true), note);
    }
  }

  #bounded({ remoteAddress }: WireRequest, error: StsError): StsError {
    const { failedSignatures, clock } = this.#options;
    if (failedSignatures === undefined || !WRONG.has(error.code)) return error;
    const retryAfterSeconds = failedSignatures.failed(remoteAddress, clock.nowMs());
    if (retryAfterSeconds === 0) return error;
    return new StsError(
      'RequestLimitExceeded',
      `Too many wrong signatures. Retry in ${retryAfterSeconds} s.`,
      error.close,
    );
  }

  #answer(call: Call, note: StsNote): Readonly<Record<string, unknown>> {
    const { directory, tokens, clock } = this.#options;
    const { parameters, claim } = call;
    if (this.#options.maintenance === true) {
      throw new StsError('InternalError', 'The server is in maintenance. Please retry later.');
    }
    const action = ACTIONS.get(call.action);
    if (action === undefined) throw new StsError('InvalidAction', 'The action does not exist or is not offered.');
    note.operation = `sts:${action.name}`;
    note.secretId = claim.secretId.slice(0, 128);
    if (call.version !== VERSION) throw new StsError('NoSuchVersion', `The version must be ${VERSION}.`);
    for (const name of action.required) required(parameters, name);
    const caller = authenticate(claim, directory, clock.nowMs());
    note.identity = caller;
    if (!this.#rate.take(caller.ownerUin)) {
      throw new StsError('RequestLimitExceeded', `An account may ask ${CALLS_PER_SECOND} times a second.`);
    }
    if (call.region !== undefined && call.region !== '' && !REGION.test(call.region)) {
      throw new StsError('UnsupportedRegion', 'The region is not one.');
    }
    refuseUnknown(action, parameters.keys());
    return action.run({ caller, parameters, directory, tokens });
  }

  #refuse(request: WireRequest, { code, message, close }: StsError, note: StsNote): WireReply {
    note.code = code;
    return this.#reply(request, { Error: { Code: code, Message: message } }, close);
  }

  #reply(request: WireRequest, members: Readonly<Record<string, unknown>>, close = false): WireReply {
    const body = JSON.stringify({ Response: { ...members, RequestId: requestUuid(request.requestId) } });
    return { status: 200, headers: ['Content-Type', 'application/json'], body, ...(close ? { close } : {}) };
  }
}

/** @throws StsError UnknownParameter */
function refuseUnknown(action: Action, names: Iterable<string>): void {
  const known = [...action.required, ...action.optional];
  for (const name of names) {
    // Members of lists: `Tags.0.Key`.
    const [first = ''] = name.split('.');
    if (COMMON.has(name) || known.includes(first)) continue;
    throw new StsError('UnknownParameter', `The action has no parameter ${name.slice(0, 64)}.`);
  }
}
