/** The permission matrix: operations of the service and on buckets. Source: spec/access.md §2.2, §6; spec/buckets.md. */
import { certificateDocument } from '../../support/permissions-certificate.ts';
import { APPID, REGION } from '../../support/server-process.ts';
import { BY_ACP, BY_POLICY, BY_READ, ofBucket, type Place, type Prepare, type Row } from './row.ts';

/** Of nobody that the cells are about. */
const STRANGER = 'qcs::cam::uin/100009999999:uin/100009999999';

export const CORS =
  '<CORSConfiguration><CORSRule><AllowedOrigin>https://a.example</AllowedOrigin><AllowedMethod>GET</AllowedMethod>' +
  '</CORSRule></CORSConfiguration>';
const POLICY = JSON.stringify({
  version: '2.0',
  statement: [{ principal: { qcs: [STRANGER] }, effect: 'allow', action: 'name/cos:HeadBucket', resource: '*' }],
});
const TAGS = '<Tagging><TagSet><Tag><Key>team</Key><Value>a</Value></Tag></TagSet></Tagging>';
const WEBSITE =
  '<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>';
const REFERER =
  '<RefererConfiguration><Status>Enabled</Status><RefererType>Black-List</RefererType><DomainList>' +
  '<Domain>bad.example</Domain></DomainList><EmptyReferConfiguration>Allow</EmptyReferConfiguration></RefererConfiguration>';
const STRICT =
  '<StrictSignatureConfiguration><Rule><ID>r</ID><actionlist><action>*</action></actionlist><headerlist>' +
  '<header>Range</header></headerlist></Rule></StrictSignatureConfiguration>';
const ENCRYPTION =
  '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>' +
  '</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>';
const TIERING =
  '<IntelligentTieringConfiguration><Status>Enabled</Status><Transition><Days>30</Days>' +
  '<RequestFrequent>1</RequestFrequent></Transition></IntelligentTieringConfiguration>';
const TIERING_RULE =
  '<IntelligentTieringConfiguration><Id>default</Id><Status>Enabled</Status><Tiering>' +
  '<AccessTier>INFREQUENT</AccessTier><Days>30</Days><RequestFrequent>1</RequestFrequent></Tiering>' +
  '</IntelligentTieringConfiguration>';
const LOCK = '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>';
const ACCELERATE = '<AccelerateConfiguration><Status>Enabled</Status><Type>COS</Type></AccelerateConfiguration>';
const LIFECYCLE =
  '<LifecycleConfiguration><Rule><ID>r</ID><Filter><Prefix>none/</Prefix></Filter><Status>Enabled</Status>' +
  '<Expiration><Days>365</Days></Expiration></Rule></LifecycleConfiguration>';
const domainOf = ({ bucket }: Place) => `${bucket}.example.com`;
const domain = (place: Place) =>
  `<DomainConfiguration><DomainRule><Status>ENABLED</Status><Name>${domainOf(place)}</Name><Type>REST</Type>` +
  '</DomainRule></DomainConfiguration>';
const ORIGIN =
  '<OriginConfiguration><OriginRule><RulePriority>1</RulePriority><OriginType>Redirect</OriginType><OriginCondition>' +
  '<HTTPStatusCode>404</HTTPStatusCode><Prefix>none/</Prefix></OriginCondition><OriginParameter>' +
  '<Protocol>HTTP</Protocol><HttpRedirectCode>302</HttpRedirectCode></OriginParameter><OriginInfo><HostInfo>' +
  '<HostName>origin.example</HostName></HostInfo></OriginInfo></OriginRule></OriginConfiguration>';
const logging = ({ bucket }: Place) =>
  `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${bucket}</TargetBucket><TargetPrefix>logs/</TargetPrefix>` +
  '</LoggingEnabled></BucketLoggingStatus>';
const inventory = ({ bucket }: Place, schedule: string, id: string) =>
  `<InventoryConfiguration><Id>${id}</Id>${schedule}<Destination><COSBucketDestination><Format>CSV</Format>` +
  `<Bucket>qcs::cos:${REGION}::${bucket}</Bucket></COSBucketDestination></Destination>` +
  '<IncludedObjectVersions>Current</IncludedObjectVersions></InventoryConfiguration>';
/** Without a prefix reports may go anywhere in their bucket. */
const REPORTS = [{ action: 'PutObject', key: '' }];
const DAILY = '<IsEnabled>true</IsEnabled><Schedule><Frequency>Daily</Frequency></Schedule>';
const replication = ({ other }: Place) =>
  '<ReplicationConfiguration><Role>qcs::cam::uin/100000000001:uin/100000000001</Role><Rule><Status>Enabled</Status>' +
  `<ID>r</ID><Prefix>none/</Prefix><Destination><Bucket>qcs::cos:${REGION}::${other}</Bucket></Destination>` +
  '</Rule></ReplicationConfiguration>';
const named = (key: string) => `${key}-${APPID}`;
const VERSIONING = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';

