/** What is kept of a request that was refused: nothing secret that could be read without the key of this process. */
import type { SignedIdentity } from '../../access/identity.ts';

export interface RefusedRequest {
  readonly requestId: string;
  /** ms since the epoch */
  readonly timeMs: number;
  readonly remote: string;
  readonly secure: boolean;
  readonly method: string;
  readonly host: string;
  /** As sent; long ones cut. */
  readonly path: string;
  /** As sent, secret values hidden; long ones cut. */
  readonly query: string;
  readonly operation: string | undefined;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What decided about the right to act. */
  readonly rule: string | undefined;
  /** Who signed; undefined where nobody did or the signature failed. */
  readonly identity: Pick<SignedIdentity, 'kind' | 'appid' | 'ownerUin' | 'uin' | 'name'> | undefined;
  /** Of the key that signed, or that a failed signature names. */
  readonly secretId: string | undefined;
  readonly session: string | undefined;
  /** The request as it was received, for the inference; undefined where it was not needed or too long. */
  readonly sealed: Buffer | undefined;
}

/** What `sealed` holds. */
export interface ReceivedHead {
  readonly rawPath: string;
  readonly rawQuery: string;
  /** Flat: name, value, name, value … */
  readonly headers: readonly string[];
}
