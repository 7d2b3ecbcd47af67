/** A certificate or key that is there but cannot be used. The message names the file and says what to do. */
export class CertificateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CertificateError';
  }
}
