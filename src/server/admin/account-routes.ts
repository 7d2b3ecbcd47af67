/** `accounts`: root accounts, by the operator alone. */
import { createAccount, deleteAccount, findAccount } from '../../access/directory/accounts.ts';
import type { Directory } from '../../access/directory/directory.ts';
import type { Account } from '../../access/directory/types.ts';
import { pageOf } from './paging.ts';
import type { Route } from './route.ts';

/** @param hasBuckets whether an account, by its APPID, owns buckets */
export function accountRoutes(directory: Directory, hasBuckets: (appid: string) => Promise<boolean>): Route[] {
  const shown = ({ uin, appid, name, createdMs }: Account) => {
    if (uin === directory.operator.uin) return { uin, appid, name, operator: true };
    return { uin, appid, name, created: new Date(createdMs).toISOString() };
  };
  const one = (params: Readonly<Record<string, string>>) => findAccount(directory.state, params['account'] ?? '');
  return [
    {
      ...{ method: 'GET', path: 'accounts', who: 'operator' },
      run({ query }) {
        const all = [...directory.state.homes.values()].map(({ account }) => account);
        const { items, ...next } = pageOf(all, ({ uin }) => uin, query);
        return { accounts: items.map(shown), ...next };
      },
    },
    {
      ...{ method: 'POST', path: 'accounts', who: 'operator' },
      async run({ body }) {
        body.only('name', 'uin', 'appid');
        const given = { name: body.text('name'), uin: body.optionalText('uin'), appid: body.optionalText('appid') };
        return shown(await createAccount(directory, given));
      },
    },
    { method: 'GET', path: 'accounts/:account', who: 'operator', run: ({ params }) => shown(one(params)) },
    {
      ...{ method: 'DELETE', path: 'accounts/:account', who: 'operator' },
      run: ({ params }) => deleteAccount(directory, one(params).uin, hasBuckets),
    },
  ];
}
