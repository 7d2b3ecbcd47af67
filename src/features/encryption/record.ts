/** How an object or an upload is encrypted: what its row keeps, and what a writer asks for. Source: spec/objects.md §5. */
export type Encryption = CosEncryption | KmsEncryption | CustomerEncryption;

/** SSE-COS. */
export interface CosEncryption {
  readonly mode: 'cos';
  readonly masterKeyId: string;
  /** The data key, wrapped by the server's master key. */
  readonly wrapped: Buffer;
}

/** SSE-KMS. */
export interface KmsEncryption {
  readonly mode: 'kms';
  readonly keyId: string;
  /** Which of the key's versions wraps the data key; from 1. */
  readonly keyVersion: number;
  /** As the writer gave it; bound to the wrapped key. */
  readonly context: string | undefined;
  readonly wrapped: Buffer;
}

/** SSE-C: neither the customer's key nor one that leads back to it is kept. */
export interface CustomerEncryption {
  readonly mode: 'customer';
  /** MD5 of the customer's key in base64, as answers repeat it. */
  readonly keyMd5: string;
  /** Random; data key and verifier are derived from the customer's key with it. */
  readonly salt: Buffer;
  /** Keyed digest that tells the right key. */
  readonly verifier: Buffer;
}

/** A customer's key as a request brings it, checked by the dialect: 32 bytes, and their MD5 in base64. */
export interface CustomerKey {
  readonly key: Buffer;
  readonly keyMd5: string;
}

export type EncryptionRequest =
  | { readonly mode: 'cos' }
  | {
      readonly mode: 'kms';
      /** undefined: the default key */
      readonly keyId: string | undefined;
      readonly context: string | undefined;
    }
  | ({ readonly mode: 'customer' } & CustomerKey);

const COS = 0;
const KMS = 1;
const CUSTOMER = 2;

/** Fields for a MessagePack array; further ones may only follow. */
export function packEncryption(e: Encryption): unknown[] {
  switch (e.mode) {
    case 'cos':
      return [COS, e.masterKeyId, e.wrapped];
    case 'kms':
      return [KMS, e.keyId, e.keyVersion, e.context ?? null, e.wrapped];
    case 'customer':
      return [CUSTOMER, e.keyMd5, e.salt, e.verifier];
  }
}

/** @throws Error for a mode that only a later release knows */
export function unpackEncryption(f: unknown[]): Encryption {
  switch (f[0]) {
    case COS:
      return { mode: 'cos', masterKeyId: f[1] as string, wrapped: f[2] as Buffer };
    case KMS:
      return {
        mode: 'kms',
        keyId: f[1] as string,
        keyVersion: f[2] as number,
        context: (f[3] as string | null) ?? undefined,
        wrapped: f[4] as Buffer,
      };
    case CUSTOMER:
      return { mode: 'customer', keyMd5: f[1] as string, salt: f[2] as Buffer, verifier: f[3] as Buffer };
    default:
      throw new Error(`encryption mode ${String(f[0])} is not known to this release`);
  }
}
