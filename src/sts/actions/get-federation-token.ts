/** GetFederationToken: a key with the caller's own rights, narrowed by a policy. Source: spec/access.md §9.2. */
import { StsError } from '../errors.ts';
import { required } from '../parameters.ts';
import { checkPolicy, policyParameter } from '../policy-parameter.ts';
import type { Action } from './action.ts';
import { credentialsFor, durationOf } from './credentials.ts';

const NAME = /^[A-Za-z0-9_-]{1,128}$/;
const DEFAULT_S = 1_800;
const MAX_ROOT_S = 7_200;
const MAX_USER_S = 129_600;

export const getFederationToken: Action = {
  name: 'GetFederationToken',
  required: ['Name', 'Policy'],
  optional: ['DurationSeconds'],
  run({ caller, parameters, tokens }) {
    if (caller.session !== undefined) {
      throw new StsError('AuthFailure.UnauthorizedOperation', 'This needs a permanent key.');
    }
    const name = required(parameters, 'Name');
    if (!NAME.test(name)) {
      throw new StsError('InvalidParameterValue', 'Name must be 1 to 128 letters, digits, - or _.');
    }
    const policyText = policyParameter(parameters);
    if (policyText === undefined) {
      throw new StsError('MissingParameter', 'The request lacks the parameter Policy.');
    }
    const durationS = durationOf(parameters, DEFAULT_S, caller.kind === 'root' ? MAX_ROOT_S : MAX_USER_S);
    checkPolicy(policyText, caller);
    return credentialsFor(tokens, { issuer: caller, name, policyText, durationS });
  },
};
