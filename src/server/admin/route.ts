/** What a route of the admin API declares. */
import type { Account } from '../../access/directory/types.ts';
import type { SignedIdentity } from '../../access/identity.ts';
import type { QueryParams } from '../../http/query.ts';
import type { JsonBody } from './json-body.ts';

export interface AdminRequest {
  readonly caller: SignedIdentity;
  /** The account that it is about: the caller's, or the one the operator named with `?account=`. */
  readonly account: Account;
  /** Decoded values of the `:names` in the path; never empty. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: QueryParams;
  readonly body: JsonBody;
}

export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Below `/_cosette/admin/v1/`, with `:name` for a segment: `users/:user/policies/:policy`. */
  readonly path: string;
  /** `operator`: the root of the first account. `root`: any root, for its own account. */
  readonly who: 'operator' | 'root';
  /**
   * @returns what is sent as JSON with 200, or Streamed; undefined for 204
   * @throws AdminError, DirectoryError, CosError; anything else is an internal error
   */
  run(request: AdminRequest): unknown;
}
