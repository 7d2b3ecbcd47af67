/** Requests and policies as cases write them, and what the module makes of them. */
import type { Grant } from '../../../model/records/attributes.ts';
import { type AclPermission, type DecisionSources, decide } from '../../decide.ts';
import { ANONYMOUS, type Identity, type SignedIdentity } from '../../identity.ts';
import type { Scenario, SignedWho, Verdict, Who } from '../fixture.ts';
import { compilePolicy, type PolicyContext } from '../parse.ts';
import type { CompiledPolicy, PolicyRequest } from '../types.ts';

export const APPID = '1250000000';
export const OWNER = '100000000001';
export const BUCKET = `demo-${APPID}`;
export const FOREIGN = '200000000001';
export const FOREIGN_APPID = '1260000000';

const signer = (
  kind: SignedIdentity['kind'],
  ownerUin: string,
  appid: string,
  uin: string,
  name: string,
): SignedWho => ({
  kind,
  ownerUin,
  appid,
  uin,
  name,
});

/** Who signs, by the names that cases use. */
export const WHO = {
  anonymous: 'anonymous',
  root: signer('root', OWNER, APPID, OWNER, ''),
  user: signer('user', OWNER, APPID, '100000000011', 'ada'),
  user2: signer('user', OWNER, APPID, '100000000012', 'bob'),
  role: signer('role', OWNER, APPID, '4611686018427397919', 'uploader'),
  foreignRoot: signer('root', FOREIGN, FOREIGN_APPID, FOREIGN, ''),
  foreignUser: signer('user', FOREIGN, FOREIGN_APPID, '200000000011', 'eve'),
  foreignRole: signer('role', FOREIGN, FOREIGN_APPID, '4611686018427399999', 'uploader'),
} satisfies Record<string, Who>;
export type WhoName = keyof typeof WHO;

/** GetObject of `doc/a.txt` by a sub-user of the owner, with nothing that would allow it. */
export const SCENARIO: Scenario = {
  who: WHO.user,
  actions: ['GetObject'],
  appid: APPID,
  ownerUin: OWNER,
  region: 'ap-guangzhou',
  bucket: BUCKET,
  keys: ['doc/a.txt'],
  facts: {},
  bucketPolicy: undefined,
  policies: [],
  session: undefined,
  acl: [],
  aclPermission: 'READ',
};

export function policy(...statement: readonly unknown[]): unknown {
  return { version: '2.0', statement };
}

const contextOf = (use: PolicyContext['use'], ownerAppid: string, ownerUin: string): PolicyContext => ({
  use,
  label: `${use} policy`,
  ownerAppid,
  ownerUin,
});

export function requestOf(s: Scenario): PolicyRequest {
  return {
    identity: identityOf(s),
    actions: s.actions,
    resource: { appid: s.appid, ownerUin: s.ownerUin, region: s.region, bucket: s.bucket, keys: s.keys },
    facts: { get: (key) => (Object.hasOwn(s.facts, key) ? s.facts[key] : undefined) },
  };
}

function identityOf(s: Scenario): Identity {
  const { who } = s;
  if (who === 'anonymous') return ANONYMOUS;
  const compiled = (value: unknown, use: 'user' | 'session'): CompiledPolicy =>
    compilePolicy(JSON.stringify(value), contextOf(use, who.appid, who.ownerUin));
  const session =
    s.session === undefined ? {} : { session: { name: '', policy: compiled(s.session, 'session'), expiresMs: 0 } };
  return { ...who, secretId: 'AKID', policies: s.policies.map((each) => compiled(each, 'user')), ...session };
}

export function sourcesOf(s: Scenario): DecisionSources {
  const bucketPolicy =
    s.bucketPolicy === undefined
      ? undefined
      : compilePolicy(JSON.stringify(s.bucketPolicy), contextOf('bucket', s.appid, s.ownerUin));
  return { bucketPolicy, acl: s.acl as readonly Grant[], aclPermission: s.aclPermission as AclPermission | undefined };
}

/** The verdict of the module; that the ACL was asked for only where the answer hangs on it is checked on the way. */
export function verdictOf(s: Scenario): Verdict {
  const request = requestOf(s);
  const sources = sourcesOf(s);
  const decision = decide(request, sources);
  if (decision === 'needs-acl') throw new Error('the ACL was there');
  const early = decide(request, { ...sources, acl: undefined });
  if (early === 'needs-acl') {
    const without = decide(request, { ...sources, acl: [] });
    const open = [...Object.values(WHO)].flatMap((who) =>
      who === 'anonymous' ? [] : [`qcs::cam::uin/${who.ownerUin}:uin/${who.uin}`],
    );
    const all = ['all', 'authenticated', ...open].map((grantee) => ({ grantee, permission: 'FULL_CONTROL' as const }));
    const withAll = decide(request, { ...sources, acl: all });
    if (without === 'needs-acl' || withAll === 'needs-acl' || without.allowed || !withAll.allowed) {
      throw new Error('the answer does not hang on the ACL');
    }
  } else if (early.allowed !== decision.allowed) {
    throw new Error('the ACL would have changed the answer');
  }
  if (decision.allowed) return 'allow';
  return decision.rule.endsWith('(deny)') ? 'deny' : 'undecided';
}
