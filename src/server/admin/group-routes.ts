/** `groups`: groups of users, and who is in them. */
import type { Directory } from '../../access/directory/directory.ts';
import { createGroup, deleteGroup, findGroup, membersOf, setMembership } from '../../access/directory/groups.ts';
import type { Group } from '../../access/directory/types.ts';
import { pageOf } from './paging.ts';
import type { Route } from './route.ts';

export function groupRoutes(directory: Directory): Route[] {
  const shown = (group: Group) => {
    const { id, name, policies, createdMs } = group;
    const members = membersOf(directory, group).length;
    return { id, name, policies, members, created: new Date(createdMs).toISOString() };
  };
  const membership = (method: 'PUT' | 'DELETE'): Route => ({
    ...{ method, path: 'groups/:group/members/:user', who: 'root' },
    run({ account, params, body }) {
      body.only();
      const { group = '', user = '' } = params;
      return setMembership(directory, account.uin, group, user, method === 'PUT');
    },
  });
  return [
    {
      ...{ method: 'GET', path: 'groups', who: 'root' },
      run({ account, query }) {
        const { items, ...next } = pageOf(directory.home(account.uin).groups.values(), ({ name }) => name, query);
        return { groups: items.map(shown), ...next };
      },
    },
    {
      ...{ method: 'POST', path: 'groups', who: 'root' },
      async run({ account, body }) {
        body.only('name');
        return shown(await createGroup(directory, account.uin, body.text('name')));
      },
    },
    {
      ...{ method: 'GET', path: 'groups/:group', who: 'root' },
      run: ({ account, params }) => shown(findGroup(directory, account.uin, params['group'] ?? '')),
    },
    {
      ...{ method: 'GET', path: 'groups/:group/members', who: 'root' },
      run({ account, params, query }) {
        const members = membersOf(directory, findGroup(directory, account.uin, params['group'] ?? ''));
        const { items, ...next } = pageOf(members, ({ name }) => name, query);
        return { members: items.map(({ uin, name }) => ({ uin, name })), ...next };
      },
    },
    {
      ...{ method: 'DELETE', path: 'groups/:group', who: 'root' },
      run: ({ account, params }) => deleteGroup(directory, account.uin, params['group'] ?? ''),
    },
    membership('PUT'),
    membership('DELETE'),
  ];
}
