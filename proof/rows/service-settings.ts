/** Codes of the service beyond the seed page, about settings of buckets. */
import { get, post, put } from '../asks.ts';
import { AS_NONE, ASK_OPERATOR, REPAIR } from '../handling.ts';
import { type Ask, type ProofRow, type Step, type Words, w } from '../row.ts';

const ACCELERATED: Step = put(
  '/?accelerate',
  '<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>',
);
const IN_HOST = w('With `UseAccelerate`: the same request.', '设置 `UseAccelerate` 后为同一请求。');
const domain = (...names: readonly string[]): Ask =>
  put(
    '/?domain',
    `<DomainConfiguration>${names
      .map((name) => `<DomainRule><Status>ENABLED</Status><Name>${name}</Name><Type>REST</Type></DomainRule>`)
      .join('')}</DomainConfiguration>`,
  );
export const inventory = (id: string, more: string) =>
  `<InventoryConfiguration><Id>${id}</Id>${more}<Destination><COSBucketDestination><Format>CSV</Format>` +
  '<Bucket>qcs::cos:ap-guangzhou::{bucket}</Bucket></COSBucketDestination></Destination>' +
  '<IncludedObjectVersions>All</IncludedObjectVersions></InventoryConfiguration>';
export const DAILY = '<IsEnabled>true</IsEnabled><Schedule><Frequency>Daily</Frequency></Schedule>';
const LOCKED: Step = put(
  '/?object-lock',
  '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
);
const TIERING =
  '<IntelligentTieringConfiguration><Id>default</Id><Status>Enabled</Status>' +
  '<Tiering><AccessTier>INFREQUENT</AccessTier><Days>30</Days></Tiering></IntelligentTieringConfiguration>';
const ORIGIN =
  '<OriginConfiguration><OriginRule><RulePriority>1</RulePriority><OriginType>Mirror</OriginType>' +
  '<OriginCondition><HTTPStatusCode>404</HTTPStatusCode></OriginCondition>' +
  '<OriginParameter></OriginParameter><OriginInfo><HostInfo><HostName>127.0.0.1:1</HostName></HostInfo></OriginInfo>' +
  '</OriginRule></OriginConfiguration>';

/** A question about a setting that nobody made. */
function none(code: string, subresource: string, en: string, zh: string): ProofRow {
  return { code, status: 404, condition: w(en, zh), handling: AS_NONE, request: get(`/?${subresource}`) };
}

const refused = (
  code: string,
  status: number,
  condition: Words,
  request: Ask,
  more: Partial<ProofRow> = {},
): ProofRow => ({
  code,
  status,
  condition,
  handling: REPAIR,
  request,
  ...more,
});

