/** Why codes of the service are out of reach of a true condition here. */
import { type Words, w } from './row.ts';

const PICTURES = w('of image processing, which this server does not do', '属于图片处理，本服务器不提供');
const JSON_API = w('of the old JSON API, which never existed here', '属于旧的 JSON API，本服务器从未提供');
const QUOTA = w('there are no quotas of cost or bytes: nothing can be spent', '没有费用或容量配额，不存在用尽的情况');
const NOTIFY = w(
  'notification rules are set with `cosette notify` (the admin API answers in JSON), not through the COS protocol',
  '通知规则由 `cosette notify` 设置（管理接口以 JSON 回答），不经过 COS 协议',
);
const NO_CONDITION = w(
  'the sources name no condition that this server can be in',
  '公开资料没有给出本服务器可能出现的情况',
);

/** The same condition under another name. */
const instead = (code: string): Words => w(`answered with ${code} here`, `此处以 ${code} 回答`);

const all = (reason: Words, ...codes: readonly string[]) => codes.map((code) => [code, reason] as const);

export const UNREACHABLE: ReadonlyMap<string, Words> = new Map<string, Words>([
  ...all(
    PICTURES,
    'ImageResolutionExceed',
    'ImageTooLarge',
    'InvalidImageFormat',
    'InvalidImageSource',
    'InvalidPicOperations',
    'NoProcessAuthority',
  ),
  ...all(JSON_API, 'InvalidUploadStatus', 'JsonAPINotSupportOnMAZBucket', 'UploadIdNotSupported'),
  ...all(QUOTA, 'PaymentRequired', 'NoBucketQuotaPolicy', 'QuotaConflict', 'QuotaOperationConflict'),
  ...all(NOTIFY, 'NotifyRuleEventConflict', 'NotifyRulePrefixConflict', 'NotifyRuleSuffixConflict'),
  ['BucketNameTooLong', instead('InvalidBucketName')],
  ['EntitySizeNotMatch', instead('IncompleteBody')],
  ['InvalidLockedTime', instead('InvalidObjectLock')],
  ['RequestIsNotMultiPartContent', instead('MalformedPOSTRequest')],
  ['UserKeyMustBeSpecified', instead('InvalidArgument')],
  ['MissingSecurityHeader', instead('InvalidRequest')],
  ['InvalidSecurity', instead('InvalidAccessKeyId')],
  ['AccountProblem', instead('InvalidAccessKeyId (keys) or UnavailableForLegalReasons (accounts)')],
  ['Overload', instead('Busy')],
  ['ReplicationConfigurationnotFoundError', instead('ReplicationConfigurationNotFoundError')],
  ...all(NO_CONDITION, 'BucketVersionNotOpen', 'LoggingConfExists', 'PolicyVersionFull', 'NoSuchPolicyVersion'),
  [
    'ConditionalRequestConflict',
    w(
      'a race: other writers must win each of several attempts in a row, which no request can bring about',
      '属于竞态：须由其他写入者连续多次抢先，任何请求都无法确定地触发',
    ),
  ],
  ['UnresolvableGrantByUID', w('grants may name accounts that are not known here', '授权可以指向此处未知的账号')],
  ['ChannelStillLive', w('there are no live channels here', '本服务器没有直播频道')],
  [
    'NoSuchRefererConfiguration',
    w(
      'a bucket without referer rules answers with an empty document, as the service does',
      '没有防盗链规则时返回空文档，与线上服务一致',
    ),
  ],
  [
    'RecordAlreadyExist',
    w(
      'needs a DNS record of the domain that points elsewhere: provoked with a DNS server of its own in test/e2e/operations/bucket-domain.test.ts',
      '需要一条指向别处的 DNS 记录：由 test/e2e/operations/bucket-domain.test.ts 使用自带的 DNS 服务器触发',
    ),
  ],
  [
    'TooManyJobs',
    w(
      'needs as many unfinished batch jobs as an account may have, more than a proof should make',
      '需要达到账号未完成批处理任务数的上限，数量过多，不在此触发',
    ),
  ],
]);
