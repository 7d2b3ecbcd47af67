/** Errors of the security token service: codes of their own, always in an answer of status 200. Source: spec/access.md §9.4. */

export type StsErrorCode =
  | 'AuthFailure.InvalidAuthorization'
  | 'AuthFailure.InvalidSecretId'
  | 'AuthFailure.SecretIdNotFound'
  | 'AuthFailure.SignatureExpire'
  | 'AuthFailure.SignatureFailure'
  | 'AuthFailure.TokenFailure'
  | 'AuthFailure.UnauthorizedOperation'
  | 'InternalError'
  | 'InvalidAction'
  | 'InvalidParameter'
  | 'InvalidParameter.OverLimit'
  | 'InvalidParameter.OverTimeError'
  | 'InvalidParameter.ParamError'
  | 'InvalidParameter.PolicyTooLong'
  | 'InvalidParameter.ResouceError'
  | 'InvalidParameter.StrategyFormatError'
  | 'InvalidParameter.StrategyInvalid'
  | 'InvalidParameter.TempCodeNotAvaliable'
  | 'InvalidParameterValue'
  | 'InvalidRequest'
  | 'MissingParameter'
  | 'NoSuchVersion'
  | 'RequestLimitExceeded'
  | 'RequestSizeLimitExceeded'
  | 'ResourceNotFound.RoleNotFound'
  | 'UnknownParameter'
  | 'UnsupportedProtocol'
  | 'UnsupportedRegion';

export class StsError extends Error {
  readonly code: StsErrorCode;
  /** The connection must not be reused (a body was left unread). */
  readonly close: boolean;

  /** @param message for the client; never holds a secret */
  constructor(code: StsErrorCode, message: string, close = false) {
    super(message);
    this.name = 'StsError';
    this.code = code;
    this.close = close;
  }
}
