/** Codes of Amazon S3 that come from how a request is signed, framed and named. */
import { OPEN, post, put } from '../asks.ts';
import { READ_AND_DECIDE, REPAIR, SEND_AGAIN } from '../handling.ts';
import { type Ask, type ProofRow, type S3Sign, w } from '../row.ts';

/** As a client of S3 sends it. */
export const s3 = (request: Ask, sign: S3Sign | false = {}): Ask => ({ ...request, s3: sign });

const PAYLOAD = 'x-amz-content-sha256';

export const SERVICE_S3: readonly ProofRow[] = [
  {
    code: 'AuthorizationHeaderMalformed',
    status: 400,
    condition: w('The scope of the signature names another service than s3.', '签名范围中的服务名不是 s3。'),
    handling: REPAIR,
    request: s3({ method: 'GET', target: '/k' }, { service: 'ec2' }),
  },
  {
    code: 'AuthorizationQueryParametersError',
    status: 400,
    condition: w('A presigned address lacks parameters of its signature.', '预签名 URL 缺少签名参数。'),
    handling: REPAIR,
    request: s3({ method: 'GET', target: '/k?X-Amz-Algorithm=AWS4-HMAC-SHA256' }, false),
  },
  {
    code: 'InvalidToken',
    status: 400,
    condition: w('A token beside a key that has none.', '永久密钥却附带了令牌。'),
    handling: w(
      'Send key and token of one and the same answer of the STS, or a permanent key without a token.',
      '密钥与令牌须来自同一次 STS 应答；永久密钥不得附带令牌。',
    ),
    request: s3({ method: 'GET', target: '/k', headers: { 'x-amz-security-token': 'none' } }),
  },
  {
    code: 'XAmzContentSHA256Mismatch',
    status: 400,
    condition: w('The body is not the one whose SHA-256 was signed.', '请求体与已签名的 SHA-256 不符。'),
    handling: SEND_AGAIN,
    request: s3(put('/k', 'x', { [PAYLOAD]: '0'.repeat(64) })),
  },
  {
    code: 'MalformedTrailerError',
    status: 400,
    condition: w(
      'A body in aws-chunked framing ends without the field that x-amz-trailer announces.',
      'aws-chunked 请求体结尾缺少 x-amz-trailer 所声明的字段。',
    ),
    handling: REPAIR,
    request: s3(
      put('/k', '1\r\nx\r\n0\r\n\r\n', {
        [PAYLOAD]: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '1',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      }),
    ),
  },
  {
    code: 'InvalidStorageClass',
    status: 400,
    condition: w('An unknown storage class.', '未知的存储类型。'),
    handling: REPAIR,
    request: s3(put('/k', 'x', { 'x-amz-storage-class': 'COLD' })),
  },
  {
    code: 'KeyTooLongError',
    status: 400,
    condition: w('The key is longer than the server allows.', '对象键超过允许的长度。'),
    handling: REPAIR,
    setup: [{ shell: "printf '%01025d' 0", save: ['long'] }],
    request: s3(put('/{long}', 'x')),
  },
  {
    code: 'MetadataTooLarge',
    status: 400,
    condition: w('More than 2 KiB of custom metadata.', '自定义元数据超过 2 KiB。'),
    handling: w('Keep long texts in an object of their own.', '把较长的文本存为单独的对象。'),
    setup: [{ shell: "printf '%02048d' 0", save: ['long'] }],
    request: s3(put('/k', 'x', { 'x-amz-meta-a': '{long}' })),
  },
  {
    code: 'OperationAborted',
    status: 409,
    condition: w(
      'Two writers of one key at the same moment, where one must lose: here an append whose object was made by another one meanwhile.',
      '同一时刻两个写入者写同一个键，必有一方失败：这里追加进行中，对象已被另一方创建。',
    ),
    handling: READ_AND_DECIDE,
    request: s3({ ...post('/log?append=&position=0', 'late'), headers: { Expect: '100-continue' } }),
    meanwhile: post('/log?append&position=0', ''),
  },
];

const aclOf = (list: string) => `<AccessControlPolicy>${list}</AccessControlPolicy>`;
const ENFORCED = s3(
  put(
    '/?ownershipControls=',
    '<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>',
  ),
);

export const SERVICE_S3_ACLS: readonly ProofRow[] = [
  {
    code: 'MalformedACLError',
    status: 400,
    condition: w('An ACL without a list of grants.', 'ACL 文档缺少授权列表。'),
    handling: REPAIR,
    request: s3(put('/?acl=', aclOf(''))),
  },
  {
    code: 'UnresolvableGrantByEmailAddress',
    status: 400,
    condition: w(
      'A grantee is named by an e-mail address: accounts have none here.',
      '被授权者以邮箱地址指定，而此处的账号没有邮箱。',
    ),
    handling: w('Name the account by its canonical id.', '改用账号的规范 ID 指定。'),
    request: s3(put('/?acl=', '', { 'x-amz-grant-read': 'emailAddress="a@example.com"' })),
  },
  {
    code: 'AccessControlListNotSupported',
    status: 400,
    condition: w(
      'An ACL in a bucket whose objects belong to its owner alone.',
      '存储桶启用了 BucketOwnerEnforced，不接受 ACL。',
    ),
    handling: w('Grant by a bucket policy instead.', '改用存储桶策略授权。'),
    setup: [ENFORCED],
    request: s3(put('/k', 'x', { 'x-amz-acl': 'public-read' })),
  },
  {
    code: 'InvalidBucketAclWithObjectOwnership',
    status: 400,
    condition: w(
      'ACLs are to be switched off while the ACL of the bucket grants others something.',
      '存储桶 ACL 仍授予他人权限时要求停用 ACL。',
    ),
    handling: w('Make the ACL private first.', '先把 ACL 改为私有。'),
    setup: [OPEN],
    request: ENFORCED,
  },
];
