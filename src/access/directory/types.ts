/** What the directory of identities holds. Source: spec/access.md §1; limits of our own in limits.ts. */

export interface Account {
  /** Of its root: digits. */
  readonly uin: string;
  /** Digits; the suffix of its bucket names. */
  readonly appid: string;
  readonly name: string;
  /** ms since the epoch */
  readonly createdMs: number;
}

export interface User {
  readonly ownerUin: string;
  /** Its own, of 12 digits. */
  readonly uin: string;
  readonly name: string;
  /** Ids of groups of the account. */
  readonly groups: readonly string[];
  /** Names of attached policies: of the account, or presets. */
  readonly policies: readonly string[];
  /** Its key pairs and temporary keys are refused. */
  readonly disabled: boolean;
  /** ms since the epoch */
  readonly createdMs: number;
}

export interface Group {
  readonly ownerUin: string;
  /** Digits. */
  readonly id: string;
  readonly name: string;
  /** Names of attached policies. */
  readonly policies: readonly string[];
  /** ms since the epoch */
  readonly createdMs: number;
}

export interface Role {
  readonly ownerUin: string;
  /** 19 digits, unlike any UIN. */
  readonly id: string;
  readonly name: string;
  /** Who may assume it: principals of trust.ts. */
  readonly trust: readonly string[];
  /** Names of attached policies. */
  readonly policies: readonly string[];
  /** Longest duration of a temporary key, s. */
  readonly maxSessionS: number;
  /** ms since the epoch */
  readonly createdMs: number;
}

/** A policy of an account's own; presets have no row. */
export interface Policy {
  readonly ownerUin: string;
  readonly name: string;
  /** JSON, as it was given. */
  readonly text: string;
  /** ms since the epoch */
  readonly updatedMs: number;
}

/** A key pair without its SecretKey. */
export interface KeyFacts {
  readonly secretId: string;
  readonly ownerUin: string;
  /** Of the root or the sub-user that it belongs to. */
  readonly uin: string;
  readonly enabled: boolean;
  /** ms since the epoch */
  readonly createdMs: number;
}

export interface KeyRecord extends KeyFacts {
  /** SecretKey, sealed with label `secret-keys` in the context of the SecretId. */
  readonly sealed: Buffer;
}

export type DirectoryErrorCode =
  | 'NotFound'
  | 'Exists'
  | 'Invalid'
  /** one more would be more than limits.ts allows */
  | 'Limit'
  /** something else still needs it */
  | 'InUse'
  /** other changes went on all the time; nothing was changed */
  | 'Conflict';

export class DirectoryError extends Error {
  readonly code: DirectoryErrorCode;

  /** @param message for people; never holds a secret */
  constructor(code: DirectoryErrorCode, message: string) {
    super(message);
    this.name = 'DirectoryError';
    this.code = code;
  }
}