/** A configuration is there before each cell. */
const having =
  (subresource: string, body: string | ((place: Place) => string), more: Record<string, string> = {}): Prepare =>
  (ask, place) =>
    ask({
      method: 'PUT',
      query: { [subresource]: '', ...more },
      body: typeof body === 'string' ? body : body(place),
    });

/** PUT, GET and DELETE of one configuration that only the owner and policies reach. */
function configuration(
  name: string,
  subresource: string,
  body: string | ((place: Place) => string),
  success: readonly [number, number] = [200, 204],
) {
  const each = having(subresource, body);
  const request = (place: Place) => ({
    method: 'PUT',
    query: { [subresource]: '' },
    body: typeof body === 'string' ? body : body(place),
  });
  return [
    ofBucket(`Put${name}`, 'PUT', subresource, { request, success: success[0] }),
    ofBucket(`Get${name}`, 'GET', subresource, { each }),
    ofBucket(`Delete${name}`, 'DELETE', subresource, { each, success: success[1] }),
  ];
}

/** ACLs spell their actions in capitals, and so does CORS (§6). */
const spelled = (rows: Row[], from: string, to: string): Row[] =>
  rows.map((row) => ({ ...row, actions: row.actions.map((action) => action.replace(from, to)) }));

const versioned: Prepare = async (ask, { other }) => {
  await ask({ method: 'PUT', query: { versioning: '' }, body: VERSIONING });
  await ask({ method: 'PUT', query: { versioning: '' }, body: VERSIONING, bucket: other });
};
const certified = (place: Place) => ({
  method: 'PUT',
  query: { domaincertificate: '' },
  body: certificateDocument(domainOf(place)),
});
const TIERING_ID = 'intelligent-tiering&id=default';
const tieringRule = having('intelligent-tiering', TIERING_RULE, { id: 'default' });
const listed = having('inventory', (place) => inventory(place, DAILY, 'list'), { id: 'list' });

