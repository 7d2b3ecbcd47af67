/** Names of identities as AWS spells them. The number of an account is its UIN. */
import type { Role } from '../../../access/directory/types.ts';
import type { SignedIdentity } from '../../../access/identity.ts';
import type { AwsStsDirectory } from './action.ts';

const ROLE = /^arn:aws[a-z-]{0,10}:iam::(\d{1,20}):role\/([\w+=,.@-]{1,64})$/;
/** Names of roles may have a path, which those here have not. */
const ANY_ROLE = /^(?:arn:aws[a-z-]{0,10}:iam::\d{1,20}:role\/.+|qcs::cam::uin\/\d{1,20}:(?:roleName|role)\/.+)$/s;

export function isRoleArn(text: string): boolean {
  return ANY_ROLE.test(text);
}

/** @param arn `arn:aws:iam::<UIN or APPID>:role/<name>`, or as the directory takes it */
export function roleByAnyArn(arn: string, directory: AwsStsDirectory): Role | undefined {
  const [, account, name] = ROLE.exec(arn) ?? [];
  if (account === undefined) return directory.roleByArn(arn);
  const byUin = (uin: string) => directory.roleByArn(`qcs::cam::uin/${uin}:roleName/${name}`);
  const owner = directory.account(account)?.uin;
  return byUin(account) ?? (owner === undefined ? undefined : byUin(owner));
}

/** @param session name of the session; '' of none */
export function assumedRoleArn(role: Pick<SignedIdentity, 'ownerUin' | 'name'>, session: string): string {
  return `arn:aws:sts::${role.ownerUin}:assumed-role/${role.name}/${session}`;
}

export function federatedArn(ownerUin: string, name: string): string {
  return `arn:aws:sts::${ownerUin}:federated-user/${name}`;
}

export function arnOf({ kind, ownerUin, name, session }: SignedIdentity): string {
  if (kind === 'role') return assumedRoleArn({ ownerUin, name }, session?.name ?? '');
  if (session !== undefined && session.name !== '') return federatedArn(ownerUin, session.name);
  return `arn:aws:iam::${ownerUin}:${kind === 'root' ? 'root' : `user/${name}`}`;
}

/** What AWS calls the unique id. */
export function userIdOf({ kind, ownerUin, uin, session }: SignedIdentity): string {
  if (kind === 'role') return `${uin}:${session?.name ?? ''}`;
  return session !== undefined && session.name !== '' ? `${ownerUin}:${session.name}` : uin;
}
