/** The order in which rules decide: spec/access.md §7. */
import { describe, expect, test } from 'vitest';
import { decide } from './decide.ts';
import {
  APPID,
  FOREIGN,
  OWNER,
  policy,
  requestOf,
  SCENARIO,
  sourcesOf,
  verdictOf,
  WHO,
  type WhoName,
} from './policy/cases/fixture.ts';
import { referenceVerdict, type Scenario, type Verdict } from './policy/fixture.ts';

const id = (owner: string, uin = owner) => `qcs::cam::uin/${owner}:uin/${uin}`;
const mine = (effect: string, action = '*', resource = '*') => policy({ effect, action, resource });
const to = (principal: string, effect: string, action = '*') => ({
  principal: { qcs: [principal] },
  effect,
  action,
  resource: '*',
});
const grant = (grantee: string, permission = 'READ') => ({ acl: [{ grantee, permission }] });

const USER = id(OWNER, '100000000011');
const ROLE = `qcs::cam::uin/${OWNER}:roleName/uploader`;
const FOREIGN_USER = id(FOREIGN, '200000000011');
const FOREIGN_ROLE = `qcs::cam::uin/${FOREIGN}:roleName/uploader`;
const EVERYONE = 'qcs::cam::anyone:anyone';
const ALLOW = { policies: [mine('allow')] };
const OPEN = { bucketPolicy: policy(to(EVERYONE, 'allow')) };
const SHUT = { bucketPolicy: policy(to(EVERYONE, 'deny')) };
const by = (...statements: unknown[]) => ({ bucketPolicy: policy(...statements) });
const during = (...statements: unknown[]) => ({ session: policy(...statements) });
const ANY = { effect: 'allow', action: '*', resource: '*' };
const OTHER = { effect: 'allow', action: 'cos:PutObject', resource: '*' };
const NO_GET = { effect: 'deny', action: 'cos:GetObject', resource: '*' };
const SERVICE = { actions: ['GetService'], bucket: undefined, region: undefined, keys: [''], aclPermission: undefined };
const AT_HOME = { ...SERVICE, appid: '1260000000', ownerUin: FOREIGN };
const NEW_BUCKET = { actions: ['PutBucket'], bucket: `new-${APPID}`, keys: [''], aclPermission: undefined };
const CONFIG = { actions: ['PutBucketCORS'], keys: [''], aclPermission: undefined };

type Row = readonly [title: string, who: WhoName, Partial<Scenario>, Verdict];

