/** The kinds of identities as the commands show them: the path in the admin API, the columns of a table. */
import type { Column } from './identity-output.ts';

export interface Kind {
  readonly name: 'account' | 'user' | 'group' | 'role' | 'policy' | 'key';
  /** In the path of the admin API, and of the list in its answer. */
  readonly plural: string;
  readonly columns: readonly Column[];
}

const column = (title: string, field: string): Column => ({ title, field });
const NAME = column('NAME', 'name');
const POLICIES = column('POLICIES', 'policies');
const CREATED = column('CREATED', 'created');

export const KINDS: Readonly<Record<Kind['name'], Kind>> = {
  account: {
    name: 'account',
    plural: 'accounts',
    columns: [column('UIN', 'uin'), column('APPID', 'appid'), NAME, CREATED],
  },
  user: {
    name: 'user',
    plural: 'users',
    columns: [
      NAME,
      column('UIN', 'uin'),
      column('DISABLED', 'disabled'),
      column('GROUPS', 'groups'),
      POLICIES,
      CREATED,
    ],
  },
  group: {
    name: 'group',
    plural: 'groups',
    columns: [NAME, column('ID', 'id'), column('MEMBERS', 'members'), POLICIES, CREATED],
  },
  role: {
    name: 'role',
    plural: 'roles',
    columns: [NAME, column('ARN', 'arn'), column('TRUST', 'trust'), column('MAX SESSION', 'maxSessionS'), POLICIES],
  },
  policy: {
    name: 'policy',
    plural: 'policies',
    columns: [NAME, column('PRESET', 'preset'), column('UPDATED', 'updated')],
  },
  key: {
    name: 'key',
    plural: 'keys',
    columns: [column('SECRET ID', 'secretId'), column('USER', 'user'), column('ENABLED', 'enabled'), CREATED],
  },
};
