/** `policies`: those of an account, and the presets. */
import type { Directory } from '../../access/directory/directory.ts';
import { deletePolicy, findPolicy, putPolicy } from '../../access/directory/policies.ts';
import { pageOf } from './paging.ts';
import { badRequest } from './reply.ts';
import type { Route } from './route.ts';

export function policyRoutes(directory: Directory): Route[] {
  const { presets } = directory.policies;
  return [
    {
      ...{ method: 'GET', path: 'policies', who: 'root' },
      run({ account, query }) {
        const own = [...directory.home(account.uin).policies.values()].map(({ name, updatedMs }) => {
          return { name, preset: false, updated: new Date(updatedMs).toISOString() };
        });
        const all = [...own, ...presets.map((name) => ({ name, preset: true }))];
        const { items, ...next } = pageOf(all, ({ name }) => name, query);
        return { policies: items, ...next };
      },
    },
    {
      ...{ method: 'POST', path: 'policies', who: 'root' },
      async run({ account, body }) {
        body.only('name', 'text');
        const given = { name: body.text('name'), text: body.text('text'), replace: false };
        const { name } = await putPolicy(directory, account.uin, given);
        return { name };
      },
    },
    {
      ...{ method: 'GET', path: 'policies/:policy', who: 'root' },
      run({ account, params }) {
        const { name, text } = findPolicy(directory, account.uin, params['policy'] ?? '');
        return { name, preset: presets.includes(name), text };
      },
    },
    {
      ...{ method: 'PUT', path: 'policies/:policy', who: 'root' },
      async run({ account, params, body }) {
        body.only('name', 'text');
        const name = params['policy'] ?? '';
        if ((body.optionalText('name') ?? name) !== name) throw badRequest('A policy cannot be renamed.');
        await putPolicy(directory, account.uin, { name, text: body.text('text'), replace: true });
        return { name };
      },
    },
    {
      ...{ method: 'DELETE', path: 'policies/:policy', who: 'root' },
      run: ({ account, params }) => deletePolicy(directory, account.uin, params['policy'] ?? ''),
    },
  ];
}