const ROWS: readonly Row[] = [
  // 1: the root on what is its own
  ['root owns', 'root', {}, 'allow'],
  ['root owns with any bucket policy', 'root', by(to(USER, 'deny')), 'allow'],
  ['denies for everyone do not touch it', 'root', SHUT, 'allow'],
  ['nor does * as principal', 'root', by({ principal: '*', effect: 'deny', action: '*', resource: '*' }), 'allow'],
  ['a deny that names it', 'root', by(to(id(OWNER), 'deny')), 'deny'],
  ['a deny that names it in the style of CAM', 'root', by(to(`qcs::cam::uin/${OWNER}:root`, 'deny')), 'deny'],
  ['a deny for another action', 'root', by(to(id(OWNER), 'deny', 'cos:PutObject')), 'allow'],
  ['a deny for all sub-users', 'root', by(to(`qcs::cam::uin/${OWNER}:uin/*`, 'deny')), 'allow'],
  ['a deny that names it is not undone', 'root', by(to(id(OWNER), 'deny'), to(EVERYONE, 'allow')), 'deny'],
  ...['PutBucketPolicy', 'GetBucketPolicy', 'DeleteBucketPolicy'].map(
    (action): Row => [`${action} despite a deny`, 'root', { ...by(to(id(OWNER), 'deny')), actions: [action] }, 'allow'],
  ),
  ['PutBucketACL has no such right', 'root', { ...by(to(id(OWNER), 'deny')), actions: ['PutBucketACL'] }, 'deny'],
  ['root lists its buckets', 'root', SERVICE, 'allow'],
  ['root configures', 'root', CONFIG, 'allow'],
  ['root needs no ACL', 'root', { acl: [] }, 'allow'],
  // 2: sub-users and roles of the owner
  ['a user has nothing at first', 'user', {}, 'undecided'],
  ['a user with a policy', 'user', ALLOW, 'allow'],
  ['a policy for another action', 'user', { policies: [mine('allow', 'cos:PutObject')] }, 'undecided'],
  ['a policy for another resource', 'user', { policies: [mine('allow', '*', 'qcs::cos:::x/*')] }, 'undecided'],
  ['the second policy', 'user', { policies: [mine('allow', 'cos:PutObject'), mine('allow')] }, 'allow'],
  ['D1: its own deny', 'user', { policies: [mine('allow'), mine('deny', 'cos:GetObject')] }, 'deny'],
  ['D1 beats the bucket policy', 'user', { policies: [mine('deny')], ...by(to(USER, 'allow')) }, 'deny'],
  ['D1 beats what everyone may', 'user', { policies: [mine('deny')], ...OPEN }, 'deny'],
  ['D1 beats the ACL', 'user', { policies: [mine('deny')], ...grant('all') }, 'deny'],
  ['D2: the bucket denies it', 'user', { ...ALLOW, ...by(to(USER, 'deny')) }, 'deny'],
  [
    'D2: the bucket denies all sub-users',
    'user',
    { ...ALLOW, ...by(to(`qcs::cam::uin/${OWNER}:uin/*`, 'deny')) },
    'deny',
  ],
  ['D2: after an allow', 'user', by(to(USER, 'allow'), to(USER, 'deny')), 'deny'],
  ['D2: another user', 'user2', { ...ALLOW, ...by(to(USER, 'deny')) }, 'allow'],
  ['a deny for the root alone', 'user', { ...ALLOW, ...by(to(id(OWNER), 'deny')) }, 'allow'],
  ['a deny for everyone', 'user', { ...ALLOW, ...SHUT }, 'allow'],
  ['a deny for everyone, and no allow of its own', 'user', SHUT, 'deny'],
  ['A2: the bucket allows it', 'user', by(to(USER, 'allow')), 'allow'],
  ['A2: despite a deny for everyone', 'user', by(to(EVERYONE, 'deny'), to(USER, 'allow')), 'allow'],
  ['A2: the bucket allows another', 'user2', by(to(USER, 'allow')), 'undecided'],
  ['the right of the root does not pass on', 'user', by(to(id(OWNER), 'allow')), 'undecided'],
  ['A3: an entry for it', 'user', grant(USER), 'allow'],
  ['A3: FULL_CONTROL', 'user', grant(USER, 'FULL_CONTROL'), 'allow'],
  ['A3: another permission', 'user', grant(USER, 'WRITE'), 'undecided'],
  ['A3: an entry for its root', 'user', grant(id(OWNER), 'FULL_CONTROL'), 'undecided'],
  ['A3: an entry for another', 'user2', grant(USER), 'undecided'],
  ['A3: AuthenticatedUsers', 'user', grant('authenticated'), 'allow'],
  ['A3: despite a deny for everyone', 'user', { ...grant('authenticated'), ...SHUT }, 'allow'],
  ['A3: where no ACL counts', 'user', { ...CONFIG, ...grant(USER, 'FULL_CONTROL') }, 'undecided'],
  ['4: what everyone may', 'user', OPEN, 'allow'],
  ['4: AllUsers', 'user', grant('all'), 'allow'],
  ['4: AllUsers, but everyone is denied', 'user', { ...grant('all'), ...SHUT }, 'deny'],
  ['a role with a policy', 'role', ALLOW, 'allow'],
  ['a role without', 'role', {}, 'undecided'],
  ['a role that the bucket names', 'role', by(to(ROLE, 'allow')), 'allow'],
  ['a role that the bucket denies', 'role', { ...ALLOW, ...by(to(ROLE, 'deny')) }, 'deny'],
  ['a role is no sub-user', 'role', { ...ALLOW, ...by(to(`qcs::cam::uin/${OWNER}:uin/*`, 'deny')) }, 'allow'],
  ['a role is not in ACLs', 'role', grant(id(OWNER, WHO.role.uin)), 'undecided'],
  ['a role is authenticated', 'role', grant('authenticated'), 'allow'],
  ['a user lists buckets', 'user', { ...SERVICE, policies: [mine('allow', 'cos:GetService')] }, 'allow'],
  ['only with *', 'user', { ...SERVICE, policies: [mine('allow', 'cos:GetService', 'qcs::cos:::*')] }, 'undecided'],
  ['not without a policy', 'user', SERVICE, 'undecided'],
  ['a user makes a bucket', 'user', { ...NEW_BUCKET, policies: [mine('allow', 'name/cos:PutBucket')] }, 'allow'],
  ['not without a policy', 'user', NEW_BUCKET, 'undecided'],
  ['a user configures', 'user', { ...CONFIG, ...by(to(USER, 'allow')) }, 'allow'],
  // 3: other accounts
  ['a foreign root has nothing', 'foreignRoot', {}, 'undecided'],
  ['the bucket names it', 'foreignRoot', by(to(id(FOREIGN), 'allow')), 'allow'],
  ['the bucket denies it', 'foreignRoot', by(to(id(FOREIGN), 'deny'), to(EVERYONE, 'allow')), 'deny'],
  ['a deny for everyone, an allow for it', 'foreignRoot', by(to(EVERYONE, 'deny'), to(id(FOREIGN), 'allow')), 'allow'],
  ['a deny for everyone', 'foreignRoot', SHUT, 'deny'],
  ['an ACL entry for it', 'foreignRoot', grant(id(FOREIGN)), 'allow'],
  ['AuthenticatedUsers', 'foreignRoot', grant('authenticated'), 'allow'],
  ['what everyone may', 'foreignRoot', OPEN, 'allow'],
  ['AllUsers', 'foreignRoot', grant('all'), 'allow'],
  ['a bucket policy for its user', 'foreignRoot', by(to(FOREIGN_USER, 'allow')), 'undecided'],
  ['its own policies are no right abroad', 'foreignUser', ALLOW, 'undecided'],
  ['the bucket names its root, no policy of its own', 'foreignUser', by(to(id(FOREIGN), 'allow')), 'undecided'],
  ['both', 'foreignUser', { ...ALLOW, ...by(to(id(FOREIGN), 'allow')) }, 'allow'],
  ['the bucket names it, no policy of its own', 'foreignUser', by(to(FOREIGN_USER, 'allow')), 'undecided'],
  ['both, named', 'foreignUser', { ...ALLOW, ...by(to(FOREIGN_USER, 'allow')) }, 'allow'],
  ['its own deny', 'foreignUser', { policies: [mine('deny')], ...OPEN }, 'deny'],
  [
    'the bucket denies its account',
    'foreignUser',
    { ...ALLOW, ...by(to(id(FOREIGN), 'deny'), to(EVERYONE, 'allow')) },
    'deny',
  ],
  ['the bucket denies it', 'foreignUser', { ...ALLOW, ...by(to(FOREIGN_USER, 'deny'), to(EVERYONE, 'allow')) }, 'deny'],
  ['an ACL entry for its root', 'foreignUser', grant(id(FOREIGN)), 'undecided'],
  ['an ACL entry for its root, and its policy', 'foreignUser', { ...ALLOW, ...grant(id(FOREIGN)) }, 'allow'],
  ['an ACL entry for it, and its policy', 'foreignUser', { ...ALLOW, ...grant(FOREIGN_USER) }, 'allow'],
  ['AuthenticatedUsers, and its policy', 'foreignUser', { ...ALLOW, ...grant('authenticated') }, 'allow'],
  ['AuthenticatedUsers alone', 'foreignUser', grant('authenticated'), 'undecided'],
  ['AllUsers', 'foreignUser', grant('all'), 'allow'],
  ['what everyone may', 'foreignUser', OPEN, 'allow'],
  ['a foreign role: both', 'foreignRole', { ...ALLOW, ...by(to(FOREIGN_ROLE, 'allow')) }, 'allow'],
  ['a foreign role: its account', 'foreignRole', { ...ALLOW, ...by(to(id(FOREIGN), 'allow')) }, 'allow'],
  ['a foreign role: one side', 'foreignRole', by(to(FOREIGN_ROLE, 'allow')), 'undecided'],
  ['a foreign root lists its own buckets', 'foreignRoot', AT_HOME, 'allow'],
  ['a role of the same name is another', 'role', by(to(FOREIGN_ROLE, 'allow')), 'undecided'],
  // 4: the anonymous
  ['nothing', 'anonymous', {}, 'undecided'],
  ['the policy opens a private bucket', 'anonymous', OPEN, 'allow'],
  ['AllUsers', 'anonymous', grant('all'), 'allow'],
  ['AllUsers FULL_CONTROL', 'anonymous', grant('all', 'FULL_CONTROL'), 'allow'],
  ['AllUsers, another permission', 'anonymous', grant('all', 'WRITE'), 'undecided'],
  ['AuthenticatedUsers', 'anonymous', grant('authenticated'), 'undecided'],
  ['a policy closes a public bucket', 'anonymous', { ...grant('all'), ...SHUT }, 'deny'],
  ['deny beats allow', 'anonymous', by(to(EVERYONE, 'allow'), to(EVERYONE, 'deny')), 'deny'],
  ['a deny for somebody else', 'anonymous', { ...grant('all'), ...by(to(USER, 'deny')) }, 'allow'],
  ['an allow for somebody else', 'anonymous', by(to(USER, 'allow')), 'undecided'],
  ['no ACL for configuration', 'anonymous', { ...CONFIG, ...grant('all', 'FULL_CONTROL') }, 'undecided'],
  ['no list of buckets', 'anonymous', SERVICE, 'undecided'],
  // 5: temporary keys
  ['a session of the root without policy', 'root', { session: undefined }, 'allow'],
  ['a session of the root', 'root', during(ANY), 'allow'],
  ['a session of the root that allows something else', 'root', during(OTHER), 'undecided'],
  ['a session of the root that denies', 'root', during(ANY, NO_GET), 'deny'],
  ['a session of the root, which the bucket denies', 'root', { ...during(ANY), ...by(to(id(OWNER), 'deny')) }, 'deny'],
  [
    'a session does not get round the policy rule',
    'root',
    { ...during(OTHER), actions: ['PutBucketPolicy'] },
    'undecided',
  ],
  ['a session of the root lists buckets', 'root', { ...SERVICE, ...during(ANY) }, 'allow'],
  ['a session of the root that may not', 'root', { ...SERVICE, ...during(OTHER) }, 'undecided'],
  ['a session makes no right', 'user', during(ANY), 'undecided'],
  ['a session of a user with the right', 'user', { ...ALLOW, ...during(ANY) }, 'allow'],
  ['a session narrows the right', 'user', { ...ALLOW, ...during(OTHER) }, 'undecided'],
  ['a session denies', 'user', { ...ALLOW, ...during(ANY, NO_GET) }, 'deny'],
  ['a session denies what everyone may', 'user', { ...OPEN, ...during(NO_GET) }, 'deny'],
  ['a session lacks what everyone may', 'user', { ...OPEN, ...during(OTHER) }, 'allow'],
  ['a session lacks what AllUsers may', 'user', { ...grant('all'), ...during(OTHER) }, 'allow'],
  ['a session lacks what AuthenticatedUsers may', 'user', { ...grant('authenticated'), ...during(OTHER) }, 'undecided'],
  ['a session lacks what the bucket allows', 'user', { ...by(to(USER, 'allow')), ...during(OTHER) }, 'undecided'],
  ['a session and the bucket', 'user', { ...by(to(USER, 'allow')), ...during(ANY) }, 'allow'],
  ['a session and the own deny', 'user', { policies: [mine('deny')], ...during(ANY) }, 'deny'],
  ['a session of a role', 'role', { ...ALLOW, ...during(ANY) }, 'allow'],
  ['a session of a role, narrowed', 'role', { ...ALLOW, ...during(OTHER) }, 'undecided'],
  ['a session of a foreign root', 'foreignRoot', { ...by(to(id(FOREIGN), 'allow')), ...during(ANY) }, 'allow'],
  [
    'a session of a foreign root, narrowed',
    'foreignRoot',
    { ...by(to(id(FOREIGN), 'allow')), ...during(OTHER) },
    'undecided',
  ],
];

