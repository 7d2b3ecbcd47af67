/** A request as policies see it, and what they become before they are asked. Source: spec/access.md §4, §5, §7. */
import type { Identity } from '../identity.ts';

/**
 * Values of condition keys of one request. Asked only by policies that have conditions, so values are made on demand.
 * @param key lower case, with its prefix: `qcs:ip`, `cos:versionid` …
 * @returns decoded values, undefined where the request has none
 */
export interface ConditionFacts {
  get(key: string): readonly string[] | undefined;
}

export interface PolicyResource {
  /** Of the bucket's owner; where there is no bucket (GetService): of the signer. */
  readonly appid: string;
  readonly ownerUin: string;
  /** undefined for the service itself */
  readonly region: string | undefined;
  /** Full name, `<name>-<appid>`; undefined for the service itself. */
  readonly bucket: string | undefined;
  /**
   * Decoded key, or '' for the bucket itself. Several where an operation stands for each of them: a listing asks about
   * the bucket and about its prefix, and a statement that covers one of them covers it (spec/access.md §10).
   */
  readonly keys: readonly string[];
}

export interface PolicyRequest {
  readonly identity: Identity;
  /** Without prefix; a statement that names one of them names the request: `HeadObject`, `GetObject`. */
  readonly actions: readonly string[];
  readonly resource: PolicyResource;
  readonly facts: ConditionFacts;
}

/** A policy, compiled once for each change. `Statement` is the module's own affair. */
export interface CompiledPolicy {
  /** Whose it is and what it is called, for administrators: `user policy uploads`, `bucket policy`. */
  readonly label: string;
  readonly statements: readonly CompiledStatement[];
  /** It has conditions on the tags of the object that is there: they are read for it alone. */
  readonly asksObjectTags?: boolean;
}

export interface CompiledStatement {
  readonly effect: 'allow' | 'deny';
  /** `Sid`, or the position from 1 on. */
  readonly id: string;
  /** Whoever it names, it is about requests from known addresses or of known principals alone. */
  readonly restricted?: boolean;
  /** Whom it names. Always true in user and session policies, whose principals do not count. */
  readonly names: PrincipalTest;
  /** @param request with the actions, resource and facts; the principal is not looked at */
  readonly covers: (request: PolicyRequest) => boolean;
}

/** Whether a statement of a bucket policy is about somebody. */
export interface PrincipalTest {
  /** Names this signed identity, not counting everybody. */
  identity(identity: Identity): boolean;
  /** Names the account of this identity (its root), which a sub-user of another account needs besides its own policy. */
  account(identity: Identity): boolean;
  /** Names everybody or the anonymous. */
  readonly everyone: boolean;
}
