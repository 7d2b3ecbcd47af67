/** Errors as Amazon S3 calls and renders them. Source: spec/errors.md, "S3 face" of each row. */

import {
  type ErrorContext,
  type ErrorSettings,
  errorHeaders,
  type ResolvedError,
  shownElements,
} from '../cos/errors.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { CosError } from '../errors/cos-error.ts';
import { resolveError } from '../errors/resolve.ts';
import type { WireReply } from '../http/types.ts';
import { escapeXml, XML_DECLARATION } from '../http/xml-writer.ts';

interface Renamed {
  readonly code?: string;
  /** Where S3's text is another one, which clients compare. */
  readonly message?: string;
  readonly status?: number;
}

/** What S3 calls an error of COS; the others have the same code and status in both. */
const S3_NAMES: Readonly<Partial<Record<ErrorCode, Renamed>>> = {
  AccessForbidden: {
    message:
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
  },
  ActionAccelerateNotSupported: { code: 'InvalidRequest' },
  BadRequest: { code: 'InvalidTag' },
  BucketAccelerateNotEnabled: { code: 'InvalidRequest' },
  BucketLocked: { code: 'InvalidBucketState' },
  BucketNameTooLong: { code: 'InvalidBucketName' },
  BucketVersionNotOpen: { code: 'InvalidRequest' },
  EntitySizeNotMatch: { code: 'IncompleteBody' },
  ExpiredToken: { status: 400 },
  FileAlreadyExists: { code: 'PreconditionFailed', status: 412 },
  InvalidCopySource: { code: 'InvalidArgument' },
  InvalidObjectLock: { code: 'AccessDenied', status: 403 },
  InvalidObjectName: { code: 'InvalidURI' },
  InvalidObjectState: { status: 403 },
  InvalidObjectStorage: { code: 'InvalidStorageClass', status: 400 },
  InvalidPolicy: { code: 'MalformedPolicy' },
  InvalidSHA1Digest: { code: 'BadDigest' },
  InventoryConfigurationNotFoundError: { code: 'NoSuchConfiguration' },
  InventoryFull: { code: 'TooManyConfigurations' },
  KeyTooLong: { code: 'KeyTooLongError' },
  KmsException: { code: 'KMS.KMSInvalidStateException' },
  KmsFreqControl: { code: 'SlowDown' },
  KmsInternalException: { code: 'KMS.InternalException' },
  KmsKeyDisabled: { code: 'KMS.DisabledException' },
  KmsKeyNotExist: { code: 'KMS.NotFoundException' },
  LifeCycleIdNotUnique: { code: 'InvalidArgument' },
  LifeCycleRuleConflicted: { code: 'InvalidRequest' },
  ListPartUploadIdIsEmpty: { code: 'NoSuchUpload', status: 404 },
  LoggingPrefixInvalid: { code: 'InvalidArgument' },
  MAZOperationNotSupportOnOAZBucket: { code: 'InvalidStorageClass' },
  MissingAppid: { code: 'InvalidRequest' },
  MissingContentMD5: { code: 'InvalidRequest' },
  MultiBucketNotSupport: { code: 'InvalidRequest' },
  NoSuchBucket: { message: 'The specified bucket does not exist' },
  NoSuchCopySource: { code: 'NoSuchKey' },
  NoSuchEncryptionConfiguration: { code: 'ServerSideEncryptionConfigurationNotFoundError' },
  NoSuchPolicy: { code: 'NoSuchBucketPolicy' },
  NoSuchPolicyVersion: { code: 'NoSuchBucketPolicy' },
  NoSuchTagSetError: { code: 'NoSuchTagSet' },
  NoSuchVersion: { status: 404 },
  NotSupportedStorageClass: { code: 'InvalidStorageClass' },
  NotifyRuleEventConflict: { code: 'InvalidArgument' },
  NotifyRulePrefixConflict: { code: 'InvalidArgument' },
  NotifyRuleSuffixConflict: { code: 'InvalidArgument' },
  OAZOperationNotSupportOnMAZBucket: { code: 'InvalidStorageClass' },
  ObjectLocked: { code: 'AccessDenied', status: 403 },
  PathConflict: { code: 'OperationAborted' },
  RequestTimeOut: { code: 'RequestTimeout' },
  RestoreNonArchiveObject: { code: 'InvalidObjectState', status: 403 },
  SSEContentNotSupported: { code: 'InvalidArgument' },
  SSEHeaderNotAllowed: { code: 'InvalidRequest' },
  SsecDecryptHeaderInvalid: { code: 'InvalidRequest' },
  TargetBucketNameInvalid: { code: 'InvalidTargetBucketForLogging' },
  TemporaryRedirect: { status: 307 },
  UploadConflict: { code: 'SlowDown', status: 503 },
  UserCnameInvalid: { code: 'NoSuchBucket', status: 404 },
  UserKeyMustBeSpecified: { code: 'InvalidArgument' },
  UserNetworkTooSlow: { code: 'RequestTimeout' },
  UserNotSourceBucketOwner: { code: 'AccessDenied' },
  UserNotTargetBucketOwner: { code: 'AccessDenied' },
  XMLSizeLimit: { code: 'MaxMessageLengthExceeded' },
};

export function resolveS3(error: CosError, settings: ErrorSettings): ResolvedError {
  const native = resolveError(error, 'seed', { literalSeedCodes: settings.literalSeedCodes });
  const renamed = S3_NAMES[error.code];
  return renamed === undefined
    ? native
    : {
        code: renamed.code ?? native.code,
        status: renamed.status ?? native.status,
        message: error.details.message ?? renamed.message ?? native.message,
      };
}

export function renderS3Error(
  error: CosError,
  { code, status, message }: ResolvedError,
  context: ErrorContext,
  nowMs: number,
): WireReply {
  const headers = errorHeaders(error, context);
  const close = error.details.close === true ? { close: true } : {};
  if (context.method === 'HEAD') return { status, headers, ...close };
  let body = `${XML_DECLARATION}<Error>${element('Code', code)}${element('Message', message)}`;
  for (const [name, value] of shownElements(error, nowMs) ?? []) body += element(name, value);
  if (context.bucket !== undefined) body += element('BucketName', context.bucket);
  if (context.key !== undefined && context.key !== '') body += element('Key', context.key);
  body += element('Resource', context.resource.slice(Math.max(0, context.resource.indexOf('/'))));
  body += element('RequestId', context.requestId) + element('HostId', context.traceId);
  return { status, headers, body: `${body}</Error>`, ...close };
}

/** Quotes stay as they are in texts: some clients look for theirs in the bytes. */
const element = (name: string, value: string): string =>
  `<${name}>${escapeXml(value).replaceAll('&quot;', '"')}</${name}>`;
