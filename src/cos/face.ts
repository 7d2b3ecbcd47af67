/**
 * What differs between the protocols that the dialect speaks: how a request is read, who signed it, how operations are
 * spelled, how an error looks. Everything else is the same for all. Source: spec/s3.md §3.
 */
import type { Identity, KeyRing } from '../access/identity.ts';
import type { CosError } from '../errors/cos-error.ts';
import type { QueryParams } from '../http/query.ts';
import type { WireReply, WireRequest } from '../http/types.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { PENDING } from '../operations/pending.ts';
import { OPERATIONS } from '../operations/registry.ts';
import { Router } from '../operations/router.ts';
import { authenticate } from './authenticate.ts';
import type { AnyCodec } from './codec.ts';
import { CODECS } from './codecs/index.ts';
import { type ErrorContext, type ErrorSettings, type ResolvedError, renderError, resolve } from './errors.ts';
import type { FormDialect } from './post/form-dialect.ts';
import type { Address } from './request.ts';
import { claimedSecretId } from './signature/claimed-key.ts';

/** What the names in requests say of their protocol. */
export interface SpokenNames {
  /** Whether a request was sent to a name of Amazon S3. */
  isS3Host(request: WireRequest): boolean;
  /** Whether its bucket is named without APPID, on a server that takes such names. */
  isBareBucket(request: WireRequest): boolean;
}

export interface Face {
  /** Whether a request speaks it. Asked in order; COS takes what is left. */
  takes(request: WireRequest, names: SpokenNames): boolean;
  /** The request with the header names and words of COS, as all decoders read them. */
  open(request: WireRequest): WireRequest;
  readonly router: Router;
  readonly codecs: ReadonlyMap<AnyOperation, AnyCodec>;
  /** The key that a request says it is signed with, before anything is checked. @throws CosError InvalidURI */
  claimedKey(request: WireRequest): string | undefined;
  /**
   * @param request opened
   * @throws CosError of a signature that does not hold
   */
  authenticate(
    request: WireRequest,
    address: Address,
    query: QueryParams,
    keyRing: KeyRing,
    nowMs: number,
  ): Identity | Promise<Identity>;
  /** What a request itself demands of the bucket that it names. @throws CosError AccessDenied */
  requireBucket?(request: WireRequest, bucket: BucketRecord): void;
  /** Code, status and text of an error in this protocol. */
  resolve(error: CosError, settings: ErrorSettings): ResolvedError;
  renderError(error: CosError, resolved: ResolvedError, context: ErrorContext, nowMs: number): WireReply;
  /** The answer with the header names of the protocol. */
  finish(reply: WireReply, request: WireRequest): WireReply;
  /** Whether `Access-Control-Request-Method` beside a request that is no preflight says which CORS rule answers it. */
  readonly corsByAskedMethod: boolean;
  /** Its forms, where those of COS are told apart from them by their fields. */
  readonly form?: FormDialect;
  /** Whether `cosette explain` can take its signatures apart. */
  readonly explained: boolean;
  /** Whether answers name buckets as requests without APPID do. */
  readonly bareLabels: boolean;
}

export function codecTable(codecs: readonly AnyCodec[]): Map<AnyOperation, AnyCodec> {
  return new Map(codecs.map((codec) => [codec.operation, codec]));
}

export const COS_FACE: Face = {
  takes: () => true,
  open: (request) => request,
  router: new Router(OPERATIONS, PENDING),
  codecs: codecTable(CODECS),
  claimedKey: claimedSecretId,
  authenticate,
  resolve,
  renderError,
  finish: (reply) => reply,
  corsByAskedMethod: false,
  explained: true,
  bareLabels: false,
};
