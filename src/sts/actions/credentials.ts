/** What both ways to a temporary key have in common. Source: spec/access.md §9.2, §9.3. */
import { SessionError, type SessionRequest, type SessionTokens } from '../../access/sessions.ts';
import { StsError } from '../errors.ts';
import { type Parameters, wholeNumber } from '../parameters.ts';
import { policyTooLong } from '../policy-parameter.ts';

/** @returns seconds @throws StsError InvalidParameterValue, InvalidParameter.OverTimeError */
export function durationOf(parameters: Parameters, fallbackS: number, maxS: number): number {
  const seconds = wholeNumber(parameters, 'DurationSeconds') ?? Math.min(fallbackS, maxS);
  if (seconds === 0) throw new StsError('InvalidParameterValue', 'DurationSeconds must be at least 1.');
  if (seconds > maxS) {
    throw new StsError('InvalidParameter.OverTimeError', `DurationSeconds must be at most ${maxS} here.`);
  }
  return seconds;
}

/** @throws StsError InvalidParameter.PolicyTooLong, .OverLimit */
export function credentialsFor(tokens: SessionTokens, request: SessionRequest): Readonly<Record<string, unknown>> {
  try {
    const { token, secretId, secretKey, expiresMs } = tokens.issue(request);
    return {
      Credentials: { Token: token, TmpSecretId: secretId, TmpSecretKey: secretKey },
      ExpiredTime: expiresMs / 1000,
      Expiration: new Date(expiresMs).toISOString().replace('.000Z', 'Z'),
    };
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    if (error.code === 'policy-too-long') throw policyTooLong();
    if (error.code === 'chain-too-long') {
      throw new StsError('InvalidParameter.OverLimit', 'Too many roles were assumed one from the other.');
    }
    throw new StsError('AuthFailure.TokenFailure', 'The token is not valid.');
  }
}
