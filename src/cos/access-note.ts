/** What the access log learns of a request. */
export interface AccessNote {
  operation?: string;
  bucket?: string | undefined;
  key?: string | undefined;
  secretId?: string;
  /** What decided about the right to act. */
  rule?: string;
  /** Code of the error document. */
  code?: string;
  /** Rows that a listing looked at. */
  rows?: number;
}
