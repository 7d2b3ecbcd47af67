/** Where each row of the error index for object operations (spec/objects.md §14) is provoked by its true condition. */

export interface IndexRow {
  readonly code: string;
  /** In the profile `seed`. */
  readonly status: number;
  /** The test that provokes it, a path below `test/e2e`; undefined where nothing can. */
  readonly file: string | undefined;
  /** Why nothing can provoke it. */
  readonly reason?: string;
}

const at = (file: string, status: number, ...codes: string[]): IndexRow[] =>
  codes.map((code) => ({ code, status, file: `${file}.test.ts` }));
const never = (code: string, status: number, reason: string): IndexRow => ({ code, status, file: undefined, reason });

/** In the order of the index. */
export const ERROR_INDEX: readonly IndexRow[] = [
  ...at('errors/append', 400, 'AppendPositionErr', 'ObjectNotAppendable'),
  ...at('errors/bodies', 400, 'BadDigest', 'InvalidDigest', 'InvalidSHA1Digest', 'MissingContentMD5'),
  ...at('errors/bodies', 411, 'MissingContentLength'),
  ...at('errors/bodies', 400, 'MissingRequestBodyError', 'MalformedXML', 'XMLSizeLimit', 'UnexpectedContent'),
  ...at('errors/bodies', 400, 'EntityTooLarge'),
  ...at('errors/append', 400, 'EntityTooLarge'),
  ...at('errors/copy', 400, 'EntityTooLarge'),
  ...at('errors/multipart', 400, 'EntityTooLarge', 'EntityTooSmall'),
  ...at('errors/post-form', 400, 'EntityTooLarge', 'EntityTooSmall'),
  never(
    'EntitySizeNotMatch',
    400,
    'needs a length inside of the body (aws-chunked); else a short body is IncompleteBody, and what is too long is the next request',
  ),
  ...at('errors/bodies', 400, 'IncompleteBody', 'RequestTimeOut'),
  ...at('operator-settings', 400, 'UserNetworkTooSlow'),
  ...at('errors/arguments', 400, 'InvalidArgument', 'InvalidRequest'),
  ...at('errors/names', 400, 'InvalidURI', 'KeyTooLong', 'InvalidObjectName'),
  ...at('errors/copy', 400, 'InvalidCopySource'),
  ...at('errors/copy', 404, 'NoSuchCopySource'),
  ...at('errors/multipart', 400, 'InvalidPart', 'InvalidPartOrder'),
  ...at('errors/multipart', 404, 'NoSuchUpload'),
  ...at('errors/multipart', 400, 'ListPartUploadIdIsEmpty'),
  ...at('errors/names', 404, 'NoSuchKey'),
  ...at('errors/versions-conditions', 404, 'NoSuchKey'),
  ...at('errors/versions-conditions', 400, 'NoSuchVersion'),
  ...at('errors/names', 404, 'NoSuchBucket'),
  ...at('operations/bucket-tagging', 404, 'NoSuchTagSet'),
  ...at('errors/tags-acl', 400, 'InvalidTag', 'BadRequest'),
  ...at('errors/storage-classes', 400, 'NotSupportedStorageClass'),
  ...at('errors/storage-classes', 400, 'MAZOperationNotSupportOnOAZBucket', 'OAZOperationNotSupportOnMAZBucket'),
  ...at('errors/storage-classes', 400, 'MultiAZFeatureNotSupport'),
  ...at('errors/storage-classes', 403, 'InvalidObjectStorage', 'InvalidObjectState'),
  ...at('errors/storage-classes', 405, 'RestoreNonArchiveObject'),
  ...at('errors/storage-classes', 409, 'RestoreAlreadyInProgress'),
  ...at('errors/versions-conditions', 412, 'PreconditionFailed'),
  ...at('errors/copy', 412, 'PreconditionFailed'),
  ...at('errors/versions-conditions', 416, 'InvalidRange'),
  ...at('errors/versions-conditions', 409, 'PathConflict'),
  ...at('operator-settings', 409, 'UploadConflict'),
  ...at('errors/versions-conditions', 409, 'FileAlreadyExists'),
  ...at('errors/lock', 409, 'ObjectLocked'),
  ...at('errors/lock', 400, 'InvalidObjectLock'),
  never(
    'InvalidLockedTime',
    409,
    'of the older lock, where the days of a bucket could only grow; a retention that is shortened is InvalidObjectLock',
  ),
  ...at('errors/lock', 404, 'NoSuchObjectLockConfiguration'),
  ...at('errors/symlink', 400, 'NotSymlink'),
  ...at(
    'errors/post-form',
    400,
    'IncorrectNumberOfFilesInPostRequest',
    'MalformedPOSTRequest',
    'InvalidPolicyDocument',
  ),
  ...at('errors/auth', 403, 'AccessDenied'),
  ...at('errors/post-form', 403, 'AccessDenied'),
  ...at('errors/auth', 403, 'AccessForbidden', 'SignatureDoesNotMatch', 'InvalidAccessKeyId', 'RequestTimeTooSkewed'),
  ...at('sts', 403, 'ExpiredToken'),
  ...at('errors/encryption', 400, 'SsecDecryptHeaderInvalid', 'SSEHeaderNotAllowed'),
  // An unknown algorithm in a header is InvalidArgument, as the service answers.
  ...at('operations/bucket-encryption', 400, 'SSEContentNotSupported'),
  ...at('errors/encryption', 400, 'KmsKeyNotExist', 'KmsKeyDisabled', 'KmsException'),
  ...at('errors/encryption', 500, 'KmsInternalException'),
  ...at('errors/server-states', 503, 'KmsFreqControl'),
  ...at('errors/auth', 400, 'VerifyAlgorithmNotSupported'),
  ...at('errors/post-form', 400, 'VerifyAlgorithmNotSupported'),
  ...at('operator-settings', 400, 'PolicyFull', 'AttachmentFull'),
  ...at('errors/names', 405, 'MethodNotAllowed'),
  never('UploadIdNotSupported', 405, 'of the JSON API, which never made an upload here'),
  ...at('operator-settings', 451, 'UnavailableForLegalReasons'),
  ...at('errors/server-states', 503, 'SlowDown'),
  ...at('operator-settings', 503, 'ServiceUnavailable'),
  ...at('errors/server-states', 500, 'InternalError'),
  ...at('errors/names', 501, 'NotImplemented'),
  // Where a rule exists and does not match.
  ...at('operations/bucket-cors', 403, 'AccessForbidden'),
  // Of replication (spec/buckets.md Appendix B).
  ...at('operations/bucket-replication', 409, 'InvalidBucketState'),
  ...at('operations/bucket-replication', 400, 'MultiBucketNotSupport'),
  ...at('operations/bucket-replication', 404, 'ReplicationConfigurationNotFoundError'),
  // Codes of these operations that the index leaves out.
  ...at('errors/append', 409, 'InvalidBucketState'),
  ...at('errors/arguments', 400, 'InvalidDelimiter'),
  ...at('errors/post-form', 400, 'MaxPostPreDataLengthExceededError'),
  ...at('operations/upload-answers', 203, 'CallbackFailed'),
  ...at('origin/mirror', 424, 'MirrorFailed'),
  // Of the other protocol (spec/s3.md).
  ...at('s3/access', 400, 'AccessControlListNotSupported'),
  ...at('s3/access', 400, 'UnresolvableGrantByEmailAddress'),
  ...at('s3/access', 400, 'MalformedACLError'),
  never(
    'ConditionalRequestConflict',
    409,
    'a race that no client can force: src/model/write-object.test.ts holds it still',
  ),
];
