/** Apart from the client, so that naming the error loads nothing. */

/** What a command cannot do, as one line for the terminal. */
export class AdminClientError extends Error {
  /** Of the server's answer, where there was one. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.name = 'AdminClientError';
    this.code = code;
  }
}
