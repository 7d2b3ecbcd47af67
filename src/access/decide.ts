/** Who may do what: identity policies, bucket policy, ACL and session in their order. Source: spec/access.md §7. */
import type { Grant, Permission } from '../model/records/attributes.ts';
import type { Decision } from './decision.ts';
import type { SignedIdentity } from './identity.ts';
import type { CompiledPolicy, CompiledStatement, PolicyRequest } from './policy/types.ts';

/** What an operation asks of an ACL (spec/access.md §2.2). */
export type AclPermission = Exclude<Permission, 'FULL_CONTROL'>;

export interface DecisionSources {
  /** Of the bucket that the request is about. */
  readonly bucketPolicy: CompiledPolicy | undefined;
  /** Of the object or bucket, with what its canned ACL grants; undefined while it is not loaded. */
  readonly acl: readonly Grant[] | undefined;
  /** undefined where no ACL can allow the operation */
  readonly aclPermission: AclPermission | undefined;
}

type Statements = (statement: CompiledStatement) => boolean;

const OWNER: Decision = { allowed: true, rule: 'owner' };
const NOTHING: Decision = { allowed: false, rule: 'no rule allows it' };

/** A root cannot lock itself out of its bucket with a policy. */
const ALWAYS_OF_ROOT: ReadonlySet<string> = new Set(['PutBucketPolicy', 'GetBucketPolicy', 'DeleteBucketPolicy']);

/** @returns `needs-acl` if the answer hangs on the ACL and it is not loaded */
export function decide(request: PolicyRequest, sources: DecisionSources): Decision | 'needs-acl' {
  const { identity } = request;
  if (identity.kind === 'anonymous') return asEveryone(request, sources, false);
  const { session } = identity;
  const own = identity.ownerUin === request.resource.ownerUin;
  const ownRoot = own && identity.kind === 'root';
  if (ownRoot && sources.bucketPolicy === undefined && session?.policy === undefined) return OWNER;

  const denied = explicitDeny(request, identity, own, sources.bucketPolicy);
  if (denied !== undefined) return denied;
  let hangsOnAcl = false;
  if (session?.policy === undefined || first(request, session.policy, isAllow) !== undefined) {
    const granted = ownRoot ? OWNER : grantTo(request, identity, own, sources);
    if (typeof granted === 'object') return granted;
    hangsOnAcl = granted === 'needs-acl';
  }
  return asEveryone(request, sources, hangsOnAcl);
}

/** Denies that name the signer; those for everyone wait for the step that is about everyone. */
function explicitDeny(
  request: PolicyRequest,
  identity: SignedIdentity,
  own: boolean,
  bucketPolicy: CompiledPolicy | undefined,
): Decision | undefined {
  for (const policy of identity.policies) {
    const denied = first(request, policy, isDeny);
    if (denied !== undefined) return denied;
  }
  const { session } = identity;
  const bySession = session?.policy === undefined ? undefined : first(request, session.policy, isDeny);
  if (bySession !== undefined) return bySession;
  if (own && identity.kind === 'root' && request.actions.every((action) => ALWAYS_OF_ROOT.has(action)))
    return undefined;
  return first(request, bucketPolicy, (s) => isDeny(s) && namesSigner(s, identity, own));
}

/** What makes a signer succeed who is not the owner. */
function grantTo(
  request: PolicyRequest,
  identity: SignedIdentity,
  own: boolean,
  sources: DecisionSources,
): Decision | 'needs-acl' | undefined {
  const byOwnPolicy = ownPolicyAllow(request, identity);
  if (own && byOwnPolicy !== undefined) return byOwnPolicy;
  // The right of a foreign account reaches its users and roles through their own policies alone.
  if (!own && identity.kind !== 'root' && byOwnPolicy === undefined) return undefined;
  const byBucket = first(request, sources.bucketPolicy, (s) => isAllow(s) && namesSigner(s, identity, own));
  if (byBucket !== undefined) return byBucket;
  const { acl, aclPermission } = sources;
  if (aclPermission === undefined) return undefined;
  if (acl === undefined) return 'needs-acl';
  const itself = `qcs::cam::uin/${identity.ownerUin}:uin/${identity.uin}`;
  const root = `qcs::cam::uin/${identity.ownerUin}:uin/${identity.ownerUin}`;
  return byAcl(
    acl,
    aclPermission,
    (grantee) =>
      grantee === 'authenticated' || (identity.kind !== 'role' && grantee === itself) || (!own && grantee === root),
  );
}

function ownPolicyAllow(request: PolicyRequest, identity: SignedIdentity): Decision | undefined {
  for (const policy of identity.policies) {
    const allowed = first(request, policy, isAllow);
    if (allowed !== undefined) return allowed;
  }
  return undefined;
}

/** A principal that is a foreign root stands for its account. */
function namesSigner(statement: CompiledStatement, identity: SignedIdentity, own: boolean): boolean {
  return statement.names.identity(identity) || (!own && statement.names.account(identity));
}

/**
 * The last step, for the anonymous and for signed requesters without a right of their own.
 * @param hangsOnAcl whether the ACL could have allowed it before
 */
function asEveryone(request: PolicyRequest, sources: DecisionSources, hangsOnAcl: boolean): Decision | 'needs-acl' {
  const { bucketPolicy, acl, aclPermission } = sources;
  const denied = first(request, bucketPolicy, (s) => isDeny(s) && s.names.everyone);
  if (denied !== undefined) return hangsOnAcl ? 'needs-acl' : denied;
  const allowed = first(request, bucketPolicy, (s) => isAllow(s) && s.names.everyone);
  if (allowed !== undefined) return allowed;
  if (aclPermission === undefined) return NOTHING;
  if (acl === undefined) return 'needs-acl';
  return byAcl(acl, aclPermission, (grantee) => grantee === 'all') ?? NOTHING;
}

const isAllow: Statements = (statement) => statement.effect === 'allow';
const isDeny: Statements = (statement) => statement.effect === 'deny';

/** What the first statement that counts and covers the request decides. */
function first(request: PolicyRequest, policy: CompiledPolicy | undefined, counts: Statements): Decision | undefined {
  const statement = policy?.statements.find((s) => counts(s) && s.covers(request));
  if (policy === undefined || statement === undefined) return undefined;
  const { id, effect } = statement;
  return { allowed: effect === 'allow', rule: `${policy.label} statement ${id} (${effect})` };
}

function byAcl(
  acl: readonly Grant[],
  wanted: AclPermission,
  includes: (grantee: string) => boolean,
): Decision | undefined {
  const grant = acl.find(
    ({ grantee, permission }) => (permission === wanted || permission === 'FULL_CONTROL') && includes(grantee),
  );
  if (grant === undefined) return undefined;
  return { allowed: true, rule: `ACL: ${GROUPS.get(grant.grantee) ?? grant.grantee} ${grant.permission}` };
}

const GROUPS: ReadonlyMap<string, string> = new Map([
  ['all', 'AllUsers'],
  ['authenticated', 'AuthenticatedUsers'],
]);
