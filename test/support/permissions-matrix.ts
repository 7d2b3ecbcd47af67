/** Asks every cell of the permission matrix of a real server. */
import { PENDING } from '../../src/operations/pending.ts';
import { OPERATIONS } from '../../src/operations/registry.ts';
import {
  type Cell,
  IDENTITIES,
  type IdentityName,
  PENDING_FOR_ALL,
  type Place,
  type Row,
} from '../e2e/permissions/row.ts';
import type { Answer } from './http.ts';
import { type Asked, askAs, type Signer } from './permissions.ts';
import { type Admin, adminOf, ROOT } from './permissions-world.ts';
import { APPID, REGION, type ServerProcess } from './server-process.ts';

export interface Outcome {
  readonly operation: string;
  readonly identity: IdentityName;
  /** The one action that this cell is about. */
  readonly action?: string;
  readonly wanted: Cell;
  /** `allow`, or the status and code of the answer. */
  readonly got: string;
}

interface World {
  readonly port: number;
  readonly admin: Admin;
  readonly signers: Readonly<Record<IdentityName, Signer | undefined>>;
  readonly grants: Readonly<Record<string, string>>;
  readonly other: string;
}

const USER = 'by-policy';
const EXPIRED_S = 60;

/** @param advance moves the clock of the server by so many seconds */
export async function matrixWorld(server: ServerProcess, advance: (seconds: number) => Promise<void>): Promise<World> {
  const admin = adminOf(server);
  const { port } = server;
  const grantee = await Promise.all(['reader', 'writer', 'controller', 'foreign'].map((name) => admin.account(name)));
  const [reader, writer, controller, foreign] = grantee as [Signer, ...typeof grantee];
  const user = await admin.user('without');
  const byPolicy = await admin.user(USER);
  const everything = { effect: 'allow', action: '*', resource: '*' };
  const expired = await admin.session(ROOT, [everything], EXPIRED_S);
  await advance(2 * EXPIRED_S);
  const [read, write, control] = grantee.map(({ uin }) => `id="${uin}"`) as [string, string, string];
  const other = `other-${APPID}`;
  const world: World = {
    ...{ port, admin, other },
    grants: { 'x-cos-grant-read': read, 'x-cos-grant-write': write, 'x-cos-grant-full-control': control },
    signers: {
      ...{ root: ROOT, user, foreign, anonymous: undefined, expired, reader, writer, controller },
      ...{ only: byPolicy, except: byPolicy, denied: byPolicy, elsewhere: byPolicy },
    },
  };
  await asRoot(world, other)({ method: 'PUT' });
  return world;
}

const asRoot = (world: World, bucket: string) => async (asked: Asked) => {
  const answer = await askAs(world.port, ROOT, bucket, asked);
  if (answer.status < 300) return answer;
  throw new Error(`${asked.method} ${bucket} ${JSON.stringify(asked.query)}: ${answer.status} ${answer.text}`);
};

const pending: ReadonlySet<string> = new Set(PENDING.map(({ name }) => name));
let cells = 0;

/** All cells of one row. */
export async function askRow(world: World, row: Row): Promise<Outcome[]> {
  const built = !pending.has(row.operation);
  const bucket = `m-${row.operation.toLowerCase()}-${APPID}`;
  const ask = asRoot(world, bucket);
  const { other, grants } = world;
  await ask({ method: 'PUT', headers: grants });
  const placeOfCell = (): Place => ({ bucket, key: `cell-${++cells}`, other, grants, uploadId: '', etag: '' });
  if (built) await row.once?.(ask, placeOfCell());
  const outcomes: Outcome[] = [];
  for (const identity of IDENTITIES) {
    const wanted = (built ? row.cells : PENDING_FOR_ALL)[identity];
    for (const action of actionsOf(row, identity)) {
      const place = placeOfCell();
      if (built) await row.each?.(ask, place);
      if (action !== undefined) await world.admin.allow(USER, statementsOf(row, identity, action, place));
      const answer = await askAs(world.port, world.signers[identity], bucket, row.request(place));
      const got = await outcomeOf(world, row, answer);
      outcomes.push({ operation: row.operation, identity, wanted, got, ...(action !== undefined && { action }) });
    }
  }
  return outcomes;
}

/** What the cells of an identity go through; undefined where policies have no part in it. */
function actionsOf(row: Row, identity: IdentityName): readonly (string | undefined)[] {
  const also = (row.also ?? []).map(({ action }) => action);
  switch (identity) {
    case 'only':
    case 'elsewhere':
      return row.actions;
    case 'denied':
      return [...row.actions, ...also];
    case 'except':
      return [row.actions.join('+'), ...also];
    default:
      return [undefined];
  }
}

/** The policy of a cell. */
function statementsOf(row: Row, identity: IdentityName, action: string, place: Place): object[] {
  const resource = resourceOf(row, place);
  const also = (row.also ?? []).map((more) =>
    allow([more.action], inBucket(more.other ? place.other : place.bucket, more.key)),
  );
  switch (identity) {
    case 'only':
      return [allow([action], resource), ...also];
    case 'elsewhere': {
      const another = { ...place, key: `${place.key}x`, bucket: place.other };
      return [
        allow([action], row.resource === 'service' ? inBucket(place.other, '*') : resourceOf(row, another)),
        ...also,
      ];
    }
    case 'denied': {
      const further = row.also?.find((more) => more.action === action && !row.actions.includes(action));
      const from = further === undefined ? resource : inBucket(further.other ? place.other : place.bucket, further.key);
      return [allow(['*'], '*'), { ...allow([action], from), effect: 'deny' }];
    }
    default: {
      const without = new Set(action.split('+'));
      const others = OPERATIONS.flatMap((operation) => operation.actions).filter((name) => !without.has(name));
      return [allow([...new Set(others)], '*')];
    }
  }
}

function resourceOf({ resource }: Row, { bucket, key }: Place): string {
  switch (resource) {
    case 'service':
      return '*';
    case 'bucket':
      return inBucket(bucket, '');
    case 'own-bucket':
      return inBucket(`${key}-${APPID}`, '');
    case 'object':
      return inBucket(bucket, key);
  }
}

const inBucket = (bucket: string, key: string) => `qcs::cos:${REGION}:uid/${APPID}:${bucket}/${key}`;
const allow = (actions: readonly string[], resource: string) => ({
  effect: 'allow',
  action: actions.map((name) => (name === '*' ? name : `name/cos:${name}`)),
  resource,
});

async function outcomeOf({ admin }: World, row: Row, answer: Answer): Promise<string> {
  const { status, text, headers } = answer;
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  if (code === undefined && status === row.success) return 'allow';
  // A batch says of each of its keys what became of it.
  if (code !== undefined && status === 200) return code;
  if (code !== undefined && status === STATUS[code]) return code;
  if (code === undefined && status === 403) {
    // HEAD has no body: the server remembers what it refused.
    const id = headers['x-cos-request-id'] as string;
    const known = await admin.call<{ request: { code: string } }>('GET', `requests/${id}`);
    return known.request.code;
  }
  return `${status} ${code}: ${text.slice(0, 300)}`;
}

const STATUS: Readonly<Record<string, number>> = { AccessDenied: 403, ExpiredToken: 403, NotImplemented: 501 };
