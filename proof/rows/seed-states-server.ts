/** Rows 56 to 71 of the seed page. */
import { copy, get, makeBucket, post, put, RESTORE, remove, VERSIONED } from '../asks.ts';
import { ASK_OPERATOR, BACK_OFF, READ_AND_DECIDE, REPAIR } from '../handling.ts';
import { type ProofRow, w } from '../row.ts';

const ARCHIVED = put('/k', 'x', { 'x-cos-storage-class': 'ARCHIVE' });
const OTHER_ETAG = '"0123456789abcdef0123456789abcdef"';
const FILMS = 'films-1250000000';
const RESTORE_SDK = `await cos.restoreObject({
  Bucket, Region, Key: 'k', RestoreRequest: { Days: 1, CASJobParameters: { Tier: 'Standard' } },
});`;

export const SEED_STATES_SERVER: readonly ProofRow[] = [
  {
    code: 'MethodNotAllowed',
    status: 405,
    condition: w('The resource has no such method.', '资源不支持该方法。'),
    handling: REPAIR,
    request: post('/k'),
    sdk: "await cos.request({ Bucket, Region, Method: 'POST', Key: 'k', Body: '' });",
  },
  {
    code: 'RestoreNonArchiveObject',
    status: 405,
    condition: w('Restore of an object that is not archived.', '恢复一个并非归档类型的对象。'),
    handling: w('Nothing to do: the object can be read.', '无需处理：对象可以直接读取。'),
    setup: [put('/k', 'x')],
    request: post('/k?restore', RESTORE),
    sdk: RESTORE_SDK,
  },
  {
    code: 'BucketAlreadyExists',
    status: 409,
    condition: w(
      'The bucket belongs to another account (UIN): here the APPID has passed on to a new one.',
      '存储桶属于另一个账号（UIN）：这里 APPID 已转给新的账号。',
    ),
    handling: w('Choose another name.', '换一个名称。'),
    setup: [{ restart: ['--uin', '100000000009'] }],
    request: put('/'),
    sdk: 'await cos.putBucket({ Bucket, Region });',
  },
  {
    code: 'BucketAlreadyOwnedByYou',
    status: 409,
    condition: w('The caller has a bucket of that name already.', '调用者已拥有同名存储桶。'),
    handling: w(
      'Take it for success, if region and settings are the wanted ones.',
      '若地域与配置符合预期，可视为成功。',
    ),
    request: put('/'),
    sdk: 'await cos.putBucket({ Bucket, Region });',
  },
  {
    code: 'BucketNotEmpty',
    status: 409,
    condition: w(
      'The bucket to delete holds objects, versions, delete markers or unfinished uploads.',
      '要删除的存储桶中还有对象、历史版本、删除标记或未完成的上传。',
    ),
    handling: w(
      'Delete all versions (`listObjectVersions`) and abort uploads (`multipartList`), then delete the bucket.',
      '删除所有版本（`listObjectVersions`）并终止未完成的上传（`multipartList`），再删除存储桶。',
    ),
    setup: [put('/k', 'x')],
    request: remove('/'),
    sdk: 'await cos.deleteBucket({ Bucket, Region });',
  },
  {
    code: 'InvalidBucketState',
    status: 409,
    condition: w(
      'A setting of the bucket stands against the request: here append where versions are kept.',
      '存储桶的设置与请求冲突：这里在启用版本控制的存储桶中追加。',
    ),
    handling: w('Change the setting first, or use another bucket.', '先修改设置，或使用其他存储桶。'),
    setup: [VERSIONED],
    request: post('/log?append&position=0', 'x'),
    sdk: "await cos.appendObject({ Bucket, Region, Key: 'log', Position: 0, Body: 'x' });",
  },
  {
    code: 'PathConflict',
    status: 409,
    condition: w(
      'Two writers of one key at the same moment, where one must lose: here an append whose object was made by another one meanwhile.',
      '同一时刻两个写入者写同一个键，必有一方失败：这里追加进行中，对象已被另一方创建。',
    ),
    handling: READ_AND_DECIDE,
    request: { ...post('/log?append&position=0', 'late'), headers: { Expect: '100-continue' } },
    meanwhile: post('/log?append&position=0', ''),
    noSdk: w('It takes two clients and a slow one.', '需要两个客户端，其中一个较慢。'),
  },
  {
    code: 'RestoreAlreadyInProgress',
    status: 409,
    condition: w('The object is being restored already.', '对象正在恢复中。'),
    handling: w('Wait: HEAD shows `x-cos-restore`.', '等待：HEAD 的 `x-cos-restore` 显示进度。'),
    setup: [ARCHIVED, post('/k?restore', RESTORE)],
    request: post('/k?restore', RESTORE),
    sdk: RESTORE_SDK,
  },
  {
    code: 'MissingContentLength',
    status: 411,
    condition: w('An upload that announces no length.', '上传请求没有声明长度。'),
    handling: REPAIR,
    request: { method: 'PUT', target: '/k' },
    noSdk: w('The SDK always announces a length.', 'SDK 总会声明长度。'),
  },
  {
    code: 'PreconditionFailed',
    status: 412,
    condition: w('If-Match or another condition does not hold.', 'If-Match 等前置条件不成立。'),
    handling: READ_AND_DECIDE,
    setup: [put('/k', 'x')],
    request: get('/k', { 'If-Match': OTHER_ETAG }),
    sdk: `await cos.getObject({ Bucket, Region, Key: 'k', IfMatch: '${OTHER_ETAG}' });`,
  },
  {
    code: 'InvalidRange',
    status: 416,
    condition: w('The range begins behind the end of the object.', 'Range 的起点超出对象末尾。'),
    handling: w(
      'Take the size from `Content-Range: bytes */size` and ask again.',
      '从 `Content-Range: bytes */size` 取得大小后重新请求。',
    ),
    setup: [put('/k', 'hello')],
    request: get('/k', { Range: 'bytes=10-' }),
    sdk: "await cos.getObject({ Bucket, Region, Key: 'k', Range: 'bytes=10-' });",
  },
  {
    code: 'UnavailableForLegalReasons',
    status: 451,
    condition: w('The operator has blocked the account, the bucket or the key.', '运营者封禁了该账号、存储桶或对象。'),
    handling: ASK_OPERATOR,
    settings: ['--blocked', `${FILMS}/k`],
    noBucket: true,
    setup: [makeBucket(FILMS), { ...put('/k', 'x'), bucket: FILMS }],
    request: { ...get('/k'), bucket: FILMS },
    sdk: `await cos.getObject({ Bucket: '${FILMS}', Region, Key: 'k' });`,
  },
  {
    code: 'InternalErrror',
    status: 500,
    condition: w(
      'The server itself fails: here the disk has lost what it stored. On the wire `InternalError`, unless `errors.literalSeedCodes` is on.',
      '服务器自身故障：这里磁盘丢失了已存的数据。报文中为 `InternalError`，除非打开 `errors.literalSeedCodes`。',
    ),
    handling: BACK_OFF,
    setup: [
      put('/k', 3_000_000),
      { restart: [] },
      { shell: 'find "$COSETTE_DATA/files" -type f -exec truncate -s 1000 {} +' },
    ],
    request: copy('/copy', '/{bucket}/k'),
    sdk: `await cos.putObjectCopy({
  Bucket, Region, Key: 'copy', CopySource: \`\${Bucket}.cos.\${Region}.myqcloud.com/k\`,
});`,
  },
  {
    code: 'NotImplemented',
    status: 501,
    condition: w('A known operation that this server does not have.', '已知但本服务器未实现的操作。'),
    handling: w(
      'Do without: docs/compatibility.md lists what there is.',
      '不要使用该功能：docs/compatibility.md 列出了支持的范围。',
    ),
    setup: [put('/k', 'x')],
    request: get('/k?ci-process=x'),
    sdk: "await cos.request({ Bucket, Region, Method: 'GET', Key: 'k', Query: { 'ci-process': 'x' } });",
  },
  {
    code: 'ServiceUnavailable',
    status: 503,
    condition: w('The operator has switched to maintenance.', '运营者已切换到维护状态。'),
    handling: BACK_OFF,
    settings: ['--maintenance'],
    noBucket: true,
    request: get('/'),
    sdk: 'await cos.getBucket({ Bucket, Region });',
  },
  {
    code: 'SlowDown',
    status: 503,
    condition: w('More requests a second than the operator allows an account.', '账号每秒请求数超过运营者设定的上限。'),
    handling: BACK_OFF,
    settings: ['--limits-requests-per-second', '1'],
    burst: 10,
    request: get('/'),
    sdk: 'await Promise.all(Array.from({ length: 20 }, () => cos.getBucket({ Bucket, Region })));',
  },
];
