/** Errors of the token service in the form of AWS: its codes, each with its status. */

const STATUSES = {
  AccessDenied: 403,
  ExpiredToken: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  InvalidQueryParameter: 400,
  MalformedPolicyDocument: 400,
  MissingAction: 400,
  MissingAuthenticationToken: 403,
  PackedPolicyTooLarge: 400,
  RequestEntityTooLarge: 413,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ValidationError: 400,
} as const;

export type AwsStsErrorCode = keyof typeof STATUSES;

export class AwsStsError extends Error {
  readonly code: AwsStsErrorCode;
  /** The connection must not be reused (a body was left unread). */
  readonly close: boolean;

  /** @param message for the client; never holds a secret */
  constructor(code: AwsStsErrorCode, message: string, close = false) {
    super(message);
    this.name = 'AwsStsError';
    this.code = code;
    this.close = close;
  }

  /** HTTP */
  get status(): number {
    return STATUSES[this.code];
  }
}
