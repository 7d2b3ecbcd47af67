/** GetFederationToken: a key with those rights of the caller that a policy names. */
import type { AwsAction } from './action.ts';
import { federatedArn } from './arn.ts';
import { issue, nameOf, policyOf } from './credentials.ts';
import { permanentKeyDuration, requirePermanentKey } from './permanent-key.ts';

const MAX_NAME = 32;
/** Without a policy a federated user may do nothing of its own. */
const NOTHING = JSON.stringify({ version: '2.0', statement: [] });

export const getFederationToken: AwsAction = {
  name: 'GetFederationToken',
  takes: new Set(['Name', 'Policy', 'DurationSeconds', 'Tags']),
  run({ caller, parameters, tokens }) {
    requirePermanentKey(caller, 'GetFederationToken');
    const name = nameOf(parameters, 'Name', MAX_NAME);
    const durationS = permanentKeyDuration(parameters, caller);
    const policyText = policyOf(parameters, caller) ?? NOTHING;
    const { credentials, packed } = issue(tokens, { issuer: caller, name, policyText, durationS });
    const { ownerUin } = caller;
    const FederatedUser = { FederatedUserId: `${ownerUin}:${name}`, Arn: federatedArn(ownerUin, name) };
    return { Credentials: credentials, FederatedUser, ...packed };
  },
};
