/** Rows 21 to 40 of the seed page. */
import { copy, get, makeBucket, post, put } from '../asks.ts';
import { REPAIR } from '../handling.ts';
import { type ProofRow, w } from '../row.ts';

const rule = (id: string, inner: string) =>
  `<Rule><ID>${id}</ID><Status>Enabled</Status><Filter><Prefix>${id}/</Prefix></Filter>${inner}</Rule>`;
const EXPIRE = '<Expiration><Days>1</Days></Expiration>';
const ARCHIVE = '<Transition><Days>30</Days><StorageClass>ARCHIVE</StorageClass></Transition>';
const lifecycle = (...rules: readonly string[]) => `<LifecycleConfiguration>${rules.join('')}</LifecycleConfiguration>`;
const replica = (name: string, prefix: string) =>
  `<Rule><Status>Enabled</Status><Prefix>${prefix}</Prefix>` +
  `<Destination><Bucket>qcs::cos:ap-guangzhou::${name}</Bucket></Destination></Rule>`;
const REPLICATION =
  '<ReplicationConfiguration><Role>qcs::cam::uin/100000000001:uin/100000000001</Role>' +
  `${replica('first-1250000000', 'a')}${replica('second-1250000000', 'b')}</ReplicationConfiguration>`;
const UNKNOWN_VERSION = 'MTg0NDUxNzcwMDkzMDE3NDQ0MDU';

