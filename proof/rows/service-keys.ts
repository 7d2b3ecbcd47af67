/** Codes of the service beyond the seed page, about keys that encrypt and other accounts. */
import { get, makeBucket, put } from '../asks.ts';
import { ASK_OPERATOR, BACK_OFF, REPAIR } from '../handling.ts';
import { type ProofRow, w } from '../row.ts';

const SSE = 'x-cos-server-side-encryption';
const KMS = { [SSE]: 'cos/kms' };
const NEVER = '00000000-0000-4000-8000-000000000000';
/** Other key material in the key file, as after a wrong backup was put back. */
const MIX_UP = `node -e '
const fs = require("node:fs"), file = process.env.COSETTE_DATA + "/keyring.json", ring = JSON.parse(fs.readFileSync(file));
const other = Buffer.alloc(32, "z").toString("base64");
for (const key of ring.masterKeys) key.key = other;
for (const { versions } of ring.kmsKeys) for (const version of versions) version.key = other;
fs.writeFileSync(file, JSON.stringify(ring));'`;
const logging = (bucket: string, prefix: string) =>
  `<BucketLoggingStatus><LoggingEnabled><TargetBucket>${bucket}</TargetBucket>` +
  `<TargetPrefix>${prefix}</TargetPrefix></LoggingEnabled></BucketLoggingStatus>`;
const encryption = (algorithm: string) =>
  '<ServerSideEncryptionConfiguration><Rule><ApplySideEncryptionConfiguration>' +
  `<SSEAlgorithm>${algorithm}</SSEAlgorithm>` +
  '</ApplySideEncryptionConfiguration></Rule></ServerSideEncryptionConfiguration>';
const account = (appid: string, name: string) => [
  { shell: `cosette account create ${name} --new-appid ${appid} --new-uin 2${appid}` },
  { shell: `cosette key create --account ${appid} | sed 's/.*=//' | xargs`, save: ['theirId', 'theirKey'] },
];
const THEIRS = { secretId: '{theirId}', secretKey: '{theirKey}' };
const ANYBODY =
  '{"version":"2.0","statement":[{"effect":"allow","principal":"*","action":"cos:PutBucketLogging","resource":"*"}]}';

export const SERVICE_KEYS: readonly ProofRow[] = [
  {
    code: 'KmsException',
    status: 400,
    condition: w('The key service cannot open the data key.', '密钥服务无法解开数据密钥。'),
    handling: ASK_OPERATOR,
    setup: [put('/k', 'x', KMS), { shell: MIX_UP }, { restart: [] }],
    request: get('/k'),
  },
  {
    code: 'KmsInternalException',
    status: 500,
    condition: w("The server's own master key does not open the data key.", '服务器的主密钥无法解开数据密钥。'),
    handling: ASK_OPERATOR,
    setup: [put('/k', 'x', { [SSE]: 'AES256' }), { shell: MIX_UP }, { restart: [] }],
    request: get('/k'),
  },
  {
    code: 'KmsKeyDisabled',
    status: 400,
    condition: w('The named key is disabled.', '指定的密钥已停用。'),
    handling: w(
      'Enable the key (`cosette kms enable`), or name another one.',
      '启用该密钥（`cosette kms enable`）或指定其他密钥。',
    ),
    setup: [
      { shell: 'cosette kms create', save: ['key'] },
      { shell: 'cosette kms disable "$key"' },
      { shell: 'sleep 1.1' },
    ],
    request: put('/k', 'x', { ...KMS, [`${SSE}-cos-kms-key-id`]: '{key}' }),
  },
  {
    code: 'KmsKeyNotExist',
    status: 400,
    condition: w('There is no key of that id.', '没有该 ID 的密钥。'),
    handling: REPAIR,
    request: put('/k', 'x', { ...KMS, [`${SSE}-cos-kms-key-id`]: NEVER }),
  },
  {
    code: 'KmsFreqControl',
    status: 503,
    condition: w('More calls for keys a second than the operator allows.', '每秒密钥调用次数超过运营者的限制。'),
    handling: BACK_OFF,
    settings: ['--limits-kms-requests-per-second', '1'],
    burst: 10,
    request: put('/k', 'x', KMS),
    noSdk: w('The SDK repeats 5xx until it succeeds.', 'SDK 会重试 5xx 直到成功。'),
  },
  {
    code: 'SSEContentNotSupported',
    status: 400,
    condition: w('Default encryption with an unknown algorithm.', '默认加密使用了未知算法。'),
    handling: REPAIR,
    request: put('/?encryption', encryption('AES789')),
  },
  {
    code: 'TargetBucketNameInvalid',
    status: 400,
    condition: w('The target of access logs is not a bucket name.', '日志目标不是合法的存储桶名。'),
    handling: REPAIR,
    request: put('/?logging', logging('logs', 'a/')),
  },
  {
    code: 'InvalidTargetBucketForLogging',
    status: 400,
    condition: w('The target of access logs does not exist in this region.', '日志目标存储桶在该地域不存在。'),
    handling: w('Make the target bucket first, in the region of the source.', '先在源存储桶所在地域创建目标存储桶。'),
    request: put('/?logging', logging('absent-1250000000', 'a/')),
  },
  {
    code: 'LoggingPrefixInvalid',
    status: 400,
    condition: w('The prefix of access logs is no key.', '日志前缀不是合法的对象键。'),
    handling: REPAIR,
    request: put('/?logging', logging('{bucket}', '/a')),
  },
  {
    code: 'UserNotTargetBucketOwner',
    status: 403,
    condition: w('The target of access logs belongs to another account.', '日志目标存储桶属于其他账号。'),
    handling: w('Choose a target of the same account.', '选择同一账号下的目标存储桶。'),
    setup: [...account('1250000008', 'theirs'), { ...makeBucket('theirs-1250000008'), sign: THEIRS }],
    request: put('/?logging', logging('theirs-1250000008', 'a/')),
  },
  {
    code: 'UserNotSourceBucketOwner',
    status: 403,
    condition: w(
      'Somebody of another account sets access logs, even where a policy lets them.',
      '其他账号的用户设置访问日志，即使策略允许。',
    ),
    handling: w('Ask the owner of the bucket.', '请存储桶所有者操作。'),
    setup: [...account('1250000007', 'guests'), put('/?policy', ANYBODY)],
    request: { ...put('/?logging', logging('{bucket}', 'a/')), sign: THEIRS },
    noSdk: w('As with curl, with the keys of the other account.', '与 curl 相同，使用另一账号的密钥。'),
  },
];
