/** What a row of the permission matrix says, and the cells that many rows share. Source: spec/access.md §2.2, §6, §7. */
import type { Answer } from '../../support/http.ts';
import type { Asked } from '../../support/permissions.ts';

/** What the requests of one cell are about. No two cells share a key. */
export interface Place {
  /** Full name. */
  readonly bucket: string;
  readonly key: string;
  /** Another bucket of the account, full name. */
  readonly other: string;
  /** Headers that give the grantees what they have. */
  readonly grants: Readonly<Record<string, string>>;
  /** Set where the row starts an upload. */
  uploadId: string;
  /** Of part 1 of the upload, where the row stores one. */
  etag: string;
}

/** By the root of the bucket's account. @throws Error when it is no success */
export type Prepare = (ask: (asked: Asked) => Promise<Answer>, place: Place) => Promise<unknown>;

/**
 * Who asks. The grantees are roots of other accounts whom the ACL of the bucket gives one permission; the last four are
 * one user whose policies are made from the row.
 */
export const IDENTITIES = [
  /** the account of the bucket */
  'root',
  /** a user of the account without a policy */
  'user',
  /** the root of another account */
  'foreign',
  'anonymous',
  /** a temporary key of the root whose time is over */
  'expired',
  'reader',
  'writer',
  /** FULL_CONTROL */
  'controller',
  /** allowed the actions of the row on its resource, and nothing else; once for each action that suffices */
  'only',
  /** allowed everything but the actions of the row */
  'except',
  /** allowed everything, and denied one action of the row; once for each */
  'denied',
  /** allowed the actions of the row, elsewhere */
  'elsewhere',
] as const;
export type IdentityName = (typeof IDENTITIES)[number];

/** `allow`, or the code of the refusal. */
export type Cell = 'allow' | 'AccessDenied' | 'ExpiredToken' | 'NotImplemented';
export type Cells = Readonly<Record<IdentityName, Cell>>;

export interface Row {
  /** As the registry names it. */
  readonly operation: string;
  readonly request: (place: Place) => Asked;
  readonly success: number;
  /** Any one of them suffices, a deny of any refuses. Without prefix. */
  readonly actions: readonly string[];
  /** `own-bucket`: a bucket that is named as the key of the cell. */
  readonly resource: 'service' | 'bucket' | 'object' | 'own-bucket';
  /**
   * Further rights, each of them needed, on another key of the bucket; '' where it is the bucket as a whole.
   * `other`: of the other bucket.
   */
  readonly also?: readonly { readonly action: string; readonly key: string; readonly other?: true }[];
  readonly cells: Cells;
  /** Why the cells are as they are, where the specification does not say it in so many words. */
  readonly reason?: string;
  /** Before the first cell. */
  readonly once?: Prepare;
  /** Before each cell. */
  readonly each?: Prepare;
}

/** Reached by the owner and by policies alone: no ACL gives it (§2.2). */
export const BY_POLICY: Cells = {
  root: 'allow',
  user: 'AccessDenied',
  foreign: 'AccessDenied',
  anonymous: 'AccessDenied',
  expired: 'ExpiredToken',
  reader: 'AccessDenied',
  writer: 'AccessDenied',
  controller: 'AccessDenied',
  only: 'allow',
  except: 'AccessDenied',
  denied: 'AccessDenied',
  elsewhere: 'AccessDenied',
};

/** READ on the bucket. */
export const BY_READ: Cells = { ...BY_POLICY, reader: 'allow', controller: 'allow' };

/** WRITE on the bucket. */
export const BY_WRITE: Cells = { ...BY_POLICY, writer: 'allow', controller: 'allow' };

/** READ_ACP or WRITE_ACP on the bucket. */
export const BY_ACP: Cells = { ...BY_POLICY, controller: 'allow' };

/** Of an operation that is not built, whatever its row says; a key that is over is told so first. */
export const PENDING_FOR_ALL: Cells = {
  ...(Object.fromEntries(IDENTITIES.map((name) => [name, 'NotImplemented'])) as Cells),
  expired: 'ExpiredToken',
};

type Given = Partial<Pick<Row, 'request' | 'also' | 'reason' | 'once' | 'each'>> & {
  readonly method?: string;
  readonly query?: Asked['query'];
  readonly headers?: Asked['headers'];
  readonly body?: string;
  readonly cells?: Cells;
  readonly success?: number;
  readonly actions?: readonly string[];
};

/** A row of an operation on a bucket; the action is named as the operation. */
export function ofBucket(operation: string, method: string, query: string, given: Given = {}): Row {
  return row('bucket', operation, method, query, given, () => '');
}

/** A row of an operation on an object. */
export function ofObject(operation: string, method: string, query: string, given: Given = {}): Row {
  return row('object', operation, method, query, given, ({ key }) => key);
}

function row(
  resource: 'bucket' | 'object',
  operation: string,
  method: string,
  query: string,
  given: Given,
  keyOf: (place: Place) => string,
): Row {
  const { body, headers, cells = BY_POLICY, success = 200, actions = [operation], ...rest } = given;
  const fields = Object.fromEntries(new URLSearchParams(query));
  const asked = { method, query: fields, ...(headers && { headers }), ...(body !== undefined && { body }) };
  return {
    operation,
    resource,
    cells,
    success,
    actions,
    request: (place) => ({ ...asked, key: keyOf(place) }),
    ...rest,
  };
}
