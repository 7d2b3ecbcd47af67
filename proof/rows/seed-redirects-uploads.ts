/** Rows 1 to 20 of the seed page. */
import {
  BEIJING,
  complete,
  copy,
  GUANGZHOU,
  get,
  initiate,
  makeBucket,
  OPEN,
  part,
  post,
  put,
  readableBy,
  ZEROS_MD5,
} from '../asks.ts';
import { FOLLOW, REPAIR, SEND_AGAIN } from '../handling.ts';
import { type ProofRow, w } from '../row.ts';

const MOVED = 'moved-1250000000';
const AWAY = 'away-1250000000';
const FRESH = 'fresh-1250000000';
const ACL =
  '<AccessControlPolicy><Owner><ID>qcs::cam::uin/100000000001:uin/100000000001</ID></Owner>' +
  '<AccessControlList></AccessControlList></AccessControlPolicy>';

export const SEED_REDIRECTS_UPLOADS: readonly ProofRow[] = [
  {
    code: 'PermanentRedirect',
    status: 301,
    condition: w(
      'The host names a region where the bucket is not, and the operator has listed the bucket as moved for good. `Location` names the host that has it.',
      'Host 中的地域不是存储桶所在地域，且运营者已把该存储桶列为永久迁移。`Location` 给出正确的域名。',
    ),
    handling: FOLLOW,
    settings: ['--moves-permanent', MOVED],
    noBucket: true,
    setup: [makeBucket(MOVED, BEIJING)],
    request: { ...get('/k'), bucket: MOVED, region: GUANGZHOU },
    sdk: `await cos.getObject({ Bucket: '${MOVED}', Region: 'ap-guangzhou', Key: 'k' });`,
  },
  {
    code: 'TemporaryRedirect',
    status: 302,
    condition: w(
      'A read (GET, HEAD) at the host of another region, of a bucket that the operator has listed as being elsewhere for a while.',
      '在其他地域的域名上读取（GET、HEAD）一个被运营者列为临时迁移的存储桶。',
    ),
    handling: FOLLOW,
    settings: ['--moves-temporary', MOVED],
    noBucket: true,
    setup: [makeBucket(MOVED, BEIJING)],
    request: { ...get('/k'), bucket: MOVED, region: GUANGZHOU },
    sdk: `await cos.getObject({ Bucket: '${MOVED}', Region: 'ap-guangzhou', Key: 'k' });`,
  },
  {
    code: 'Redirect',
    status: 307,
    condition: w(
      'As before, but the request writes: 307 keeps its method and body.',
      '同上，但请求是写操作：307 保留方法与请求体。',
    ),
    handling: FOLLOW,
    settings: ['--moves-temporary', AWAY],
    noBucket: true,
    setup: [makeBucket(AWAY, BEIJING)],
    request: { ...put('/k', 'x'), bucket: AWAY, region: GUANGZHOU },
    sdk: `await cos.putObject({ Bucket: '${AWAY}', Region: 'ap-guangzhou', Key: 'k', Body: 'x' });`,
  },
  {
    code: 'TemporaryRedirect',
    status: 307,
    condition: w(
      'The bucket was made a moment ago in another region, within the window that the operator set: names take a while to spread.',
      '存储桶刚在另一地域创建，尚在运营者设定的窗口期内：域名解析需要时间生效。',
    ),
    handling: FOLLOW,
    settings: ['--moves-dns-window-ms', '1min'],
    noBucket: true,
    setup: [makeBucket(FRESH, BEIJING)],
    request: { ...get('/'), bucket: FRESH, region: GUANGZHOU },
    sdk: `await cos.getBucket({ Bucket: '${FRESH}', Region: 'ap-guangzhou' });`,
  },
  {
    code: 'AppendPositionErr',
    status: 400,
    condition: w(
      'The position is not the length of the object (0 where there is none). `x-cos-next-append-position` names the right one.',
      '追加位置不等于对象当前长度（对象不存在时为 0）。`x-cos-next-append-position` 给出正确的位置。',
    ),
    handling: w(
      'Go on at `x-cos-next-append-position`: either an earlier append did arrive, or another writer was there.',
      '从 `x-cos-next-append-position` 继续：可能上一次追加其实已成功，也可能有其他写入者。',
    ),
    request: post('/log?append&position=5', 'x'),
    sdk: "await cos.appendObject({ Bucket, Region, Key: 'log', Position: 5, Body: 'x' });",
  },
  {
    code: 'AttachmentFull',
    status: 400,
    condition: w(
      'One more grant to an identity that has as many in ACLs as the operator allows.',
      '某个身份在 ACL 中的授权数已达运营者设定的上限。',
    ),
    handling: w(
      'Grant by one bucket policy for a prefix instead of by an ACL for each object.',
      '改用针对前缀的一条存储桶策略，而不是给每个对象设置 ACL。',
    ),
    settings: ['--limits-grant-attachments', '1'],
    setup: [put('/a', 'x', readableBy('100000000002'))],
    request: put('/b', 'x', readableBy('100000000002')),
    sdk: `await cos.putObject({
  Bucket, Region, Key: 'b', Body: 'x', GrantRead: 'id="qcs::cam::uin/100000000002:uin/100000000002"',
});`,
  },
  {
    code: 'BadDigest',
    status: 400,
    condition: w('Content-MD5 is the digest of other bytes.', 'Content-MD5 与收到的请求体不符。'),
    handling: SEND_AGAIN,
    request: put('/k', 'hello', { 'Content-MD5': ZEROS_MD5 }),
    sdk: `await cos.putObject({ Bucket, Region, Key: 'k', Body: 'hello', ContentMD5: '${ZEROS_MD5}' });`,
  },
  {
    code: 'EntityTooLarge',
    status: 400,
    condition: w(
      'More bytes than one request may bring: 5 GiB, or what the operator set.',
      '单次上传超过上限：5 GiB，或运营者设定的值。',
    ),
    handling: w('Upload in parts (`uploadFile` of the SDK does).', '使用分块上传（SDK 的 `uploadFile` 会自动分块）。'),
    settings: ['--limits-single-upload-bytes', '1KiB'],
    request: put('/k', 1025),
    sdk: "await cos.putObject({ Bucket, Region, Key: 'k', Body: Buffer.alloc(1025) });",
  },
  {
    code: 'EntityTooSmall',
    status: 400,
    condition: w(
      'A part that is not the last one has less than 1 MiB when the upload is completed.',
      '完成分块上传时，除最后一块外有分块小于 1 MiB。',
    ),
    handling: w(
      'Upload the small parts again, larger, under the same numbers; the upload still exists.',
      '用相同的分块号重新上传更大的分块；该上传任务仍然存在。',
    ),
    setup: [initiate('k'), part('k', 1), part('k', 2)],
    request: complete('k', 1, 2),
    sdk: `await cos.multipartComplete({
  Bucket, Region, Key: 'k', UploadId: uploadId,
  Parts: [{ PartNumber: 1, ETag: etag1 }, { PartNumber: 2, ETag: etag2 }],
});`,
  },
  {
    code: 'IncorrectNumberOfFilesInPostRequest',
    status: 400,
    condition: w('A form without a file, or with two.', '表单中没有文件，或有多于一个文件。'),
    handling: w('Put exactly one file field in the form, the last one.', '表单中只放一个 file 字段，并放在最后。'),
    setup: [OPEN],
    request: { method: 'POST', target: '/', form: [['key', 'k']], sign: false },
    noSdk: w('Forms are for browsers: the SDK sends none.', '表单用于浏览器，SDK 不发送表单。'),
  },
  {
    code: 'InvalidArgument',
    status: 400,
    condition: w('A parameter, header or element has a value that is not allowed.', '参数、头部或元素的取值不合法。'),
    handling: REPAIR,
    request: get('/?max-keys=many'),
    sdk: "await cos.getBucket({ Bucket, Region, MaxKeys: 'many' });",
  },
  {
    code: 'InvalidBucketName',
    status: 400,
    condition: w('The name breaks the rules: a to z, 0 to 9 and hyphens.', '名称不合规则：只允许 a–z、0–9 与连字符。'),
    handling: REPAIR,
    noBucket: true,
    request: { ...put('/'), bucket: 'a_b-1250000000' },
    noSdk: w('The SDK refuses such names itself.', 'SDK 自身会拒绝这样的名称。'),
  },
  {
    code: 'InvalidCopySource',
    status: 400,
    condition: w('x-cos-copy-source does not name a bucket and a key.', 'x-cos-copy-source 没有给出存储桶与对象键。'),
    handling: REPAIR,
    request: copy('/k', 'nowhere'),
    sdk: "await cos.putObject({ Bucket, Region, Key: 'k', Body: '', Headers: { 'x-cos-copy-source': 'nowhere' } });",
  },
  {
    code: 'InvalidDigest',
    status: 400,
    condition: w('Content-MD5 is not the Base64 text of 16 bytes.', 'Content-MD5 不是 16 字节的 Base64 文本。'),
    handling: REPAIR,
    request: put('/k', 'hello', { 'Content-MD5': 'nonsense' }),
    sdk: "await cos.putObject({ Bucket, Region, Key: 'k', Body: 'hello', ContentMD5: 'nonsense' });",
  },
  {
    code: 'InvalidPart',
    status: 400,
    condition: w(
      'The list names a part that was not uploaded, or with another ETag, or leaves a gap.',
      '分块列表中有未上传的分块、ETag 不符的分块，或分块号有缺口。',
    ),
    handling: w(
      'List the parts (`multipartListPart`), upload what is missing, complete again.',
      '列出分块（`multipartListPart`），补传缺失的分块后再完成。',
    ),
    setup: [initiate('k')],
    request: post(
      '/k?uploadId={uploadId}',
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"0123456789abcdef0123456789abcdef"</ETag></Part></CompleteMultipartUpload>',
    ),
    sdk: `await cos.multipartComplete({
  Bucket, Region, Key: 'k', UploadId: uploadId,
  Parts: [{ PartNumber: 1, ETag: '"0123456789abcdef0123456789abcdef"' }],
});`,
  },
  {
    code: 'InvalidPartOrder',
    status: 400,
    condition: w('The numbers in the list do not ascend.', '列表中的分块号不是递增的。'),
    handling: w('Sort the parts by number.', '按分块号排序。'),
    setup: [initiate('k'), part('k', 1), part('k', 2)],
    request: complete('k', 2, 1),
    sdk: `await cos.multipartComplete({
  Bucket, Region, Key: 'k', UploadId: uploadId,
  Parts: [{ PartNumber: 2, ETag: etag2 }, { PartNumber: 1, ETag: etag1 }],
});`,
  },
  {
    code: 'InvalidRegionName',
    status: 400,
    condition: w('The region in the host is none of this deployment.', 'Host 中的地域不属于本部署。'),
    handling: REPAIR,
    noBucket: true,
    request: { ...get('/k'), region: 'mars-1' },
    sdk: "await cos.getObject({ Bucket, Region: 'mars-1', Key: 'k' });",
  },
  {
    code: 'InvalidRequest',
    status: 400,
    condition: w(
      'The request contradicts itself or lacks what it needs: here an ACL both in a header and in the body.',
      '请求自相矛盾或缺少必要内容：这里同时在头部和请求体中给出 ACL。',
    ),
    handling: REPAIR,
    setup: [put('/k', 'x')],
    request: put('/k?acl', ACL, { 'x-cos-acl': 'private' }),
    sdk: `await cos.request({
  Bucket, Region, Method: 'PUT', Key: 'k', Action: 'acl', Headers: { 'x-cos-acl': 'private' },
  Body: '${ACL}',
});`,
  },
  {
    code: 'InvalidSHA1Digest',
    status: 400,
    condition: w(
      'x-cos-content-sha1 is malformed, or the digest of other bytes.',
      'x-cos-content-sha1 格式错误，或与请求体不符。',
    ),
    handling: SEND_AGAIN,
    request: put('/k', 'hello', { 'x-cos-content-sha1': '0'.repeat(40) }),
    sdk: `await cos.putObject({ Bucket, Region, Key: 'k', Body: 'hello', Headers: { 'x-cos-content-sha1': '${'0'.repeat(40)}' } });`,
  },
  {
    code: 'InvalidURI',
    status: 400,
    condition: w('The path or query cannot be decoded.', '路径或查询串无法解码。'),
    handling: REPAIR,
    request: { ...get('/%zz'), sign: false },
    noSdk: w('The SDK encodes keys correctly.', 'SDK 会正确编码对象键。'),
  },
];
