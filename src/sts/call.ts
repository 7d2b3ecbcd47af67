/** A request to the service as read from the wire: what is asked, and how it is signed. Source: spec/access.md §9.1. */
import { CosError } from '../errors/cos-error.ts';
import type { WireRequest } from '../http/types.ts';
import { StsError } from './errors.ts';
import { type Parameters, parseForm, parseJson, required } from './parameters.ts';
import { type FormSignature, isFormSigned, readFormSignature } from './signature/form.ts';
import { isTc3Signed, readTc3Signature, TC3_SCHEME } from './signature/tc3.ts';

export interface Call {
  readonly action: string;
  readonly version: string;
  readonly region: string | undefined;
  /** Of the action and, with a signed form, those that all calls have. */
  readonly parameters: Parameters;
  readonly claim: Claim;
}

export interface Claim {
  readonly secretId: string;
  readonly token: string | undefined;
  /** Unix seconds. */
  readonly timestamp: number;
  isSigned(secretKey: string): boolean;
}

/** bytes: a policy of 20 KiB, encoded twice, and the rest */
const MAX_BODY = 256 * 1024;
const FORM = 'application/x-www-form-urlencoded';

/**
 * @throws StsError UnsupportedProtocol, InvalidRequest, RequestSizeLimitExceeded, InvalidParameter, MissingParameter,
 *   InvalidParameterValue, AuthFailure.InvalidAuthorization
 */
export async function readCall(wire: WireRequest): Promise<Call> {
  const isGet = wire.method === 'GET';
  if (!isGet && wire.method !== 'POST') {
    throw new StsError('UnsupportedProtocol', 'The service is asked with POST or GET.');
  }
  if (wire.rawPath !== '/') throw new StsError('InvalidRequest', 'The path must be /.');
  const body = await readBody(wire);
  const authorization = wire.header('authorization');
  if (authorization?.startsWith(TC3_SCHEME) === true) return tc3Call(wire, authorization, body);
  if (!isGet && !isForm(wire)) {
    const what = `The body must be ${FORM}, or the request signed with ${TC3_SCHEME}.`;
    throw new StsError(authorization === undefined ? 'InvalidRequest' : 'AuthFailure.InvalidAuthorization', what);
  }
  return formCall(wire, parseForm(isGet ? wire.rawQuery : body.toString()));
}

function formCall(wire: WireRequest, parameters: Parameters): Call {
  const action = required(parameters, 'Action');
  const version = required(parameters, 'Version');
  const signature: FormSignature = readFormSignature(parameters);
  const claim: Claim = {
    secretId: signature.secretId,
    token: signature.token,
    timestamp: signature.timestamp,
    isSigned: (secretKey) => isFormSigned(signature, secretKey, wire.method, wire.host, parameters),
  };
  return { action, version, region: parameters.get('Region'), parameters, claim };
}

function tc3Call(wire: WireRequest, authorization: string, body: Buffer): Call {
  const isGet = wire.method === 'GET';
  const signature = readTc3Signature(authorization);
  if (signature.service !== 'sts') {
    throw new StsError('AuthFailure.InvalidAuthorization', 'The credential is for another service than sts.');
  }
  const timestamp = neededHeader(wire, 'X-TC-Timestamp');
  if (!/^\d{1,12}$/.test(timestamp)) {
    throw new StsError('InvalidParameterValue', 'X-TC-Timestamp must be a time in seconds.');
  }
  const header = (name: string) => (name === 'host' ? wire.host : wire.header(name));
  const signed = { method: wire.method, query: isGet ? wire.rawQuery : '', header, body, timestamp };
  const claim: Claim = {
    secretId: signature.secretId,
    token: wire.header('x-tc-token'),
    timestamp: Number(timestamp),
    isSigned: (secretKey) => isTc3Signed(signature, secretKey, signed),
  };
  const action = neededHeader(wire, 'X-TC-Action');
  const version = neededHeader(wire, 'X-TC-Version');
  const parameters = isGet ? parseForm(wire.rawQuery) : isForm(wire) ? parseForm(`${body}`) : parseJson(`${body}`);
  return { action, version, region: wire.header('x-tc-region'), parameters, claim };
}

function neededHeader(wire: WireRequest, name: string): string {
  const value = wire.header(name.toLowerCase());
  if (value === undefined) throw new StsError('MissingParameter', `The request lacks the header ${name}.`);
  return value;
}

export function isForm(wire: WireRequest): boolean {
  return wire.header('content-type')?.toLowerCase().startsWith(FORM) === true;
}

async function readBody(wire: WireRequest): Promise<Buffer> {
  try {
    return await wire.body.readAll(MAX_BODY);
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    if (error.code === 'EntityTooLarge') {
      throw new StsError('RequestSizeLimitExceeded', `The body has more than ${MAX_BODY} bytes.`, true);
    }
    throw new StsError('InvalidRequest', 'The request body did not arrive.', error.details.close === true);
  }
}
