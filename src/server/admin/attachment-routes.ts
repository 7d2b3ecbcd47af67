/** `users|groups|roles/:name/policies/:policy`: attaching and detaching. */
import type { Directory } from '../../access/directory/directory.ts';
import { type Holder, setAttached } from '../../access/directory/policies.ts';
import type { Route } from './route.ts';

export function attachmentRoutes(directory: Directory): Route[] {
  return (['user', 'group', 'role'] as const).flatMap((kind) => [
    route(directory, kind, 'PUT'),
    route(directory, kind, 'DELETE'),
  ]);
}

function route(directory: Directory, kind: Holder['kind'], method: 'PUT' | 'DELETE'): Route {
  return {
    ...{ method, path: `${kind}s/:holder/policies/:policy`, who: 'root' },
    run({ account, params, body }) {
      body.only();
      const holder = { kind, id: params['holder'] ?? '' };
      return setAttached(directory, account.uin, holder, params['policy'] ?? '', method === 'PUT');
    },
  };
}
