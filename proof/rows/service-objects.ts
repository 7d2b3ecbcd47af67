/** Codes of the service beyond the seed page, about objects and their bodies. */
import { complete, copy, get, initiate, makeBucket, OPEN, part, put, remove } from '../asks.ts';
import { BACK_OFF, READ_AND_DECIDE, REPAIR } from '../handling.ts';
import { type Ask, type ProofRow, w } from '../row.ts';

const CUSTOMER = {
  'x-cos-server-side-encryption-customer-algorithm': 'AES256',
  'x-cos-server-side-encryption-customer-key': 'MDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUY=',
  'x-cos-server-side-encryption-customer-key-MD5': 'U5L61r7jcwdNvT7frmUG8g==',
};
const MAZ = '<CreateBucketConfiguration><BucketAZConfig>MAZ</BucketAZConfig></CreateBucketConfiguration>';
const LOCK = put(
  '/?object-lock',
  '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
);
const TAGS = Array.from({ length: 11 }, (_, n) => `k${n}=v`).join('&');
/** A callback to a port where nobody listens. */
const CALLBACK = Buffer.from(
  JSON.stringify({ callbackUrl: 'http://127.0.0.1:1/done', callbackBody: 'key=${object}' }),
).toString('base64');
const asClass = (name: string): Ask => put('/k', 'x', { 'x-cos-storage-class': name });