export const SEED_DOCUMENTS_LIMITS: readonly ProofRow[] = [
  {
    code: 'KeyTooLong',
    status: 400,
    condition: w(
      'The key has more than 850 bytes of UTF-8, or the custom metadata more than 2 KiB.',
      '对象键超过 850 字节（UTF-8），或自定义元数据超过 2 KiB。',
    ),
    handling: REPAIR,
    setup: [{ shell: "printf '%0851d' 0", save: ['long'] }],
    request: put('/{long}', 'x'),
    sdk: "await cos.putObject({ Bucket, Region, Key: 'k'.repeat(851), Body: 'x' });",
  },
  {
    code: 'LifeCycleIdNotUnique',
    status: 400,
    condition: w('Two lifecycle rules have the same ID.', '两条生命周期规则的 ID 相同。'),
    handling: REPAIR,
    request: put('/?lifecycle', lifecycle(rule('a', EXPIRE), rule('a', EXPIRE))),
    sdk: `const rule = { ID: 'a', Status: 'Enabled', Filter: { Prefix: 'a/' }, Expiration: { Days: 1 } };
await cos.putBucketLifecycle({ Bucket, Region, Rules: [rule, rule] });`,
  },
  {
    code: 'LifeCycleRuleConflicted',
    status: 400,
    condition: w(
      'Rules for the same objects that cannot both hold: here they expire before they are archived.',
      '针对相同对象的规则互相矛盾：这里对象在归档之前就已过期。',
    ),
    handling: REPAIR,
    request: put('/?lifecycle', lifecycle(rule('a', EXPIRE + ARCHIVE))),
    sdk: `await cos.putBucketLifecycle({
  Bucket, Region,
  Rules: [{
    ID: 'a', Status: 'Enabled', Filter: { Prefix: 'a/' },
    Expiration: { Days: 1 }, Transition: { Days: 30, StorageClass: 'ARCHIVE' },
  }],
});`,
  },
  {
    code: 'MalformedPOSTRequest',
    status: 400,
    condition: w('The body of a POST Object is no form.', 'POST Object 的请求体不是合法的表单。'),
    handling: REPAIR,
    request: { ...post('/', 'hello', { 'Content-Type': 'multipart/form-data; boundary=x' }), sign: false },
    noSdk: w('Forms are for browsers: the SDK sends none.', '表单用于浏览器，SDK 不发送表单。'),
  },
  {
    code: 'MalformedXML',
    status: 400,
    condition: w('The document is not well formed or lacks elements.', 'XML 文档不合语法，或缺少必需元素。'),
    handling: REPAIR,
    request: put('/?tagging', '<Tagging>'),
    sdk: "await cos.request({ Bucket, Region, Method: 'PUT', Action: 'tagging', Body: '<Tagging>' });",
  },
  {
    code: 'MissingAppid',
    status: 400,
    condition: w('The bucket in the host has no -APPID at its end.', 'Host 中的存储桶名缺少 -APPID 后缀。'),
    handling: REPAIR,
    noBucket: true,
    request: { ...get('/k'), bucket: 'examplebucket' },
    noSdk: w('The SDK refuses such names itself.', 'SDK 自身会拒绝这样的名称。'),
  },
  {
    code: 'MissingContentMD5',
    status: 400,
    condition: w('DELETE Multiple Objects without Content-MD5.', 'DELETE Multiple Objects 没有携带 Content-MD5。'),
    handling: REPAIR,
    request: post('/?delete', '<Delete><Object><Key>k</Key></Object></Delete>'),
    noSdk: w('The SDK computes the digest by itself.', 'SDK 会自动计算摘要。'),
  },
  {
    code: 'MissingHost',
    status: 400,
    condition: w('No Host header.', '请求没有 Host 头部。'),
    handling: REPAIR,
    noBucket: true,
    request: { ...get('/k'), host: '', sign: false },
    noSdk: w('Every HTTP client sends Host.', 'HTTP 客户端总会发送 Host。'),
  },
  {
    code: 'MissingRequestBodyError',
    status: 400,
    condition: w('An operation that needs a document got an empty body.', '需要请求体的操作收到了空的请求体。'),
    handling: REPAIR,
    request: put('/?tagging'),
    sdk: "await cos.request({ Bucket, Region, Method: 'PUT', Action: 'tagging', Body: '' });",
  },
  {
    code: 'MultiBucketNotSupport',
    status: 400,
    condition: w(
      'Replication rules without priorities name more than one destination bucket.',
      '没有优先级的跨地域复制规则指定了多个目标存储桶。',
    ),
    handling: w(
      'Name one destination, or give each rule its own Priority.',
      '只指定一个目标，或为每条规则设置不同的 Priority。',
    ),
    request: put('/?replication', REPLICATION),
    sdk: `const rule = (name, Prefix) => ({
  Status: 'Enabled', Prefix, Destination: { Bucket: \`qcs::cos:ap-guangzhou::\${name}\` },
});
await cos.putBucketReplication({
  Bucket, Region,
  ReplicationConfiguration: {
    Role: 'qcs::cam::uin/100000000001:uin/100000000001',
    Rules: [rule('first-1250000000', 'a'), rule('second-1250000000', 'b')],
  },
});`,
  },
  {
    code: 'NoSuchVersion',
    status: 400,
    condition: w('The key has no version of that id.', '对象没有该 ID 的版本。'),
    handling: w('List the versions (`listObjectVersions`).', '列出对象版本（`listObjectVersions`）。'),
    setup: [put('/k', 'x')],
    request: get(`/k?versionId=${UNKNOWN_VERSION}`),
    sdk: `await cos.getObject({ Bucket, Region, Key: 'k', VersionId: '${UNKNOWN_VERSION}' });`,
  },
  {
    code: 'NotSupportedStorageClass',
    status: 400,
    condition: w('A storage class that does not exist.', '存储类型不存在。'),
    handling: REPAIR,
    request: put('/k', 'x', { 'x-cos-storage-class': 'COLD' }),
    sdk: "await cos.putObject({ Bucket, Region, Key: 'k', Body: 'x', StorageClass: 'COLD' });",
  },
  {
    code: 'ObjectNotAppendable',
    status: 400,
    condition: w('Append to an object that no append made.', '对并非由追加创建的对象进行追加。'),
    handling: w('Delete it first, or write to another key.', '先删除该对象，或写入其他键。'),
    setup: [put('/k', 'hello')],
    request: post('/k?append&position=5', 'x'),
    sdk: "await cos.appendObject({ Bucket, Region, Key: 'k', Position: 5, Body: 'x' });",
  },
  {
    code: 'PolicyFull',
    status: 400,
    condition: w(
      'The account has as many ACLs of objects as it may: 1,000, or what the operator set.',
      '账号下对象 ACL 数量已达上限：1000 条，或运营者设定的值。',
    ),
    handling: w(
      'Let objects follow the ACL of their bucket (`default`), or use a bucket policy.',
      '让对象继承存储桶的 ACL（`default`），或使用存储桶策略。',
    ),
    settings: ['--limits-acl-entries', '1'],
    setup: [put('/a', 'x', { 'x-cos-acl': 'public-read' })],
    request: put('/b', 'x', { 'x-cos-acl': 'public-read' }),
    sdk: "await cos.putObject({ Bucket, Region, Key: 'b', Body: 'x', ACL: 'public-read' });",
  },
  {
    code: 'RequestTimeOut',
    status: 400,
    condition: w(
      'The body stopped arriving for longer than the read timeout (30 s unless set otherwise).',
      '请求体停止到达的时间超过读超时（默认 30 秒）。',
    ),
    handling: w(
      'Repeat with fewer uploads at once, or in smaller parts; nothing was stored.',
      '减少并发或减小分块后重试；服务端没有保存任何内容。',
    ),
    settings: ['--limits-body-stall-ms', '300ms'],
    request: { ...put('/k', 'hello'), announced: 10 },
    noSdk: w('The SDK always sends the whole body.', 'SDK 总会发送完整的请求体。'),
  },
  {
    code: 'TooManyBuckets',
    status: 400,
    condition: w(
      'The account has as many buckets as it may: 200, or what the operator set.',
      '账号的存储桶数量已达上限：200 个，或运营者设定的值。',
    ),
    handling: w('Delete buckets, or use prefixes in one bucket.', '删除不用的存储桶，或在同一存储桶中使用前缀。'),
    settings: ['--limits-buckets-per-account', '1'],
    noBucket: true,
    setup: [makeBucket('first-1250000000')],
    request: { ...put('/'), bucket: 'second-1250000000' },
    sdk: "await cos.putBucket({ Bucket: 'second-1250000000', Region });",
  },
  {
    code: 'UnexpectedContent',
    status: 400,
    condition: w('A body was sent with an operation that takes none.', '不接受请求体的操作携带了请求体。'),
    handling: REPAIR,
    setup: [put('/k', 'x')],
    request: { ...copy('/copy', '/{bucket}/k'), body: 'content' },
    sdk: `await cos.putObject({
  Bucket, Region, Key: 'copy', Body: 'content', Headers: { 'x-cos-copy-source': \`/\${Bucket}/k\` },
});`,
  },
  {
    code: 'VerifyAlgorithmNotSupported',
    status: 400,
    condition: w('q-sign-algorithm is not sha1.', 'q-sign-algorithm 不是 sha1。'),
    handling: REPAIR,
    request: { ...get('/k'), sign: { algorithm: 'sha256' } },
    noSdk: w('The SDK signs with SHA-1 only.', 'SDK 只使用 SHA-1 签名。'),
  },
  {
    code: 'WebsiteURLInvalid',
    status: 400,
    condition: w(
      'A redirect or a domain that is none: here x-cos-website-redirect-location without / or http.',
      '跳转地址或域名不合法：这里 x-cos-website-redirect-location 既不以 / 也不以 http 开头。',
    ),
    handling: REPAIR,
    request: put('/k', 'x', { 'x-cos-website-redirect-location': 'nowhere' }),
    sdk: `await cos.putObject({
  Bucket, Region, Key: 'k', Body: 'x', Headers: { 'x-cos-website-redirect-location': 'nowhere' },
});`,
  },
  {
    code: 'XMLSizeLimit',
    status: 400,
    condition: w('The document is larger than its operation allows.', 'XML 文档超过该操作的大小上限。'),
    handling: REPAIR,
    request: put('/?tagging', 64 * 1024 + 1),
    sdk: "await cos.request({ Bucket, Region, Method: 'PUT', Action: 'tagging', Body: ' '.repeat(65537) });",
  },
];
