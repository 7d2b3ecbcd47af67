/** Refused requests, and why they were refused: `cosette explain`. */
import { type ExplainParts, explain, summaryOf } from '../../cos/explain/explanation.ts';
import { AdminError, badRequest } from './reply.ts';
import type { Route } from './route.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;

/** @param parts undefined: nothing is remembered */
export function requestRoutes(parts: ExplainParts | undefined): Route[] {
  return [
    {
      method: 'GET',
      path: 'requests',
      who: 'operator',
      run({ query }) {
        const given = query.get('limit') ?? String(DEFAULT_LIMIT);
        const limit = Number(given);
        if (!/^\d{1,4}$/.test(given) || limit < 1 || limit > MAX_LIMIT) {
          throw badRequest(`The parameter limit must be a number from 1 to ${MAX_LIMIT}.`);
        }
        const all = query.get('all') === 'true';
        return { requests: remembering(parts).refusals.latest(limit, all).map(summaryOf) };
      },
    },
    {
      method: 'GET',
      path: 'requests/:id',
      who: 'operator',
      run({ params }) {
        const kept = remembering(parts);
        const request = kept.refusals.get(params['id']!);
        if (request !== undefined) return explain(request, kept);
        const message =
          'No refused request with this RequestId is remembered: it was not refused by this server, or many others were since.';
        throw new AdminError(404, 'NotFound', message);
      },
    },
  ];
}

function remembering(parts: ExplainParts | undefined): ExplainParts {
  if (parts !== undefined) return parts;
  throw new AdminError(409, 'NotRemembered', 'Refused requests are not remembered: explain.requests is 0.');
}
