/** AssumeRole: a key with the rights of a role, for those that the role trusts. Source: spec/access.md §9.2. */
import { parseRoleArn } from '../../access/directory/trust.ts';
import type { SignedIdentity } from '../../access/identity.ts';
import { StsError } from '../errors.ts';
import { mayAssume } from '../may-assume.ts';
import { given, type Parameters, required } from '../parameters.ts';
import { checkPolicy, policyParameter } from '../policy-parameter.ts';
import type { Action, ActionContext } from './action.ts';
import { credentialsFor, durationOf } from './credentials.ts';

const SESSION_NAME = /^[\w+=,.@-]{2,128}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,128}$/;
const DEFAULT_S = 7_200;
const MAX_S = 43_200;

export const assumeRole: Action = {
  name: 'AssumeRole',
  required: ['RoleArn', 'RoleSessionName'],
  optional: ['DurationSeconds', 'Policy', 'ExternalId', 'Tags', 'SourceIdentity', 'SerialNumber', 'TokenCode'],
  run(context) {
    const { caller, parameters, tokens } = context;
    const name = checkedNames(parameters);
    const { actor, maxS } = trustedRole(context);
    const policyText = policyParameter(parameters);
    const durationS = durationOf(parameters, DEFAULT_S, Math.min(MAX_S, maxS));
    if (policyText !== undefined) checkPolicy(policyText, actor);
    return credentialsFor(tokens, { issuer: caller, actor, name, policyText, durationS });
  },
};

/** @returns the name of the session */
function checkedNames(parameters: Parameters): string {
  const name = required(parameters, 'RoleSessionName');
  if (!SESSION_NAME.test(name)) {
    throw new StsError('InvalidParameterValue', 'RoleSessionName must be 2 to 128 letters, digits or +=,.@_-');
  }
  const externalId = given(parameters, 'ExternalId');
  if (externalId !== undefined && !EXTERNAL_ID.test(externalId)) {
    throw new StsError('InvalidParameterValue', 'ExternalId must be 2 to 128 letters, digits or =,.@:/-');
  }
  if (given(parameters, 'TokenCode') !== undefined || given(parameters, 'SerialNumber') !== undefined) {
    throw new StsError('InvalidParameter.TempCodeNotAvaliable', 'There are no one-time codes here.');
  }
  return name;
}

function trustedRole({ caller, parameters, directory, tokens }: ActionContext) {
  const arn = required(parameters, 'RoleArn');
  if (parseRoleArn(arn) === undefined) {
    throw new StsError('InvalidParameter.ParamError', 'RoleArn must be qcs::cam::uin/<owner>:roleName/<name>.');
  }
  const role = directory.roleByArn(arn);
  const actor: SignedIdentity | undefined = role && directory.identityOf(role.ownerUin, role.id);
  if (role === undefined || actor === undefined) {
    throw new StsError('ResourceNotFound.RoleNotFound', 'The role does not exist.');
  }
  if (!mayAssume(role, caller, tokens)) {
    throw new StsError('AuthFailure.UnauthorizedOperation', 'You may not assume this role.');
  }
  return { actor, maxS: role.maxSessionS };
}
