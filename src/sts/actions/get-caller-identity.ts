/** GetCallerIdentity: whose key it is. Source: spec/access.md §1, §9.2; the forms of sessions are the product's. */
import type { Action } from './action.ts';

export const getCallerIdentity: Action = {
  name: 'GetCallerIdentity',
  required: [],
  optional: [],
  run({ caller, tokens }) {
    const { kind, ownerUin, uin, session } = caller;
    if (kind === 'role') {
      return {
        AccountId: ownerUin,
        Arn: `qcs::sts::uin/${ownerUin}:assumed-role/${uin}`,
        PrincipalId: tokens.askerOf(caller)?.uin ?? uin,
        Type: 'CAMRole',
        UserId: `${uin}:${session?.name ?? ''}`,
      };
    }
    if (session === undefined) {
      return {
        AccountId: ownerUin,
        Arn: `qcs::cam::uin/${ownerUin}:uin/${uin}`,
        PrincipalId: uin,
        Type: 'CAMUser',
        UserId: uin,
      };
    }
    return {
      AccountId: ownerUin,
      Arn: `qcs::sts::uin/${ownerUin}:federated-user/${uin}`,
      PrincipalId: uin,
      Type: 'FederatedUser',
      UserId: `${uin}:${session.name}`,
    };
  },
};
