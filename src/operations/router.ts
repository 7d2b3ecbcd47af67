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
  /** Sub-resource names of each level, whatever the method: by themselves and by their lower case. */
  readonly #reserved = new Map<string, string>();
  readonly #foreign = new Set(FOREIGN_SUBRESOURCES.map((name) => name.toLowerCase()));

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
    if (route.subresource !== undefined) {
      const { subresource } = route;
      this.#reserved.set(subresource, subresource);
      if (!this.#reserved.has(subresource.toLowerCase())) this.#reserved.set(subresource.toLowerCase(), subresource);
    }
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

  /**
   * The first reserved name of the query counts, in whatever case: signatures cover names in lower case, so that whoever
   * holds a URL for `?acl` could make `?ACL` of it, and must not get another operation by it.
   */
  #subresourceOf(names: readonly string[]): string | undefined {
    for (const name of names) {
      const folded = name.toLowerCase();
      const reserved = this.#reserved.get(name) ?? this.#reserved.get(folded);
      if (reserved !== undefined) return reserved;
      if (this.#foreign.has(folded) || MEDIA_PREFIXES.some((prefix) => folded.startsWith(prefix.toLowerCase()))) {
        throw new CosError('NotImplemented');
      }
    }
    return undefined;
  }
}

function variantOf(request: RouteRequest, { byVariant }: Candidates): Variant | '' {
  if (request.copy && byVariant.has('copy')) return 'copy';
  if (request.listType === '2' && byVariant.has('list-v2')) return 'list-v2';
  if (byVariant.has('with-id') && request.queryNames.some((name) => name.toLowerCase() === 'id')) return 'with-id';
  return '';
}

function keyOf(level: Level, method: string, subresource: string | undefined): string {
  return subresource === undefined ? `${level} ${method}` : `${level} ${method} ${subresource}`;
}
