/** GetCallerIdentity: whose key it is. */
import type { AwsAction } from './action.ts';
import { arnOf, userIdOf } from './arn.ts';

export const getCallerIdentity: AwsAction = {
  name: 'GetCallerIdentity',
  takes: new Set(),
  run: ({ caller }) => ({ Arn: arnOf(caller), UserId: userIdOf(caller), Account: caller.ownerUin }),
};
