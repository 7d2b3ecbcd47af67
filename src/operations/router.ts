/**
 * Finds the operation of a request. The table is built from the declarations; nothing is routed by hand.
 * Source: spec/buckets.md §1.1, spec/objects.md §2.1.
 */
import { CosError } from '../errors/cos-error.ts';
import type { AnyOperation, Level, Route, Variant } from './operation.ts';
import { FOREIGN_SUBRESOURCES, MEDIA_PREFIXES, type PendingOperation } from './pending.ts';

/** What a dialect says of a request; it alone knows how its protocol spells these. */
export interface RouteRequest {
  readonly level: Level;
  readonly method: string;
  /** Query names in order, decoded. */
  readonly queryNames: readonly string[];
  /** A copy source is named. */
  readonly copy: boolean;
  /** The value of `list-type`. */
  readonly listType: string | undefined;
}

interface Candidates {
  /** By variant; '' is the plain one. */
  readonly byVariant: Map<Variant | '', AnyOperation | 'pending'>;
}

export class Router {
  readonly #table = new Map<string, Candidates>();
  /** Sub-resource names of each level, whatever the method. */
  readonly #reserved = new Set<string>();
  readonly #foreign = new Set(FOREIGN_SUBRESOURCES);

  constructor(operations: readonly AnyOperation[], pending: readonly PendingOperation[]) {
    for (const operation of operations) this.#add(operation, operation);
    for (const route of pending) this.#add(route, 'pending');
  }

  #add(route: Route, target: AnyOperation | 'pending'): void {
    const key = keyOf(route.level, route.method, route.subresource);
    const candidates = this.#table.get(key) ?? { byVariant: new Map() };
    if (candidates.byVariant.has(route.variant ?? '')) throw new Error(`two operations at ${key}`);
    candidates.byVariant.set(route.variant ?? '', target);
    this.#table.set(key, candidates);
    if (route.subresource !== undefined) this.#reserved.add(route.subresource);
  }

  /** @throws CosError MethodNotAllowed, NotImplemented */
  find(request: RouteRequest): AnyOperation {
    const subresource = request.queryNames.length === 0 ? undefined : this.#subresourceOf(request.queryNames);
    const candidates = this.#table.get(keyOf(request.level, request.method, subresource));
    if (candidates === undefined) throw new CosError('MethodNotAllowed');
    const target = candidates.byVariant.get(variantOf(request, candidates)) ?? candidates.byVariant.get('');
    if (target === undefined) throw new CosError('MethodNotAllowed');
    if (target === 'pending') throw new CosError('NotImplemented');
    return target;
  }

  /** The first reserved name of the query counts. */
  #subresourceOf(names: readonly string[]): string | undefined {
    for (const name of names) {
      const folded = name === 'uploadid' ? 'uploadId' : name;
      if (this.#reserved.has(folded)) return folded;
      if (this.#foreign.has(name) || MEDIA_PREFIXES.some((prefix) => name.startsWith(prefix))) {
        throw new CosError('NotImplemented');
      }
    }
    return undefined;
  }
}

function variantOf(request: RouteRequest, { byVariant }: Candidates): Variant | '' {
  if (request.copy && byVariant.has('copy')) return 'copy';
  if (request.listType === '2' && byVariant.has('list-v2')) return 'list-v2';
  if (byVariant.has('with-id') && request.queryNames.includes('id')) return 'with-id';
  return '';
}

function keyOf(level: Level, method: string, subresource: string | undefined): string {
  return subresource === undefined ? `${level} ${method}` : `${level} ${method} ${subresource}`;
}