export const SERVICE_OBJECTS: readonly ProofRow[] = [
  {
    code: 'BadRequest',
    status: 400,
    condition: w('More tags than there may be: ten for an object.', '标签过多：对象最多 10 个。'),
    handling: REPAIR,
    request: put('/k', 'x', { 'x-cos-tagging': TAGS }),
  },
  {
    code: 'IncompleteBody',
    status: 400,
    condition: w('The client ended its side before the announced length.', '客户端在发完声明的长度之前关闭了发送端。'),
    handling: w('Send again; nothing was stored.', '重新上传；服务端没有保存任何内容。'),
    request: { ...put('/k', 'hello'), announced: 10, cut: true },
    noSdk: w('The SDK always sends the whole body.', 'SDK 总会发送完整的请求体。'),
    noCurl: w('curl does not end its side alone.', 'curl 不会单独关闭发送端。'),
  },
  {
    code: 'InvalidDelimiter',
    status: 400,
    condition: w('A delimiter of more than one character.', 'delimiter 多于一个字符。'),
    handling: REPAIR,
    request: get('/?delimiter=ab'),
  },
  {
    code: 'InvalidObjectLock',
    status: 400,
    condition: w('A retention that ends in the past.', '保留期的截止时间在过去。'),
    handling: REPAIR,
    setup: [LOCK, put('/k', 'x')],
    request: put(
      '/k?retention',
      '<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>2020-01-01T00:00:00Z</RetainUntilDate></Retention>',
    ),
  },
  {
    code: 'InvalidObjectName',
    status: 400,
    condition: w('The key holds one of the control characters 24 to 27.', '对象键含有 24–27 号控制字符。'),
    handling: REPAIR,
    request: put('/a%18b', 'x'),
  },
  {
    code: 'InvalidPolicyDocument',
    status: 400,
    condition: w('The policy of a form is not Base64 of its JSON.', '表单的 policy 不是合法 JSON 的 Base64。'),
    handling: REPAIR,
    request: {
      method: 'POST',
      target: '/',
      form: [
        ['key', 'k'],
        ['policy', 'bm9uZQ=='],
        ['q-sign-algorithm', 'sha1'],
        ['q-ak', 'AKID'],
        ['q-key-time', '1;2'],
        ['q-signature', '0123'],
        ['file', 'hello', 'a.txt'],
      ],
      sign: false,
    },
    noSdk: w('Forms are for browsers: the SDK sends none.', '表单用于浏览器，SDK 不发送表单。'),
  },
  {
    code: 'InvalidTag',
    status: 400,
    condition: w('A tag with a character or a prefix that is not allowed.', '标签含有不允许的字符或前缀。'),
    handling: REPAIR,
    request: put('/k', 'x', { 'x-cos-tagging': 'cos:x=1' }),
  },
  {
    code: 'ListPartUploadIdIsEmpty',
    status: 400,
    condition: w('List Parts with an empty upload id.', 'List Parts 的 UploadId 为空。'),
    handling: REPAIR,
    request: get('/k?uploadId='),
  },
  {
    code: 'MAZOperationNotSupportOnOAZBucket',
    status: 400,
    condition: w('A multi-AZ class in a bucket of one zone.', '在单可用区存储桶中使用多可用区存储类型。'),
    handling: REPAIR,
    request: asClass('MAZ_STANDARD'),
  },
  {
    code: 'OAZOperationNotSupportOnMAZBucket',
    status: 400,
    condition: w('A class of one zone in a multi-AZ bucket.', '在多可用区存储桶中使用单可用区存储类型。'),
    handling: REPAIR,
    noBucket: true,
    setup: [put('/', MAZ)],
    request: asClass('STANDARD'),
  },
  {
    code: 'RequestTimeout',
    status: 400,
    condition: w(
      'As RequestTimeOut of the seed page, in the spelling of `errors.profile` = `current`.',
      '同种子页的 RequestTimeOut，为 `errors.profile` = `current` 时的拼写。',
    ),
    handling: BACK_OFF,
    settings: ['--errors-profile', 'current', '--limits-body-stall-ms', '300ms'],
    request: { ...put('/k', 'hello'), announced: 10 },
    noSdk: w('The SDK always sends the whole body.', 'SDK 总会发送完整的请求体。'),
  },
  {
    code: 'UserNetworkTooSlow',
    status: 400,
    condition: w('One upload took longer in all than the operator allows.', '单次上传的总时间超过运营者的限制。'),
    handling: w('Upload in smaller parts, fewer at once.', '减小分块、减少并发。'),
    settings: ['--limits-upload-ms', '500ms'],
    request: { ...put('/k', 'hello'), pauseMs: 900 },
    noSdk: w('It takes a slow network.', '需要缓慢的网络。'),
  },
  {
    code: 'SsecDecryptHeaderInvalid',
    status: 400,
    condition: w(
      'An object with a key of its own (SSE-C) is copied without that key.',
      '复制使用客户密钥（SSE-C）加密的对象时没有给出该密钥。',
    ),
    handling: w('Send the key of the source as well.', '同时发送源对象的密钥。'),
    setup: [put('/k', 'x', CUSTOMER)],
    request: copy('/copy', '/{bucket}/k'),
  },
  {
    code: 'SSEHeaderNotAllowed',
    status: 400,
    condition: w('A read that asks for encryption.', '读取请求携带了加密头部。'),
    handling: REPAIR,
    setup: [put('/k', 'x')],
    request: get('/k', { 'x-cos-server-side-encryption': 'AES256' }),
  },
  {
    code: 'ObjectLocked',
    status: 409,
    condition: w('The object is under a retention or a legal hold.', '对象处于保留期或合法持有中。'),
    handling: w(
      'Wait for the end of the retention; a legal hold has to be lifted.',
      '等待保留期结束；合法持有需先解除。',
    ),
    setup: [LOCK, put('/k', 'x', { 'x-cos-object-lock-legal-hold': 'ON' })],
    request: remove('/k'),
  },
  {
    code: 'UploadConflict',
    status: 409,
    condition: w('One key is written more often than the operator allows.', '同一对象键的写入频率超过运营者的限制。'),
    handling: READ_AND_DECIDE,
    settings: ['--limits-key-writes-per-second', '1'],
    burst: 5,
    request: put('/k', 'x'),
    sdk: `const write = () => cos.putObject({ Bucket, Region, Key: 'k', Body: 'x' });
await Promise.all([write(), write(), write()]);`,
  },
  {
    code: 'FileAlreadyExists',
    status: 409,
    condition: w('x-cos-forbid-overwrite meets an object.', 'x-cos-forbid-overwrite 遇到已存在的对象。'),
    handling: READ_AND_DECIDE,
    setup: [put('/k', 'x')],
    request: put('/k', 'y', { 'x-cos-forbid-overwrite': 'true' }),
  },
  {
    code: 'NotSymlink',
    status: 400,
    condition: w('GET ?symlink of an ordinary object.', '对普通对象执行 GET ?symlink。'),
    handling: REPAIR,
    setup: [put('/k', 'x')],
    request: get('/k?symlink'),
  },
  {
    code: 'MaxMessageLengthExceeded',
    status: 400,
    condition: w('Request line and headers are too long.', '请求行与头部过长。'),
    handling: REPAIR,
    settings: ['--limits-header-bytes', '4KiB'],
    setup: [{ shell: "printf '%05000d' 0", save: ['long'] }],
    request: get('/k', { 'x-long': '{long}' }),
    noSdk: w('As with curl: any header will do.', '与 curl 相同：任何过长的头部都会触发。'),
  },
  {
    code: 'MaxPostPreDataLengthExceededError',
    status: 400,
    condition: w('The fields of a form before its file exceed 20 KiB.', '表单中文件之前的字段超过 20 KiB。'),
    handling: REPAIR,
    setup: [OPEN, { shell: "printf '%020481d' 0", save: ['long'] }],
    request: {
      method: 'POST',
      target: '/',
      form: [
        ['key', 'k'],
        ['comment', '{long}'],
        ['file', 'hello', 'a.txt'],
      ],
      sign: false,
    },
    noSdk: w('Forms are for browsers: the SDK sends none.', '表单用于浏览器，SDK 不发送表单。'),
  },
  {
    code: 'CallbackFailed',
    status: 203,
    condition: w(
      'The object is stored, and the application that the upload named cannot be reached.',
      '对象已保存，但上传指定的回调服务无法访问。',
    ),
    handling: w(
      'Do not upload again: the object is there. Tell the application by other means.',
      '不要重新上传：对象已保存。请用其他方式通知应用。',
    ),
    settings: ['--callbacks-enabled', '--callbacks-hosts', '127.0.0.1', '--callbacks-private-addresses'],
    request: put('/k', 'x', { 'x-cos-callback': CALLBACK }),
    noSdk: w('203 is a success to the SDK: look at the body.', 'SDK 把 203 视为成功：请检查回答的内容。'),
  },
  {
    code: 'InternalError',
    status: 500,
    condition: w(
      'As InternalErrror of the seed page: here the parts of an upload are lost on the disk.',
      '同种子页的 InternalErrror：这里上传的分块在磁盘上丢失。',
    ),
    handling: BACK_OFF,
    setup: [
      initiate('k'),
      part('k', 1, 3_000_000),
      complete('k', 1),
      { restart: [] },
      { shell: 'find "$COSETTE_DATA/files" -type f -exec truncate -s 1000 {} +' },
    ],
    request: copy('/copy', '/{bucket}/k'),
  },
  {
    code: 'MultiAZFeatureNotSupport',
    status: 400,
    condition: w('A multi-AZ bucket in a region that offers none.', '在不支持多可用区的地域创建多可用区存储桶。'),
    handling: w('Choose another region or one zone.', '选择其他地域或单可用区。'),
    noBucket: true,
    request: { ...put('/', MAZ), region: 'ap-chengdu' },
    sdk: "await cos.putBucket({ Bucket, Region: 'ap-chengdu', BucketAZConfig: 'MAZ' });",
  },
  {
    code: 'InvalidLocationConstraint',
    status: 400,
    condition: w('The body names another region than the host.', '请求体中的地域与 Host 不同。'),
    handling: REPAIR,
    noBucket: true,
    request: put(
      '/',
      '<CreateBucketConfiguration><LocationConstraint>ap-beijing</LocationConstraint></CreateBucketConfiguration>',
    ),
  },
  {
    code: 'PathStyleDomainForbidden',
    status: 403,
    condition: w(
      'The bucket stands in the path, and the operator wants it in the host.',
      '存储桶写在路径中，而运营者要求写在域名中。',
    ),
    handling: REPAIR,
    settings: ['--path-style', 'refuse'],
    noBucket: true,
    setup: [makeBucket('old-1250000000')],
    request: { ...get('/old-1250000000/k'), host: 'cos.ap-guangzhou.localhost' },
    noSdk: w('The SDK puts the bucket in the host.', 'SDK 把存储桶写在域名中。'),
  },
  {
    code: 'AccessForbidden',
    status: 403,
    condition: w('A preflight that no CORS rule allows.', '没有跨域规则允许的预检请求。'),
    handling: w('Give the bucket a CORS rule for this origin and method.', '为该来源与方法设置跨域规则。'),
    request: {
      method: 'OPTIONS',
      target: '/k',
      headers: { Origin: 'https://example.com', 'Access-Control-Request-Method': 'PUT' },
      sign: false,
    },
    noSdk: w('Browsers send preflights by themselves.', '预检请求由浏览器自动发送。'),
  },
];
