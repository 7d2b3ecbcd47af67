/**
 * What a write asks for becomes what its object gets: class by the rules of the bucket, lock, encryption.
 * Source: spec/objects.md §2.10, §4.2, §5, §7.
 */
import type { ContentCipher } from '../features/encryption/cipher.ts';
import type { EncryptionRequest } from '../features/encryption/record.ts';
import { newEncryption } from '../features/encryption/seal.ts';
import { hasAclRules, requireAclAllowed } from './acl-rules.ts';
import { type LockRequest, lockFor } from './object-lock.ts';
import type { Grant, ObjectAcl, ObjectAttributes, ObjectExtra, StoredHeaders } from './records/attributes.ts';
import type { BucketRecord } from './records/bucket.ts';
import type { DefaultEncryption } from './records/bucket-features.ts';
import type { Services } from './services.ts';
import { storageClassFor } from './storage-class.ts';

export interface RequestedAttributes {
  readonly headers: StoredHeaders;
  /** As in ObjectAttributes. */
  readonly userMeta: readonly string[];
  /** Upper case and known; undefined takes the bucket's default. */
  readonly storageClass: string | undefined;
  readonly acl: ObjectAcl;
  readonly grants?: readonly Grant[];
  /** The writer asked for an ACL, if only for one that grants nobody anything. */
  readonly asksAcl?: boolean;
  /** Flat: key, value … */
  readonly tags?: readonly string[];
  readonly lock?: LockRequest;
  readonly encryption?: EncryptionRequest;
}

/** How the bytes of a body are sealed. */
export interface Seal {
  readonly cipher: ContentCipher;
  /** The ETag may not tell the MD5 of the content (spec/objects.md §2.7). */
  readonly opaqueEtag: boolean;
}

export interface Admitted {
  readonly attributes: ObjectAttributes;
  /** undefined without encryption */
  readonly seal: Seal | undefined;
}

/** @throws CosError of requireAclAllowed, storageClassFor, lockFor, and of the keyring */
export function admit(
  services: Services,
  bucket: BucketRecord,
  requested: RequestedAttributes,
  use: 'write' | 'append' | 'symlink' = 'write',
): Admitted {
  const { headers, userMeta, acl, grants, tags, lock } = requested;
  if (hasAclRules(bucket)) requireAclAllowed(bucket, requested);
  // A symlink has no bytes of its own to encrypt.
  const encryption =
    requested.encryption ?? (use === 'symlink' ? undefined : bucket.encryption && byDefault(bucket.encryption));
  const storageClass = storageClassFor(
    bucket,
    requested.storageClass,
    use === 'append' ? 'append' : 'write',
    services.settings.closedStorageClasses,
  );
  if (grants === undefined && tags === undefined && lock === undefined && encryption === undefined) {
    return { attributes: { headers, userMeta, storageClass, acl }, seal: undefined };
  }
  const sealed = encryption === undefined ? undefined : newEncryption(services.keyring, encryption);
  const granted = lock === undefined ? undefined : lockFor(services, bucket, lock);
  const extra: ObjectExtra = {
    ...(grants === undefined ? {} : { grants }),
    ...(tags === undefined ? {} : { tags }),
    ...(granted === undefined ? {} : { lock: granted }),
    ...(sealed === undefined ? {} : { encryption: sealed.encryption }),
  };
  return {
    attributes: { headers, userMeta, storageClass, acl, extra },
    seal: sealed === undefined ? undefined : { cipher: sealed.cipher, opaqueEtag: sealed.encryption.mode !== 'cos' },
  };
}

function byDefault({ mode, keyId }: DefaultEncryption): EncryptionRequest {
  return mode === 'cos' ? { mode } : { mode, keyId, context: undefined };
}
