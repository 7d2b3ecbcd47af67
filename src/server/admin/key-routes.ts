/** `keys`: key pairs of the root and of users. The answer that makes a pair is the only one with its SecretKey. */
import type { Directory } from '../../access/directory/directory.ts';
import { createKey, deleteKey, listKeys, setKeyEnabled } from '../../access/directory/keys.ts';
import type { KeyFacts } from '../../access/directory/types.ts';
import { findUser } from '../../access/directory/users.ts';
import { pageOf } from './paging.ts';
import type { Route } from './route.ts';

export function keyRoutes(directory: Directory): Route[] {
  const shown = ({ secretId, ownerUin, uin, enabled, createdMs }: KeyFacts) => {
    const user = uin === ownerUin ? 'root' : directory.home(ownerUin).users.get(uin)?.name;
    const created = createdMs === 0 ? {} : { created: new Date(createdMs).toISOString() };
    return { secretId, uin, user, enabled, ...created };
  };
  /** @param user name or UIN; the root's by its UIN or `root` */
  const uinOf = (ownerUin: string, user: string): string =>
    user === 'root' || user === ownerUin ? ownerUin : findUser(directory, ownerUin, user).uin;
  return [
    {
      ...{ method: 'GET', path: 'keys', who: 'root' },
      run({ account, query }) {
        const user = query.get('user');
        const uin = user === undefined ? undefined : uinOf(account.uin, user);
        const wanted = listKeys(directory, account.uin).filter((key) => uin === undefined || key.uin === uin);
        const { items, ...next } = pageOf(wanted, ({ secretId }) => secretId, query);
        return { keys: items.map(shown), ...next };
      },
    },
    {
      ...{ method: 'POST', path: 'keys', who: 'root' },
      async run({ account, body }) {
        body.only('user');
        const uin = uinOf(account.uin, body.optionalText('user') ?? 'root');
        const { secretKey, ...facts } = await createKey(directory, account.uin, uin);
        return { ...shown(facts), secretKey };
      },
    },
    {
      ...{ method: 'PUT', path: 'keys/:secretId', who: 'root' },
      async run({ account, params, body }) {
        body.only('enabled');
        return shown(await setKeyEnabled(directory, account.uin, params['secretId'] ?? '', body.flag('enabled')));
      },
    },
    {
      ...{ method: 'DELETE', path: 'keys/:secretId', who: 'root' },
      run: ({ account, params }) => deleteKey(directory, account.uin, params['secretId'] ?? ''),
    },
  ];
}