export const BUCKET_ROWS: readonly Row[] = [
  {
    operation: 'GetService',
    request: () => ({ method: 'GET', level: 'service' }),
    success: 200,
    actions: ['GetService'],
    resource: 'service',
    cells: { ...BY_POLICY, foreign: 'allow', reader: 'allow', writer: 'allow', controller: 'allow' },
    reason: 'every root lists the buckets of its own account (§7)',
  },
  {
    operation: 'PutBucket',
    request: ({ key }) => ({ method: 'PUT', bucket: named(key) }),
    success: 200,
    actions: ['PutBucket'],
    resource: 'own-bucket',
    cells: BY_POLICY,
    reason: 'user policies alone: there is no bucket yet whose ACL or policy could allow it (§7)',
  },
  ofBucket('HeadBucket', 'HEAD', '', { cells: BY_READ }),
  {
    operation: 'DeleteBucket',
    request: ({ key }) => ({ method: 'DELETE', bucket: named(key) }),
    success: 204,
    actions: ['DeleteBucket'],
    resource: 'own-bucket',
    cells: BY_POLICY,
    each: (ask, { key, grants }) => ask({ method: 'PUT', bucket: named(key), headers: grants }),
  },
  ofBucket('GetBucket', 'GET', '', { cells: BY_READ }),
  ofBucket('ListObjectsV2', 'GET', 'list-type=2', { cells: BY_READ, actions: ['GetBucket'] }),
  ofBucket('GetBucketObjectVersions', 'GET', 'versions', { cells: BY_READ }),
  ofBucket('GetBucketLocation', 'GET', 'location', { reason: 'in no list of what ACLs give (§2.2)' }),
  ofBucket('ListMultipartUploads', 'GET', 'uploads', { cells: BY_READ }),
  ofBucket('PutBucketAcl', 'PUT', 'acl', {
    cells: BY_ACP,
    actions: ['PutBucketACL'],
    headers: { 'x-cos-acl': 'private' },
    each: (ask, { grants }) => ask({ method: 'PUT', query: { acl: '' }, headers: grants }),
  }),
  ofBucket('GetBucketAcl', 'GET', 'acl', { cells: BY_ACP, actions: ['GetBucketACL'] }),
  ...spelled(configuration('BucketCors', 'cors', CORS), 'Cors', 'CORS'),
  ...configuration('BucketLifecycle', 'lifecycle', LIFECYCLE),
  ofBucket('PutBucketVersioning', 'PUT', 'versioning', { body: VERSIONING }),
  ofBucket('GetBucketVersioning', 'GET', 'versioning'),
  ...configuration('BucketPolicy', 'policy', POLICY, [204, 204]).map((row) =>
    row.operation === 'DeleteBucketPolicy'
      ? { ...row, cells: { ...BY_POLICY, only: 'AccessDenied' as const }, reason: 'the bucket owner only (§8)' }
      : row,
  ),
  ...configuration('BucketTagging', 'tagging', TAGS, [204, 204]),
  ...configuration('BucketWebsite', 'website', WEBSITE),
  ...configuration('BucketReferer', 'referer', REFERER).map((row) =>
    row.operation === 'DeleteBucketReferer'
      ? {
          ...row,
          actions: ['DeleteBucketReferer', 'PutBucketReferer'],
          reason: 'documented as a PUT without a body, which is another request for the same (spec/operations.json)',
        }
      : row,
  ),
  ...configuration('BucketDomain', 'domain', domain),
  ofBucket('PutBucketDomainCertificate', 'PUT', 'domaincertificate', {
    once: having('domain', domain),
    request: (place) => certified(place),
  }),
  ofBucket('GetBucketDomainCertificate', 'GET', '', {
    once: having('domain', domain),
    request: (place) => ({ method: 'GET', query: { domaincertificate: '', domainname: domainOf(place) } }),
  }),
  ofBucket('DeleteBucketDomainCertificate', 'DELETE', '', {
    success: 204,
    once: having('domain', domain),
    each: (ask, place) => ask(certified(place)),
    request: (place) => ({ method: 'DELETE', query: { domaincertificate: '', domainname: domainOf(place) } }),
  }),
  ...configuration('BucketOrigin', 'origin', ORIGIN),
  ofBucket('PutBucketLogging', 'PUT', 'logging', {
    request: (place) => ({ method: 'PUT', query: { logging: '' }, body: logging(place) }),
  }),
  ofBucket('GetBucketLogging', 'GET', 'logging', { each: having('logging', logging) }),
  ofBucket('PutBucketInventory', 'PUT', 'inventory&id=list', {
    also: REPORTS,
    reason: 'whoever asks for reports must be able to write where they go (buckets.md §21)',
    request: (place) => ({
      method: 'PUT',
      query: { inventory: '', id: 'list' },
      body: inventory(place, DAILY, 'list'),
    }),
  }),
  ofBucket('GetBucketInventory', 'GET', 'inventory&id=list', { each: listed }),
  ofBucket('ListBucketInventoryConfigurations', 'GET', 'inventory', {
    actions: ['ListBucketInventoryConfigurations', 'ListBucketInventory'],
    each: listed,
  }),
  ofBucket('DeleteBucketInventory', 'DELETE', 'inventory&id=list', { each: listed, success: 204 }),
  ofBucket('PostBucketInventory', 'POST', 'inventory&id=once', {
    also: REPORTS,
    reason: 'whoever asks for reports must be able to write where they go (buckets.md §21)',
    request: (place) => ({
      method: 'POST',
      query: { inventory: '', id: place.key },
      body: inventory(place, '', place.key),
    }),
  }),
  ofBucket('PutBucketReplication', 'PUT', 'replication', {
    once: versioned,
    also: [{ action: 'PutObject', key: 'none/', other: true }],
    reason:
      'whoever sends objects to a bucket must be able to write them there, as for inventories (buckets.md §22 is silent)',
    request: (place) => ({ method: 'PUT', query: { replication: '' }, body: replication(place) }),
  }),
  ofBucket('GetBucketReplication', 'GET', 'replication', {
    once: versioned,
    each: having('replication', replication),
  }),
  ofBucket('DeleteBucketReplication', 'DELETE', 'replication', {
    once: versioned,
    each: having('replication', replication),
    success: 204,
  }),
  ...configuration('BucketEncryption', 'encryption', ENCRYPTION),
  ofBucket('PutBucketIntelligentTiering', 'PUT', 'intelligenttiering', { body: TIERING }),
  ofBucket('GetBucketIntelligentTiering', 'GET', 'intelligenttiering'),
  ofBucket('PutBucketIntelligentTieringV2', 'PUT', TIERING_ID, {
    actions: ['PutBucketIntelligentTiering'],
    body: TIERING_RULE,
  }),
  ofBucket('GetBucketIntelligentTieringV2', 'GET', TIERING_ID, {
    actions: ['GetBucketIntelligentTiering'],
    each: tieringRule,
  }),
  ofBucket('ListBucketIntelligentTieringConfigurations', 'GET', 'intelligent-tiering', {
    actions: ['GetBucketIntelligentTiering'],
  }),
  ofBucket('DeleteBucketIntelligentTieringV2', 'DELETE', 'intelligent-tiering&id=none', {
    actions: ['DeleteBucketIntelligentTiering'],
    reason: 'the default rule is there for good (buckets.md §24); removing what is not there succeeds',
    success: 204,
  }),
  ofBucket('PutBucketObjectLockConfiguration', 'PUT', 'object-lock', { body: LOCK }),
  ofBucket('GetBucketObjectLockConfiguration', 'GET', 'object-lock', { once: having('object-lock', LOCK) }),
  ofBucket('PutBucketAccelerate', 'PUT', 'accelerate', { body: ACCELERATE }),
  ofBucket('GetBucketAccelerate', 'GET', 'accelerate'),
  ...configuration('BucketStrictSignature', 'strict-signature', STRICT),
];
