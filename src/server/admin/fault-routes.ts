/** `faults`: the fault rules of a server that was started for them. By the operator alone. */
import { type FaultRule, FaultRuleError } from '../../features/faults/rule.ts';
import type { FaultRules } from '../../features/faults/rules.ts';
import { AdminError, badRequest } from './reply.ts';
import type { Route } from './route.ts';

/** @param faults undefined where the server was not started for them */
export function faultRoutes(faults: FaultRules | undefined): Route[] {
  const started = (): FaultRules => {
    if (faults !== undefined) return faults;
    throw new AdminError(
      409,
      'NoFaultRules',
      'There are fault rules only where the server was started with --faults-rules.',
    );
  };
  return [
    {
      method: 'GET',
      path: 'faults',
      who: 'operator',
      run: () => ({ enabled: faults !== undefined, faults: faults?.list() ?? [] }),
    },
    {
      method: 'POST',
      path: 'faults',
      who: 'operator',
      run({ body }) {
        const rules = started();
        try {
          // The rules look at every field themselves.
          return rules.add(body.object() as unknown as FaultRule);
        } catch (error) {
          if (error instanceof FaultRuleError) throw badRequest(error.message);
          throw error;
        }
      },
    },
    {
      method: 'DELETE',
      path: 'faults',
      who: 'operator',
      run({ body }) {
        body.only();
        return { cleared: started().clear() };
      },
    },
    {
      method: 'DELETE',
      path: 'faults/:fault',
      who: 'operator',
      run({ params, body }) {
        body.only();
        const cleared = started().clear(params['fault'] ?? '');
        if (cleared === 0) throw new AdminError(404, 'NotFound', 'There is no such fault rule.');
        return { cleared };
      },
    },
  ];
}
