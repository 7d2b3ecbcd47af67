/** Why a policy text is refused. */
export class PolicyError extends Error {
  /** Fit for the client that sent the text. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.name = 'PolicyError';
    this.reason = reason;
  }
}
