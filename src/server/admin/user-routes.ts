/** `users`: sub-users of an account. */
import type { Directory } from '../../access/directory/directory.ts';
import type { User } from '../../access/directory/types.ts';
import { createUser, deleteUser, findUser, setUserDisabled } from '../../access/directory/users.ts';
import { pageOf } from './paging.ts';
import type { Route } from './route.ts';

export function userRoutes(directory: Directory): Route[] {
  const shown = ({ ownerUin, uin, name, groups, policies, disabled, createdMs }: User) => {
    const known = directory.home(ownerUin).groups;
    const named = groups.flatMap((id) => known.get(id)?.name ?? []);
    return { uin, name, disabled, groups: named, policies, created: new Date(createdMs).toISOString() };
  };
  return [
    {
      ...{ method: 'GET', path: 'users', who: 'root' },
      run({ account, query }) {
        const { items, ...next } = pageOf(directory.home(account.uin).users.values(), ({ name }) => name, query);
        return { users: items.map(shown), ...next };
      },
    },
    {
      ...{ method: 'POST', path: 'users', who: 'root' },
      async run({ account, body }) {
        body.only('name');
        return shown(await createUser(directory, account.uin, body.text('name')));
      },
    },
    {
      ...{ method: 'GET', path: 'users/:user', who: 'root' },
      run: ({ account, params }) => shown(findUser(directory, account.uin, params['user'] ?? '')),
    },
    {
      ...{ method: 'PUT', path: 'users/:user', who: 'root' },
      async run({ account, params, body }) {
        body.only('disabled');
        return shown(await setUserDisabled(directory, account.uin, params['user'] ?? '', body.flag('disabled')));
      },
    },
    {
      ...{ method: 'DELETE', path: 'users/:user', who: 'root' },
      run: ({ account, params }) => deleteUser(directory, account.uin, params['user'] ?? ''),
    },
  ];
}
