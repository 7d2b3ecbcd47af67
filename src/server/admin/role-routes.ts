/** `roles`: roles of an account, and who may assume them. */
import type { Directory } from '../../access/directory/directory.ts';
import { createRole, deleteRole, findRole, setTrust } from '../../access/directory/roles.ts';
import type { Role } from '../../access/directory/types.ts';
import { pageOf } from './paging.ts';
import type { Route } from './route.ts';

export function roleRoutes(directory: Directory): Route[] {
  return [
    {
      ...{ method: 'GET', path: 'roles', who: 'root' },
      run({ account, query }) {
        const { items, ...next } = pageOf(directory.home(account.uin).roles.values(), ({ name }) => name, query);
        return { roles: items.map(shown), ...next };
      },
    },
    {
      ...{ method: 'POST', path: 'roles', who: 'root' },
      async run({ account, body }) {
        body.only('name', 'trust', 'maxSessionS');
        const given = { name: body.text('name'), trust: body.texts('trust') };
        const maxSessionS = body.optionalNumber('maxSessionS');
        return shown(await createRole(directory, account.uin, { ...given, maxSessionS }));
      },
    },
    {
      ...{ method: 'GET', path: 'roles/:role', who: 'root' },
      run: ({ account, params }) => shown(findRole(directory, account.uin, params['role'] ?? '')),
    },
    {
      ...{ method: 'PUT', path: 'roles/:role', who: 'root' },
      async run({ account, params, body }) {
        body.only('trust');
        return shown(await setTrust(directory, account.uin, params['role'] ?? '', body.texts('trust')));
      },
    },
    {
      ...{ method: 'DELETE', path: 'roles/:role', who: 'root' },
      run: ({ account, params }) => deleteRole(directory, account.uin, params['role'] ?? ''),
    },
  ];
}

function shown({ ownerUin, id, name, trust, policies, maxSessionS, createdMs }: Role) {
  const arn = `qcs::cam::uin/${ownerUin}:roleName/${name}`;
  return { id, name, arn, trust, policies, maxSessionS, created: new Date(createdMs).toISOString() };
}
