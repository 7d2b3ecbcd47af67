/**
 * The token service in the form of AWS (API version 2011-06-15), on the identities and tokens of the one in the form of
 * COS. Its keys are the same: each form's keys sign requests of both protocols.
 */
import type { FailedSignatures } from '../../access/failed-signatures.ts';
import type { SignedIdentity } from '../../access/identity.ts';
import type { SessionTokens } from '../../access/sessions.ts';
import type { WireReply, WireRequest } from '../../http/types.ts';
import { RateGate } from '../../model/rate-gate.ts';
import type { Clock } from '../../platform/clock.ts';
import { given, type Parameters } from '../../sts/parameters.ts';
import { requestUuid } from '../../sts/request-uuid.ts';
import type { AwsAction, AwsStsDirectory } from './actions/action.ts';
import { assumeRole } from './actions/assume-role.ts';
import { getCallerIdentity } from './actions/get-caller-identity.ts';
import { getFederationToken } from './actions/get-federation-token.ts';
import { getSessionToken } from './actions/get-session-token.ts';
import { type AwsCall, readAwsCall } from './call.ts';
import { answerDocument, errorDocument } from './document.ts';
import { AwsStsError, type AwsStsErrorCode } from './errors.ts';
import { verifyAwsCall } from './verify.ts';

export interface AwsStsDialectOptions {
  readonly directory: AwsStsDirectory;
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
interface AwsStsNote {
  operation?: string;
  secretId?: string;
  /** Who signed. */
  identity?: SignedIdentity;
  code?: string;
}

const VERSION = '2011-06-15';
const ACTIONS: ReadonlyMap<string, AwsAction> = new Map(
  [assumeRole, getFederationToken, getSessionToken, getCallerIdentity].map((action) => [action.name, action]),
);
/** What guessing at keys looks like. */
const WRONG: ReadonlySet<AwsStsErrorCode> = new Set(['InvalidClientTokenId', 'SignatureDoesNotMatch'] as const);
/** Of one account, as in the form of COS. */
const CALLS_PER_SECOND = 600;

export class AwsStsDialect {
  readonly #options: AwsStsDialectOptions;
  readonly #rate: RateGate;

  constructor(options: AwsStsDialectOptions) {
    this.#options = options;
    this.#rate = new RateGate(CALLS_PER_SECOND, options.clock);
  }

  async handle(request: WireRequest): Promise<WireReply> {
    const note: AwsStsNote = {};
    request.note = note;
    const id = requestUuid(request.requestId);
    try {
      return reply(200, this.#answer(request, await readAwsCall(request), note, id), id);
    } catch (error) {
      if (error instanceof AwsStsError) return refusal(this.#bounded(request, error), note, id);
      this.#options.onInternalError(error, request);
      return refusal(new AwsStsError('InternalFailure', 'An internal error has occurred.', true), note, id);
    }
  }

  #bounded({ remoteAddress }: WireRequest, error: AwsStsError): AwsStsError {
    const { failedSignatures, clock } = this.#options;
    if (failedSignatures === undefined || !WRONG.has(error.code)) return error;
    const retryAfterSeconds = failedSignatures.failed(remoteAddress, clock.nowMs());
    return retryAfterSeconds === 0 ? error : new AwsStsError('Throttling', 'Rate exceeded', error.close);
  }

  #answer(request: WireRequest, call: AwsCall, note: AwsStsNote, id: string): string {
    const { directory, tokens, clock, maintenance } = this.#options;
    if (maintenance === true) {
      throw new AwsStsError('ServiceUnavailable', 'The server is in maintenance. Please retry later.');
    }
    const { parameters } = call;
    const asked = ACTIONS.get(parameters.get('Action') ?? '');
    if (asked !== undefined) note.operation = `sts:${asked.name}`;
    const caller = verifyAwsCall(request, call, directory, clock.nowMs());
    note.secretId = caller.secretId;
    note.identity = caller;
    const action = actionOf(parameters);
    if (!this.#rate.take(caller.ownerUin)) throw new AwsStsError('Throttling', 'Rate exceeded');
    refuseUnknown(action, parameters.keys());
    return answerDocument(action.name, action.run({ caller, parameters, directory, tokens }), id);
  }
}

/** @throws AwsStsError MissingAction, InvalidAction */
function actionOf(parameters: Parameters): AwsAction {
  const name = given(parameters, 'Action');
  if (name === undefined) throw new AwsStsError('MissingAction', 'The request lacks the parameter Action.');
  const version = given(parameters, 'Version') ?? 'NO_VERSION_SPECIFIED';
  const action = version === VERSION ? ACTIONS.get(name) : undefined;
  if (action !== undefined) return action;
  throw new AwsStsError(
    'InvalidAction',
    `Could not find operation ${name.slice(0, 64)} for version ${version.slice(0, 64)}`,
  );
}

/** @throws AwsStsError ValidationError */
function refuseUnknown(action: AwsAction, names: Iterable<string>): void {
  for (const name of names) {
    // Members of lists: `Tags.member.1.Key`.
    const [first = ''] = name.split('.');
    if (name === 'Action' || name === 'Version' || action.takes.has(first)) continue;
    throw new AwsStsError('ValidationError', `${action.name} has no parameter ${name.slice(0, 64)} here.`);
  }
}

function refusal(error: AwsStsError, note: AwsStsNote, id: string): WireReply {
  note.code = error.code;
  return { ...reply(error.status, errorDocument(error, id), id), ...(error.close ? { close: true } : {}) };
}

function reply(status: number, body: string, id: string): WireReply {
  return { status, headers: ['Content-Type', 'text/xml', 'x-amzn-RequestId', id], body };
}
