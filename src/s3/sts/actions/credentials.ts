/** What the ways to a temporary key have in common: its name, how long it lasts, what narrows it. */
import type { SignedIdentity } from '../../../access/identity.ts';
import { PolicyError } from '../../../access/policy/error.ts';
import { compilePolicy } from '../../../access/policy/parse.ts';
import { MAX_POLICY, SessionError, type SessionRequest, type SessionTokens } from '../../../access/sessions.ts';
import { given, type Parameters } from '../../../sts/parameters.ts';
import type { Elements } from '../document.ts';
import { AwsStsError } from '../errors.ts';

/** Seconds that a key lasts at least. */
const MIN_S = 900;
const NAME = /^[\w+=,.@-]*$/;
/** Characters of a token, which is what a policy is packed into. */
const TOKEN_LENGTH = 4_096;

/** @throws AwsStsError ValidationError */
export function requiredValue(parameters: Parameters, name: string): string {
  const value = given(parameters, name);
  if (value === undefined) throw invalid('null', name, 'Member must not be null');
  return value;
}

/** @param longest characters @throws AwsStsError ValidationError */
export function nameOf(parameters: Parameters, name: string, longest: number): string {
  const value = requiredValue(parameters, name);
  if (value.length < 2) throw invalid(value, name, 'Member must have length greater than or equal to 2');
  if (value.length > longest) throw invalid(value, name, `Member must have length less than or equal to ${longest}`);
  if (!NAME.test(value)) {
    throw invalid(value, name, 'Member must satisfy regular expression pattern: [\\w+=,.@-]*');
  }
  return value;
}

/** @returns seconds; undefined where none are given @throws AwsStsError ValidationError */
export function durationOf(parameters: Parameters, maxS: number): number | undefined {
  const value = given(parameters, 'DurationSeconds');
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw invalid(value, 'DurationSeconds', 'Member must be a number');
  const seconds = Number(value);
  const bound = seconds < MIN_S ? `greater than or equal to ${MIN_S}` : `less than or equal to ${maxS}`;
  if (seconds >= MIN_S && seconds <= maxS) return seconds;
  throw invalid(value, 'DurationSeconds', `Member must have value ${bound}`);
}

/**
 * The parameter Policy, in the language of AWS or of CAM.
 * @param actor whose rights it narrows
 * @throws AwsStsError PackedPolicyTooLarge, MalformedPolicyDocument
 */
export function policyOf(
  parameters: Parameters,
  { appid, ownerUin }: Pick<SignedIdentity, 'appid' | 'ownerUin'>,
): string | undefined {
  const text = given(parameters, 'Policy');
  if (text === undefined) return undefined;
  if (Buffer.byteLength(text) > MAX_POLICY) throw tooLarge();
  try {
    compilePolicy(text, { use: 'session', label: 'policy', ownerAppid: appid, ownerUin });
  } catch (error) {
    if (error instanceof PolicyError) throw new AwsStsError('MalformedPolicyDocument', error.reason);
    throw error;
  }
  return text;
}

/**
 * @returns `Credentials` and, with a policy, `PackedPolicySize`: how much of a token it fills, in percent
 * @throws AwsStsError PackedPolicyTooLarge, AccessDenied, InvalidClientTokenId
 */
export function issue(tokens: SessionTokens, request: SessionRequest): { credentials: Elements; packed: Elements } {
  try {
    const { token, secretId, secretKey, expiresMs } = tokens.issue(request);
    const Expiration = new Date(expiresMs).toISOString().replace('.000Z', 'Z');
    return {
      credentials: { AccessKeyId: secretId, SecretAccessKey: secretKey, SessionToken: token, Expiration },
      packed:
        request.policyText === undefined
          ? {}
          : { PackedPolicySize: String(Math.ceil((token.length / TOKEN_LENGTH) * 100)) },
    };
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    if (error.code === 'policy-too-long') throw tooLarge();
    if (error.code === 'chain-too-long') {
      throw new AwsStsError('AccessDenied', 'Too many roles were assumed one from the other.');
    }
    throw new AwsStsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
  }
}

/** @param name of the parameter, as sent */
export function invalid(value: string, name: string, constraint: string): AwsStsError {
  const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return new AwsStsError(
    'ValidationError',
    `1 validation error detected: Value '${value.slice(0, 128)}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

function tooLarge(): AwsStsError {
  return new AwsStsError(
    'PackedPolicyTooLarge',
    'Packed policy consumes more than 100% of allotted space, please use smaller policy.',
  );
}
