/** Who makes a request. Source: spec/access.md §1. */
export interface AnonymousIdentity {
  readonly kind: 'anonymous';
}

export interface RootIdentity {
  readonly kind: 'root';
  /** Digits; the suffix of the account's bucket names. */
  readonly appid: string;
  /** Digits; the account's id in owners and grants. */
  readonly uin: string;
  readonly secretId: string;
}

export type Identity = AnonymousIdentity | RootIdentity;

export const ANONYMOUS: AnonymousIdentity = { kind: 'anonymous' };

/** A key pair as the signature check needs it. */
export interface AccessKey {
  readonly secretId: string;
  readonly secretKey: string;
  readonly enabled: boolean;
  readonly identity: RootIdentity;
}

/** Looks key pairs up. */
export interface KeyRing {
  find(secretId: string): AccessKey | undefined;
}
