/** Lists in pages: `limit` entries behind `marker`, and the marker of the next page. */
import type { QueryParams } from '../../http/query.ts';
import { badRequest } from './reply.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export interface Page<T> {
  readonly items: T[];
  /** Present when there are more. */
  readonly nextMarker?: string;
}

/** @param idOf unique; the order of the list @throws AdminError 400 */
export function pageOf<T>(all: Iterable<T>, idOf: (item: T) => string, query: QueryParams): Page<T> {
  const marker = query.get('marker') ?? '';
  const given = query.get('limit') ?? String(DEFAULT_LIMIT);
  const limit = Number(given);
  if (!/^\d{1,4}$/.test(given) || limit < 1 || limit > MAX_LIMIT) {
    throw badRequest(`The parameter limit must be a number from 1 to ${MAX_LIMIT}.`);
  }
  const behind = [...all].filter((item) => idOf(item) > marker).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const items = behind.slice(0, limit);
  const last = items.at(-1);
  return behind.length > limit && last !== undefined ? { items, nextMarker: idOf(last) } : { items };
}
