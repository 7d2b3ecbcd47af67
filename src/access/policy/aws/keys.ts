/** Keys that conditions of AWS policies may ask about, and where their values are. Source: spec/s3.md §9. */
import type { Identity, SignedIdentity } from '../../identity.ts';
import type { PolicyRequest } from '../types.ts';

/** Key of AWS → key of the request's facts. */
const FACTS: Readonly<Record<string, string>> = {
  'aws:SourceIp': 'qcs:ip',
  'aws:SecureTransport': 'cos:secure-transport',
  'aws:CurrentTime': 'qcs:current_time',
  's3:TlsVersion': 'cos:tls-version',
  's3:prefix': 'cos:prefix',
  's3:VersionId': 'cos:versionid',
};

/** Asked of the facts by their own names. */
const OWN: ReadonlySet<string> = new Set([
  'aws:UserAgent',
  'aws:Referer',
  's3:authType',
  's3:delimiter',
  's3:max-keys',
  's3:signatureversion',
  's3:x-amz-acl',
  's3:x-amz-content-sha256',
  's3:x-amz-copy-source',
  's3:x-amz-grant-read',
  's3:x-amz-grant-write',
  's3:x-amz-grant-read-acp',
  's3:x-amz-grant-write-acp',
  's3:x-amz-grant-full-control',
  's3:x-amz-metadata-directive',
  's3:x-amz-server-side-encryption',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
  's3:x-amz-server-side-encryption-customer-algorithm',
  's3:x-amz-storage-class',
  's3:x-amz-website-redirect-location',
  's3:object-lock-mode',
  's3:object-lock-legal-hold',
  's3:object-lock-retain-until-date',
  's3:RequestObjectTagKeys',
]);

type Derived = (request: PolicyRequest) => readonly string[] | undefined;

const ofSigner =
  (values: (identity: SignedIdentity) => readonly string[] | undefined): Derived =>
  ({ identity }) =>
    identity.kind === 'anonymous' ? undefined : values(identity);
const ofResource: Derived = ({ resource: { ownerUin, appid } }) => [ownerUin, appid];

/** Made of who signed, of the resource and of the time. */
const DERIVED: ReadonlyMap<string, Derived> = new Map<string, Derived>([
  [
    'aws:EpochTime',
    ({ facts }) => facts.get('qcs:current_time')?.map((now) => String(Math.floor(Date.parse(now) / 1000))),
  ],
  ['aws:PrincipalAccount', ofSigner(accountsOf)],
  ['aws:PrincipalArn', ofSigner((who) => accountsOf(who).map((account) => `arn:aws:iam::${account}:${pathOf(who)}`))],
  ['aws:PrincipalType', ({ identity }) => [typeOf(identity)]],
  ['aws:userid', ofSigner(({ uin }) => [uin])],
  ['aws:username', ofSigner(({ kind, name }) => (kind === 'user' ? [name] : undefined))],
  ['aws:RequestedRegion', ({ resource: { region } }) => (region === undefined ? undefined : [region])],
  ['aws:ResourceAccount', ofResource],
  ['s3:ResourceAccount', ofResource],
  // A bucket is made where the request goes.
  [
    's3:LocationConstraint',
    ({ actions, resource: { region } }) =>
      actions.includes('PutBucket') && region !== undefined ? [region] : undefined,
  ],
  ['aws:ViaAWSService', () => ['false']],
  ['aws:PrincipalIsAWSService', () => ['false']],
]);

/** What no request has here: no private networks, organisations, second factors, services that act for somebody. */
const ABSENT: ReadonlySet<string> = new Set([
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceName',
  'aws:PrincipalServiceNamesList',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:VpcSourceIp',
  's3:AccessPointNetworkOrigin',
  's3:DataAccessPointAccount',
  's3:DataAccessPointArn',
]);

/** Followed by the key of a tag. */
const TAGS = ['s3:ExistingObjectTag/', 's3:RequestObjectTag/'] as const;
export const EXISTING_TAG = TAGS[0].toLowerCase();
/** Principals have no tags here. */
const ABSENT_TAGS = ['aws:PrincipalTag/'] as const;

/** One value that can be spelled in several ways: an account by UIN or APPID, a bucket with and without APPID. */
const SPELLED: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:resourceaccount',
  's3:resourceaccount',
  's3:x-amz-copy-source',
  's3:x-amz-storage-class',
]);

/** As AWS writes them. */
export const PRESENT_KEYS: readonly string[] = [
  ...Object.keys(FACTS),
  ...OWN,
  ...DERIVED.keys(),
  ...TAGS.map((prefix) => `${prefix}<key>`),
].sort();
export const ABSENT_KEYS: readonly string[] = [...ABSENT, ...ABSENT_TAGS.map((prefix) => `${prefix}<key>`)].sort();

const lower = <T>(entries: Iterable<readonly [string, T]>): ReadonlyMap<string, T> =>
  new Map([...entries].map(([key, value]) => [key.toLowerCase(), value]));
const facts = lower(Object.entries(FACTS));
const derivations = lower(DERIVED);
const KNOWN: ReadonlySet<string> = new Set(
  [...Object.keys(FACTS), ...OWN, ...DERIVED.keys(), ...ABSENT].map((key) => key.toLowerCase()),
);
const PREFIXES = [...TAGS, ...ABSENT_TAGS].map((prefix) => prefix.toLowerCase());

/** @param written in any case */
export function isAwsKey(written: string): boolean {
  const key = written.toLowerCase();
  return KNOWN.has(key) || PREFIXES.some((prefix) => key.startsWith(prefix) && key.length > prefix.length);
}

/** The key in lower case, save the key of a tag in it, whose case counts. */
export function factKey(written: string): string {
  const slash = written.indexOf('/');
  return slash < 0 ? written.toLowerCase() : written.slice(0, slash).toLowerCase() + written.slice(slash);
}

/** Whether the values of a key are spellings of one. */
export const isSpelled = (key: string): boolean => SPELLED.has(key);

/**
 * @param key of `factKey`
 * @returns at least one value, or undefined where the request has none
 */
export function valuesOfAws(key: string, request: PolicyRequest): readonly string[] | undefined {
  const derived = derivations.get(key);
  const values = derived === undefined ? request.facts.get(facts.get(key) ?? key) : derived(request);
  // An empty version id asks for the latest version, as none does.
  const given = key === 's3:versionid' ? values?.filter((value) => value !== '') : values;
  return given === undefined || given.length === 0 ? undefined : given;
}

function accountsOf({ ownerUin, appid }: SignedIdentity): readonly string[] {
  return [ownerUin, appid];
}

function pathOf({ kind, name }: SignedIdentity): string {
  return kind === 'root' ? 'root' : `${kind}/${name}`;
}

function typeOf({ kind }: Identity): string {
  return { anonymous: 'Anonymous', root: 'Account', user: 'User', role: 'AssumedRole' }[kind];
}
