/** A request as the COS dialect reads it: addressed, decoded, and signed by somebody or nobody. */

import type { Identity, KeyRing } from '../access/identity.ts';
import type { CosError } from '../errors/cos-error.ts';
import type { BucketName } from '../http/bucket-name.ts';
import type { QueryParams } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import type { Level } from '../operations/operation.ts';
import type { AccessNote } from './access-note.ts';
import type { BareNames } from './bare-names.ts';
import type { ResolvedError } from './errors.ts';
import type { FormDialect } from './post/form-dialect.ts';

export interface Address {
  readonly level: Level;
  /** undefined at the service level */
  readonly bucket: BucketName | undefined;
  /** Region the host names; undefined where it names none. */
  readonly region: string | undefined;
  /** '' unless at the object level */
  readonly key: string;
  /** Decoded path as the signature covers it: with the bucket segment in path style. */
  readonly decodedPath: string;
  /** The name as the client wrote it, where it left the APPID out. */
  readonly bareName?: string | undefined;
  /** It came by an acceleration host. */
  readonly accelerated?: boolean;
  /** It came by a website host: the key is what stands in the path, not yet an object's. */
  readonly website?: boolean;
}

export interface CosRequest extends Address {
  readonly wire: WireRequest;
  readonly query: QueryParams;
  readonly identity: Identity;
  /** Region a bucket gets when the host names none. */
  readonly defaultRegion: string;
  /** Buckets that are named without APPID; undefined where such names are not taken. */
  readonly bareNames: BareNames | undefined;
  /** What an answer calls a bucket. @param full with APPID */
  readonly bucketLabel: (full: string) => string;
  readonly note: AccessNote;
  /** Fields that forms of other protocols bring. */
  readonly forms: readonly FormDialect[];
  /** Forms bring their signature in the body. */
  readonly keyRing: KeyRing;
  /** Told of errors that are ours, once an answer has begun. */
  readonly onFault: (error: unknown) => void;
  readonly traceId: (requestId: string) => string;
  /** Code and text of an error inside a successful answer. */
  readonly resolveError: (error: CosError) => ResolvedError;
}

/** `versionId` in any of the spellings clients use; empty counts as absent. */
export function versionIdOf(request: CosRequest): string | undefined {
  if (request.query.size === 0) return undefined;
  const value = request.query.get('versionid');
  return value === '' ? undefined : value;
}

/** What a listing is about: the bucket and its prefix (spec/access.md §10). */
export function prefixKeys(query: QueryParams): string[] {
  const prefix = query.size === 0 ? undefined : query.get('prefix');
  return prefix === undefined || prefix === '' ? [''] : ['', prefix];
}
