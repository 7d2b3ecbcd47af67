/** What a signature can cover of a request. */
export interface SignedRequestView {
  /** As sent. */
  readonly method: string;
  /** Decoded once; with the bucket segment in path style. */
  readonly decodedPath: string;
  /** As sent. */
  readonly rawPath: string;
  readonly query: QueryView;
  /** Authority the client addressed, as sent. */
  readonly host: string;
  /** The request came over TLS. */
  readonly secure: boolean;
  /** Full name of the addressed bucket; undefined when none is. */
  readonly bucket: string | undefined;
  /** Key of the addressed object; '' when none is. */
  readonly key: string;
  /**
   * Trimmed, one character a byte; repeated lines joined with `,`. Empty counts as absent.
   * @param name lower case
   */
  header(name: string): string | undefined;
  /** What came with a temporary key: by header or parameter. */
  securityToken(): string | undefined;
}

/** Query parameters, in order; one index for all three lists. */
export interface QueryView {
  readonly size: number;
  /** Decoded. */
  readonly names: readonly string[];
  /** Decoded; '' where there was no `=`. */
  readonly values: readonly string[];
  /** `name=value` as sent. */
  readonly rawPairs: readonly string[];
  /** First value of a name, case-sensitive. */
  get(name: string): string | undefined;
}