export const SERVICE_SETTINGS: readonly ProofRow[] = [
  refused(
    'ActionAccelerateNotSupported',
    400,
    w('A setting of a bucket is asked for at the acceleration host.', '在全球加速域名上操作存储桶配置。'),
    { ...get('/?cors'), region: 'accelerate' },
    { setup: [ACCELERATED], noSdk: IN_HOST },
  ),
  refused(
    'BucketAccelerateNotEnabled',
    400,
    w('The acceleration host of a bucket that is not accelerated.', '未开启全球加速的存储桶使用了加速域名。'),
    { ...get('/k'), region: 'accelerate' },
    { noSdk: IN_HOST },
  ),
  refused(
    'DNSRecordVerifyFailed',
    400,
    w('The DNS has no record of the domain that leads to the bucket.', '域名没有指向该存储桶的 DNS 记录。'),
    domain('files.example.com'),
    {
      settings: ['--domains-verify', 'all', '--domains-dns-servers', '127.0.0.1:1', '--domains-dns-timeout-ms', '50ms'],
      handling: w(
        'Add the CNAME or TXT record, wait for it to spread, repeat.',
        '添加 CNAME 或 TXT 记录，等待生效后重试。',
      ),
    },
  ),
  refused(
    'UserCnameInvalid',
    400,
    w('The domain to bind is a host of the server itself.', '要绑定的域名是服务器自身的域名。'),
    domain('service.cos.myqcloud.com'),
  ),
  refused(
    'DomainConfigConflict',
    409,
    w('A domain is bound twice.', '域名被重复绑定。'),
    domain('a.example.com', 'A.example.com'),
  ),
  refused(
    'DomainAuditFailed',
    451,
    w('The operator has marked the domain as not licensed.', '运营者把该域名标为未备案。'),
    domain('bad.example.com'),
    { settings: ['--domains-unlicensed', 'bad.example.com'], handling: ASK_OPERATOR },
  ),
  refused(
    'DownloadForbidden',
    403,
    w(
      'An .apk or .ipa is read at the default domain, where the operator forbids it.',
      '运营者禁止通过默认域名下载 .apk 与 .ipa。',
    ),
    get('/k.apk'),
    {
      settings: ['--compat-strict', 'packages'],
      setup: [put('/k.apk', 'x')],
      handling: w('Hand such files out at a domain of your own.', '通过自定义域名分发此类文件。'),
    },
  ),
  refused(
    'InventoryFull',
    400,
    w('The bucket has 1,000 inventories.', '存储桶已有 1000 个清单任务。'),
    put('/?inventory&id=more', inventory('more', DAILY)),
    {
      setup: [{ ...put('/?inventory&id=i{n}', inventory('i{n}', DAILY)), times: 1_000 }],
      handling: w('Delete inventories that nobody reads.', '删除无人使用的清单任务。'),
      noCurl: w('It takes a thousand requests before.', '事先需要一千个请求。'),
    },
  ),
  refused(
    'DuplicateInventoryId',
    400,
    w('A one-time inventory with an id that is taken.', '一次性清单使用了已占用的 ID。'),
    post('/?inventory&id=once', inventory('once', '')),
    { setup: [put('/?inventory&id=once', inventory('once', DAILY))] },
  ),
  refused(
    'MalformedPolicy',
    400,
    w('The bucket policy is not JSON, or not a policy.', '存储桶策略不是 JSON，或不是合法的策略。'),
    put('/?policy', 'hello'),
  ),
  refused(
    'BucketLocked',
    409,
    w('A setting that cannot be beside object lock.', '与对象锁定不能并存的配置。'),
    put('/?intelligent-tiering&id=default', TIERING),
    { setup: [LOCKED] },
  ),
  {
    code: 'MirrorFailed',
    status: 424,
    condition: w('The origin of a missing object cannot be used.', '缺失对象的回源站不可用。'),
    handling: w('Repeat later; look after the origin server.', '稍后重试；检查源站。'),
    setup: [put('/?origin', ORIGIN)],
    request: get('/absent'),
  },
  none(
    'IntelligentTieringConfigurationNotFoundError',
    'intelligent-tiering&id=mine',
    'No rule of intelligent tiering has that id.',
    '没有该 ID 的智能分层规则。',
  ),
  none(
    'InventoryConfigurationNotFoundError',
    'inventory&id=absent',
    'No inventory of that id.',
    '没有该 ID 的清单任务。',
  ),
  none('NoSuchEncryptionConfiguration', 'encryption', 'No default encryption is set.', '没有设置默认加密。'),
  none('NoSuchObjectLockConfiguration', 'object-lock', 'The bucket has no object lock.', '存储桶没有对象锁定配置。'),
  none('OriginConfigurationNotFoundError', 'origin', 'The bucket has no origin.', '存储桶没有回源配置。'),
  none('ReplicationConfigurationNotFoundError', 'replication', 'The bucket is not replicated.', '存储桶没有复制配置。'),
  none(
    'NoSuchStrictSignatureConfiguration',
    'strict-signature',
    'The bucket has no rule for signatures.',
    '存储桶没有严格签名配置。',
  ),
  none('DomainConfigNotFoundError', 'domain', 'The bucket has no domain of its own.', '存储桶没有自定义域名。'),
  none('NoSuchPolicy', 'policy', 'The bucket has no policy.', '存储桶没有策略。'),
  {
    code: 'NoSuchJob',
    status: 404,
    condition: w('No batch job of that id.', '没有该 ID 的批处理任务。'),
    handling: REPAIR,
    noBucket: true,
    request: {
      ...get('/jobs/none', { 'x-cos-appid': '1250000000' }),
      host: '100000000001.cos-control.ap-guangzhou.localhost',
    },
    noSdk: w('The SDK has no batch jobs.', 'SDK 没有批处理接口。'),
  },
];
