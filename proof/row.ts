/** What a row of the proof is: a code, the condition that raises it for real, and the smallest request that meets it. */

export interface Words {
  readonly en: string;
  readonly zh: string;
}

export interface Sign {
  /** Default: that of the request. */
  readonly method?: string;
  /** The client's clock is so much ahead, seconds. */
  readonly aheadS?: number;
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly algorithm?: string;
}

/** Signature Version 4, with the key pair of the first account. */
export interface S3Sign {
  /** In the scope. Default: `s3`. */
  readonly service?: string;
}

/** A request. `{name}` in any text is a value of the row's world: `bucket`, `data`, or what a step has saved. */
export interface Ask {
  readonly method: string;
  /** Path and query as on the request line. */
  readonly target: string;
  /** Full name. Default: the row's own bucket. */
  readonly bucket?: string;
  readonly region?: string;
  /** The whole Host instead; '' sends none. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A number means so many zero bytes. Without it no length is announced. */
  readonly body?: string | number;
  /** The body is so many lines with a 1. */
  readonly lines?: number;
  /** Silence after the first byte of the body, ms. */
  readonly pauseMs?: number;
  /** The client ends its side after what there is of the body. */
  readonly cut?: boolean;
  /** Announced instead of the body's own length. */
  readonly announced?: number;
  /** Fields of a form; a third text makes a file of it. */
  readonly form?: readonly (readonly [name: string, value: string, file?: string])[];
  /** false: anonymous. Of requests without `s3`. */
  readonly sign?: Sign | false;
  /**
   * A request of Amazon S3, whose answer is one of S3; false: not signed in a header. By curl alone: the SDK of COS
   * cannot send it. Parameters stand sorted and with a `=`, since older curl signs the query as it is.
   */
  readonly s3?: S3Sign | false;
}

export interface Saving {
  /** What the answer says is kept under this name. */
  readonly as: string;
  /** The first element of that name … */
  readonly element?: string;
  /** … or this header, lower case. */
  readonly header?: string;
}

export type Step =
  /** `times`: sent so often, `{n}` counts from 1. */
  | (Ask & { readonly save?: Saving; readonly times?: number })
  /** `save`: names for the words that it prints. */
  | { readonly shell: string; readonly save?: readonly string[] }
  /** The server ends and starts again with these settings. */
  | { readonly restart: readonly string[] };

export interface ProofRow {
  readonly code: string;
  /** In the profile `seed`. */
  readonly status: number;
  readonly condition: Words;
  readonly handling: Words;
  /** Flags of `cosette serve`. */
  readonly settings?: readonly string[];
  /** The row makes no bucket of its own. */
  readonly noBucket?: boolean;
  readonly setup?: readonly Step[];
  readonly request: Ask;
  /** So many times, one right after the other; the last answers count. */
  readonly burst?: number;
  /** Sent while the request has been announced and its body has not come. */
  readonly meanwhile?: Ask;
  /** The request by the Node SDK, where its general `request` is not what one would write: `cos`, `Bucket`, `Region` and what was saved are at hand. */
  readonly sdk?: string;
  /** Why the SDK cannot send it. */
  readonly noSdk?: Words;
  /** Why curl cannot send it. */
  readonly noCurl?: Words;
}

export function w(en: string, zh: string): Words {
  return { en, zh };
}
