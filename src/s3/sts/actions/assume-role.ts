/** AssumeRole: a key with the rights of a role, for those that the role trusts. */
import type { SignedIdentity } from '../../../access/identity.ts';
import { mayAssume } from '../../../sts/may-assume.ts';
import { given } from '../../../sts/parameters.ts';
import { AwsStsError } from '../errors.ts';
import type { AwsAction, AwsActionContext } from './action.ts';
import { arnOf, assumedRoleArn, isRoleArn, roleByAnyArn } from './arn.ts';
import { durationOf, invalid, issue, nameOf, policyOf, requiredValue } from './credentials.ts';

const DEFAULT_S = 3_600;
const MAX_S = 43_200;
/** Of a role that was assumed by a role. */
const MAX_CHAINED_S = 3_600;
const MAX_NAME = 64;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

export const assumeRole: AwsAction = {
  name: 'AssumeRole',
  takes: new Set(
    'RoleArn RoleSessionName DurationSeconds Policy ExternalId Tags TransitiveTagKeys SourceIdentity SerialNumber TokenCode'.split(
      ' ',
    ),
  ),
  run(context) {
    const { caller, parameters, tokens } = context;
    const name = nameOf(parameters, 'RoleSessionName', MAX_NAME);
    const askedS = durationOf(parameters, MAX_S);
    const externalId = given(parameters, 'ExternalId');
    if (externalId !== undefined && !EXTERNAL_ID.test(externalId)) {
      throw invalid(externalId, 'ExternalId', 'Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*');
    }
    const { actor, maxS } = trustedRole(context);
    const policyText = policyOf(parameters, actor);
    const durationS = checkedDuration(askedS, maxS, caller);
    const { credentials, packed } = issue(tokens, { issuer: caller, actor, name, policyText, durationS });
    const AssumedRoleUser = { AssumedRoleId: `${actor.uin}:${name}`, Arn: assumedRoleArn(actor, name) };
    return { Credentials: credentials, AssumedRoleUser, ...packed };
  },
};

/** @throws AwsStsError ValidationError */
function checkedDuration(askedS: number | undefined, maxS: number, { kind }: SignedIdentity): number {
  const chained = kind === 'role';
  if (askedS === undefined) return Math.min(DEFAULT_S, maxS);
  if (chained && askedS > MAX_CHAINED_S) {
    throw new AwsStsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (askedS <= maxS) return askedS;
  throw new AwsStsError(
    'ValidationError',
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  );
}

/** A role that does not exist and one that trusts others look the same. */
function trustedRole({ caller, parameters, directory, tokens }: AwsActionContext) {
  const arn = requiredValue(parameters, 'RoleArn');
  if (!isRoleArn(arn)) throw new AwsStsError('ValidationError', `${arn.slice(0, 128)} is invalid`);
  if (given(parameters, 'TokenCode') !== undefined || given(parameters, 'SerialNumber') !== undefined) {
    throw new AwsStsError('AccessDenied', 'MultiFactorAuthentication failed: there are no one-time codes here.');
  }
  const role = roleByAnyArn(arn, directory);
  const actor: SignedIdentity | undefined = role && directory.identityOf(role.ownerUin, role.id);
  if (role === undefined || actor === undefined || !mayAssume(role, caller, tokens)) {
    throw new AwsStsError(
      'AccessDenied',
      `User: ${arnOf(caller)} is not authorized to perform: sts:AssumeRole on resource: ${arn.slice(0, 256)}`,
    );
  }
  return { actor, maxS: role.maxSessionS };
}
