/** What an application sees that asks for temporary keys and gives them away. */
import { type Case, fact } from '../case.ts';

const only = 'qcloud-cos-sts';
const of = (id: string, title: string, spec: string, expected: Case['expected']): Case => ({
  ...fact(id, title, spec, expected),
  only,
});

export const temporaryKeys: readonly Case[] = [
  of('sts-federation', 'getCredential: the forms and times of its answer', 'access §9.3', {
    idBegins: 'AKID',
    tokenFits: true,
    lastsS: 1_800,
  }),
  of('sts-policy', 'a key for a prefix uploads there, and nowhere else', 'access §10', {
    inside: 200,
    outside: { status: 403, code: 'AccessDenied' },
  }),
  of('sts-large', 'such a key uploads a file in parts', 'access §10', { status: 200, etagSuffix: '-3' }),
  of('sts-presigned', 'a URL presigned with such a key reads', 'access §10', { body: '123456789' }),
  of('sts-no-token', 'such a key without its token is none', 'access §10', { status: 403, code: 'InvalidAccessKeyId' }),
  of('sts-too-long', 'a root key gives no key for more than two hours', 'access §9.2', {
    code: 'InvalidParameter.OverTimeError',
  }),
  of('sts-wrong-secret', 'a wrong secret key', 'access §9.4', { code: 'AuthFailure.SignatureFailure' }),
  of('sts-unknown-id', 'an unknown secret id', 'access §9.4', { code: 'AuthFailure.SecretIdNotFound' }),
  of('sts-no-role', 'getRoleCredential without a role', 'access §9.1', { code: 'MissingParameter' }),
  of('sts-unknown-role', 'getRoleCredential of a role that does not exist', 'access §9.4', {
    code: 'ResourceNotFound.RoleNotFound',
  }),
];
