/** Rows 41 to 55 of the seed page. */
import { copy, get, put } from '../asks.ts';
import { AS_NONE, GRANT } from '../handling.ts';
import { type ProofRow, w } from '../row.ts';

const NEW_KEYS = w(
  'Take the keys from where they are kept now: they were mistyped, deleted or disabled.',
  '更换为有效的密钥：密钥可能写错、已删除或已停用。',
);
const MISSING = w(
  'Decide whether absence is normal here; right after a write it is not: check bucket, region and key.',
  '判断“不存在”在此处是否正常；若刚写入过则不正常：检查存储桶、地域与键。',
);

export const SEED_RIGHTS_ABSENCE: readonly ProofRow[] = [
  {
    code: 'AccessDenied',
    status: 403,
    condition: w(
      'No right: here nobody signed and the bucket is private. Also a signature whose time is over ("Request has expired").',
      '没有权限：这里请求未签名而存储桶为私有。签名过期（“Request has expired”）也是此码。',
    ),
    handling: GRANT,
    setup: [put('/k', 'x')],
    request: { ...get('/k'), sign: false },
    sdk: `// The SDK always signs, so here by what its key may not do: a bucket of another account.
await cos.putBucket({ Bucket: 'other-1250000009', Region });`,
  },
  {
    code: 'ExpiredToken',
    status: 403,
    condition: w('The time of the temporary key is over.', '临时密钥已过期。'),
    handling: w(
      'Fetch a new temporary key and repeat once; fetch it before the old one ends (the SDK does in `getAuthorization`).',
      '获取新的临时密钥后重试一次；最好在过期之前更新（SDK 的 `getAuthorization` 会这样做）。',
    ),
    setup: [{ shell: 'temporary 1', save: ['tmpId', 'tmpKey', 'tmpToken'] }, { shell: 'sleep 2' }],
    request: {
      ...get('/k', { 'x-cos-security-token': '{tmpToken}' }),
      sign: { secretId: '{tmpId}', secretKey: '{tmpKey}' },
    },
    sdk: `const temporary = new COS({ ...options, SecretId: tmpId, SecretKey: tmpKey, SecurityToken: tmpToken });
await temporary.getObject({ Bucket, Region, Key: 'k' });`,
  },
  {
    code: 'InvalidAccessKeyId',
    status: 403,
    condition: w('The SecretId is unknown or disabled.', 'SecretId 不存在或已停用。'),
    handling: NEW_KEYS,
    request: { ...get('/k'), sign: { secretId: 'AKIDnobody' } },
    sdk: `await new COS({ ...options, SecretId: 'AKIDnobody' }).getObject({ Bucket, Region, Key: 'k' });`,
  },
  {
    code: 'InvalidObjectState',
    status: 403,
    condition: w('The object is archived and not restored.', '对象为归档类型且尚未恢复。'),
    handling: w(
      'Restore it (`restoreObject`), wait (hours), read again; HEAD shows `x-cos-restore`.',
      '先恢复（`restoreObject`），等待数小时后再读；HEAD 的 `x-cos-restore` 显示进度。',
    ),
    setup: [put('/k', 'x', { 'x-cos-storage-class': 'ARCHIVE' })],
    request: get('/k'),
    sdk: "await cos.getObject({ Bucket, Region, Key: 'k' });",
  },
  {
    code: 'InvalidObjectStorage',
    status: 403,
    condition: w('The operator has closed this storage class.', '运营者已关闭该存储类型。'),
    handling: w('Choose another class.', '选择其他存储类型。'),
    settings: ['--closed-storage-classes', 'STANDARD_IA'],
    request: put('/k', 'x', { 'x-cos-storage-class': 'STANDARD_IA' }),
    sdk: "await cos.putObject({ Bucket, Region, Key: 'k', Body: 'x', StorageClass: 'STANDARD_IA' });",
  },
  {
    code: 'RequestTimeTooSkewed',
    status: 403,
    condition: w(
      "The client's clock is more than 15 minutes ahead of the server's.",
      '客户端时钟比服务器快 15 分钟以上。',
    ),
    handling: w(
      'Set the clock (NTP). `ServerTime` in the answer says by how much; the SDK corrects itself by it and repeats once.',
      '校准时钟（NTP）。回答中的 `ServerTime` 给出服务器时间；SDK 会据此校正并重试一次。',
    ),
    request: { ...get('/k'), sign: { aheadS: 1200 } },
    sdk: `const ahead = new COS({ ...options, SystemClockOffset: 1_200_000, CorrectClockSkew: false });
await ahead.getObject({ Bucket, Region, Key: 'k' });`,
  },
  {
    code: 'SignatureDoesNotMatch',
    status: 403,
    condition: w(
      'The signature was made with another SecretKey, or for another request.',
      '签名使用了错误的 SecretKey，或属于另一个请求。',
    ),
    handling: w(
      'Check the SecretKey; compare `StringToSign` and `FormatString` of the answer with your own; proxies must not change host or path. `cosette explain` says what differs.',
      '检查 SecretKey；将回答中的 `StringToSign`、`FormatString` 与自己的比较；代理不得改写 Host 与路径。`cosette explain` 会说明差异。',
    ),
    request: { ...get('/k'), sign: { secretKey: 'wrong' } },
    sdk: "await new COS({ ...options, SecretKey: 'wrong' }).getObject({ Bucket, Region, Key: 'k' });",
  },
  {
    code: 'NoSuchBucket',
    status: 404,
    condition: w('No bucket of that name in that region.', '该地域没有此名称的存储桶。'),
    handling: MISSING,
    noBucket: true,
    request: { ...get('/k'), bucket: 'nowhere-1250000000' },
    sdk: "await cos.getObject({ Bucket: 'nowhere-1250000000', Region, Key: 'k' });",
  },
  {
    code: 'NoSuchCopySource',
    status: 404,
    condition: w('The object to copy is not there.', '要复制的源对象不存在。'),
    handling: MISSING,
    request: copy('/k', '/{bucket}/absent'),
    sdk: `await cos.putObjectCopy({
  Bucket, Region, Key: 'k', CopySource: \`\${Bucket}.cos.\${Region}.myqcloud.com/absent\`,
});`,
  },
  {
    code: 'NoSuchCORSConfiguration',
    status: 404,
    condition: w('The bucket has no CORS rules.', '存储桶没有跨域规则。'),
    handling: AS_NONE,
    request: get('/?cors'),
    sdk: `await cos.request({ Bucket, Region, Method: 'GET', Action: 'cors' });
// getBucketCors takes this answer for an empty list.`,
  },
  {
    code: 'NoSuchKey',
    status: 404,
    condition: w(
      'No object of that key, or its newest version is a delete marker.',
      '没有该键的对象，或其最新版本是删除标记。',
    ),
    handling: MISSING,
    request: get('/absent'),
    sdk: "await cos.getObject({ Bucket, Region, Key: 'absent' });",
  },
  {
    code: 'NoSuchLifecycleConfiguration',
    status: 404,
    condition: w('The bucket has no lifecycle rules.', '存储桶没有生命周期规则。'),
    handling: AS_NONE,
    request: get('/?lifecycle'),
    sdk: `await cos.request({ Bucket, Region, Method: 'GET', Action: 'lifecycle' });
// getBucketLifecycle takes this answer for an empty list.`,
  },
  {
    code: 'NoSuchTagSet',
    status: 404,
    condition: w('The bucket has no tags.', '存储桶没有标签。'),
    handling: AS_NONE,
    request: get('/?tagging'),
    sdk: `await cos.request({ Bucket, Region, Method: 'GET', Action: 'tagging' });
// getBucketTagging takes this answer for an empty list.`,
  },
  {
    code: 'NoSuchUpload',
    status: 404,
    condition: w(
      'The upload id is unknown, of another key, aborted or completed.',
      'UploadId 不存在、属于其他键、已终止或已完成。',
    ),
    handling: w(
      'HEAD the key: a Complete whose answer was lost may have succeeded. Else start the upload anew.',
      '先 HEAD 对象：回答丢失的 Complete 可能已成功；否则重新开始上传。',
    ),
    request: get('/k?uploadId=nonsense'),
    sdk: "await cos.multipartListPart({ Bucket, Region, Key: 'k', UploadId: 'nonsense' });",
  },
  {
    code: 'NoSuchWebsiteConfiguration',
    status: 404,
    condition: w('The bucket is no website.', '存储桶没有静态网站配置。'),
    handling: AS_NONE,
    request: get('/?website'),
    sdk: `await cos.request({ Bucket, Region, Method: 'GET', Action: 'website' });
// getBucketWebsite takes this answer for an empty configuration.`,
  },
];
