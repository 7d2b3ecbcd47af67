/** The admin API: finds the route, then who calls, then reads the body, then runs it. */
import { findAccount } from '../../access/directory/accounts.ts';
import type { Directory } from '../../access/directory/directory.ts';
import type { Account } from '../../access/directory/types.ts';
import type { SignedIdentity } from '../../access/identity.ts';
import type { AccessNote } from '../../cos/access-note.ts';
import { CosError } from '../../errors/cos-error.ts';
import { parseQuery, type QueryParams } from '../../http/query.ts';
import { decodePath } from '../../http/target.ts';
import type { WireReply, WireRequest } from '../../http/types.ts';
import type { Clock } from '../../platform/clock.ts';
import { callerOf, checkBody, forbidden } from './caller.ts';
import { JsonBody } from './json-body.ts';
import { ADMIN_PREFIX } from './paths.ts';
import { AdminError, badRequest, codeOf, errorReply, resultReply } from './reply.ts';
import type { Route } from './route.ts';

export interface AdminOptions {
  readonly directory: Directory;
  readonly clock: Clock;
  readonly routes: readonly Route[];
  readonly onInternalError: (error: unknown, request: WireRequest) => void;
}

/** bytes */
const MAX_BODY = 64 * 1024;

interface Declared {
  readonly route: Route;
  readonly segments: readonly string[];
}

export class AdminApi {
  readonly #options: AdminOptions;
  readonly #declared: readonly Declared[];

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#declared = options.routes.map((route) => ({ route, segments: route.path.split('/') }));
  }

  async handle(request: WireRequest): Promise<WireReply> {
    const note: AccessNote = {};
    request.note = note;
    try {
      return resultReply(await this.#answer(request, note));
    } catch (error) {
      const reply = errorReply(error);
      note.code = codeOf(error);
      if (reply.status === 500) this.#options.onInternalError(error, request);
      return reply;
    }
  }

  async #answer(request: WireRequest, note: AccessNote): Promise<unknown> {
    const { directory, clock } = this.#options;
    const { route, params } = this.#find(request);
    note.operation = `admin:${route.method} ${route.path}`;
    const query = parseQuery(request.rawQuery);
    const caller = callerOf(request, query, directory, clock.nowMs());
    note.secretId = caller.secretId;
    note.identity = caller;
    const isOperator = caller.ownerUin === directory.operator.uin;
    if (route.who === 'operator' && !isOperator) throw forbidden('Only the root of the first account may do this.');
    const account = accountOf(directory, caller, query, isOperator);
    const body = await request.body.readAll(MAX_BODY, new CosError('EntityTooLarge', { close: true }));
    checkBody(request, body);
    return route.run({ caller, account, params, query, body: new JsonBody(body.toString('utf8')) });
  }

  #find(request: WireRequest): { route: Route; params: Record<string, string> } {
    const segments = request.rawPath.slice(ADMIN_PREFIX.length).split('/').map(decodePath);
    const allow: string[] = [];
    for (const declared of this.#declared) {
      const params = match(declared.segments, segments);
      if (params === undefined) continue;
      if (declared.route.method === request.method) return { route: declared.route, params };
      allow.push(declared.route.method);
    }
    if (allow.length === 0) throw new AdminError(404, 'NotFound', 'There is no such page.');
    throw new AdminError(405, 'MethodNotAllowed', 'This page does not take that method.', allow);
  }
}

function match(declared: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (declared.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (let i = 0; i < declared.length; i++) {
    const pattern = declared[i]!;
    const segment = given[i]!;
    if (pattern.startsWith(':')) {
      if (segment === '') return undefined;
      params[pattern.slice(1)] = segment;
    } else if (pattern !== segment) {
      return undefined;
    }
  }
  return params;
}

/** @throws AdminError 400, 403; DirectoryError NotFound */
function accountOf(directory: Directory, caller: SignedIdentity, query: QueryParams, isOperator: boolean): Account {
  const own = directory.home(caller.ownerUin).account;
  const named = query.get('account');
  if (named === undefined) return own;
  if (named === '') throw badRequest('The parameter account is empty.');
  if (isOperator) return findAccount(directory.state, named);
  if (named === own.uin || named === own.appid) return own;
  throw forbidden('Only the root of the first account may name another account.');
}