describe('decide', () => {
  test.each(ROWS)('%s (%s)', (_title, who, over, verdict) => {
    const scenario = { ...SCENARIO, ...over, who: WHO[who] };
    expect(verdictOf(scenario)).toBe(verdict);
    expect(referenceVerdict(scenario)).toBe(verdict);
  });

  test('counts its cases', () => expect(ROWS).toHaveLength(125));

  test.each<readonly [string, WhoName, Partial<Scenario>]>([
    ['owner', 'root', {}],
    ['no rule allows it', 'user', {}],
    ['user policy statement 1 (allow)', 'user', ALLOW],
    ['bucket policy statement 2 (deny)', 'user', by(to(USER, 'allow'), to(USER, 'deny'))],
    ['bucket policy statement no entry (deny)', 'anonymous', by({ ...to(EVERYONE, 'deny'), Sid: 'no entry' })],
    ['session policy statement 2 (deny)', 'root', during(ANY, NO_GET)],
    ['ACL: AllUsers READ', 'anonymous', grant('all')],
    ['ACL: AuthenticatedUsers FULL_CONTROL', 'user', grant('authenticated', 'FULL_CONTROL')],
    [`ACL: ${USER} READ`, 'user', grant(USER)],
  ])('names the rule: %s', (rule, who, over) => {
    const scenario = { ...SCENARIO, ...over, who: WHO[who] };
    expect(decide(requestOf(scenario), sourcesOf(scenario))).toMatchObject({ rule });
  });

  test.each<readonly [boolean, string, WhoName, Partial<Scenario>]>([
    [false, 'the root', 'root', {}],
    [false, 'a user with a policy', 'user', ALLOW],
    [false, 'a user that is denied', 'user', by(to(USER, 'deny'))],
    [false, 'what everyone may', 'user', OPEN],
    [false, 'the anonymous, denied', 'anonymous', SHUT],
    [false, 'a configuration', 'user', CONFIG],
    [false, 'a foreign user without policy, everyone denied', 'foreignUser', SHUT],
    [false, 'a narrowed session, everyone denied', 'user', { ...SHUT, ...during(OTHER) }],
    [true, 'the anonymous', 'anonymous', {}],
    [true, 'a user without policy', 'user', {}],
    [true, 'a user, everyone denied', 'user', SHUT],
    [true, 'a foreign root, everyone denied', 'foreignRoot', SHUT],
    [true, 'a foreign user without policy', 'foreignUser', {}],
    [true, 'a narrowed session', 'user', during(OTHER)],
  ])('needs the ACL: %s for %s', (needed, _title, who, over) => {
    const scenario = { ...SCENARIO, ...over, who: WHO[who] };
    const decision = decide(requestOf(scenario), { ...sourcesOf(scenario), acl: undefined });
    expect(decision === 'needs-acl').toBe(needed);
  });

  test('gives the root one constant decision and reads nothing of its request', () => {
    const request = requestOf({ ...SCENARIO, who: WHO.root });
    const untouched = { ...request, facts: { get: () => expect.fail('asked for a fact') } };
    const sources = { bucketPolicy: undefined, acl: undefined, aclPermission: 'READ' as const };
    expect(decide(untouched, sources)).toBe(decide(request, sources));
  });
});
