/** Who makes a request. Source: spec/access.md §1, §9, §10. */
import type { CompiledPolicy } from './policy/types.ts';

export interface AnonymousIdentity {
  readonly kind: 'anonymous';
}

/** What a temporary key adds to the identity that asked for it. */
export interface Session {
  /** What it was called in the request for the key; '' where it has no name. */
  readonly name: string;
  /** Narrows the rights of the identity; undefined: all of them. */
  readonly policy: CompiledPolicy | undefined;
  /** ms since the epoch */
  readonly expiresMs: number;
}

export interface SignedIdentity {
  readonly kind: 'root' | 'user' | 'role';
  /** Of the account: digits; the suffix of its bucket names. */
  readonly appid: string;
  /** UIN of the account's root: digits; the owner in ACLs. */
  readonly ownerUin: string;
  /** UIN of the identity itself: the root's is `ownerUin`; of a role its id. */
  readonly uin: string;
  /** Of the sub-user or role; '' for root. */
  readonly name: string;
  /** Of the key that signed. */
  readonly secretId: string;
  /** Of the sub-user and its groups, or of the role; none for root. */
  readonly policies: readonly CompiledPolicy[];
  /** Present where the key is a temporary one. */
  readonly session?: Session;
}

export type Identity = AnonymousIdentity | SignedIdentity;

export const ANONYMOUS: AnonymousIdentity = { kind: 'anonymous' };

/** A key pair as the signature check needs it. */
export interface AccessKey {
  readonly secretId: string;
  readonly secretKey: string;
  readonly enabled: boolean;
  readonly identity: SignedIdentity;
}

/** Looks key pairs up. */
export interface KeyRing {
  /**
   * @param token what came with a temporary key; ignored beside a permanent one
   * @returns also a temporary key that has expired: its session says so
   */
  find(secretId: string, token?: string): AccessKey | undefined;
}
