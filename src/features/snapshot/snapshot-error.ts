/** Apart from the reader, so that naming the error loads nothing. */

/** A snapshot cannot be made or read. The message says what and where, and what to do. */
export class SnapshotError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SnapshotError';
  }
}
