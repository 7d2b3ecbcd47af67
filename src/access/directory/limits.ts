/**
 * Bounds of the directory. Those of an account follow the published quotas of Tencent's access management; the sum is
 * our own, since every process keeps all of it in memory.
 */
export const DIRECTORY_LIMITS = {
  accounts: 1_000,
  /** Of one account: */
  users: 1_000,
  groups: 300,
  roles: 1_000,
  policies: 1_500,
  /** Of one user, group or role. */
  attachedPolicies: 30,
  groupsOfUser: 10,
  /** Of one root or user (spec/access.md §1). */
  keys: 2,
  trustedPrincipals: 50,
  /** UTF-8 bytes of one policy. */
  policyBytes: 6_144,
  /** Entries of all kinds in all accounts: reading them anew after a change must stay a matter of milliseconds. */
  entries: 10_000,
  minSessionS: 900,
  maxSessionS: 43_200,
} as const;

/** A role's longest session where none is given, s. */
export const DEFAULT_SESSION_S = 7_200;
