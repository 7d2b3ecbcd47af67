/** GetSessionToken: a key with all rights of the caller, for a while. */
import { given } from '../../../sts/parameters.ts';
import { AwsStsError } from '../errors.ts';
import type { AwsAction } from './action.ts';
import { issue } from './credentials.ts';
import { permanentKeyDuration, requirePermanentKey } from './permanent-key.ts';

export const getSessionToken: AwsAction = {
  name: 'GetSessionToken',
  takes: new Set(['DurationSeconds', 'SerialNumber', 'TokenCode']),
  run({ caller, parameters, tokens }) {
    requirePermanentKey(caller, 'GetSessionToken');
    if (given(parameters, 'TokenCode') !== undefined || given(parameters, 'SerialNumber') !== undefined) {
      throw new AwsStsError('AccessDenied', 'MultiFactorAuthentication failed: there are no one-time codes here.');
    }
    const durationS = permanentKeyDuration(parameters, caller);
    const { credentials } = issue(tokens, { issuer: caller, name: '', policyText: undefined, durationS });
    return { Credentials: credentials };
  },
};
