/** Errors as this dialect sends them. Source: spec/protocol.md §10, spec/errors.md "Shape of an error". */
import { CosError, type CosErrorDetails, type ErrorFacts } from '../errors/cos-error.ts';
import { type ErrorProfile, resolveError } from '../errors/resolve.ts';
import { renderErrorXml } from '../http/error-xml.ts';
import type { WireReply } from '../http/types.ts';
import { StoreError } from '../store/store.ts';

export interface ErrorSettings {
  readonly profile: ErrorProfile;
  readonly literalSeedCodes: boolean;
}

export interface ResolvedError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

export function resolve(error: CosError, settings: ErrorSettings): ResolvedError {
  return resolveError(error, settings.profile, { literalSeedCodes: settings.literalSeedCodes });
}

/** Whatever went wrong, as an error of the protocol. A fault of ours shows nothing of itself. */
export function asCosError(error: unknown): CosError {
  if (error instanceof CosError) return error;
  if (error instanceof StoreError && (error.kind === 'full' || error.kind === 'failed' || error.kind === 'closed')) {
    return new CosError('ServiceUnavailable', { cause: error });
  }
  return new CosError('InternalError', { cause: error });
}

export interface ErrorContext {
  readonly method: string;
  /** Host and decoded path, without a scheme. */
  readonly resource: string;
  readonly requestId: string;
  readonly traceId: string;
  /** As the client named it. */
  readonly bucket?: string | undefined;
  readonly key?: string | undefined;
}

const SERVER_TIME: ReadonlySet<string> = new Set(['AccessDenied', 'RequestTimeTooSkewed']);

/** @param nowMs for `ServerTime`, which clients correct their clocks by */
export function renderError(error: CosError, resolved: ResolvedError, context: ErrorContext, nowMs: number): WireReply {
  const headers = errorHeaders(error, context);
  const { status } = resolved;
  const close = error.details.close === true ? { close: true } : {};
  if (context.method === 'HEAD') return { status, headers, ...close };
  const body = renderErrorXml({
    code: resolved.code,
    message: resolved.message,
    elements: shownElements(error, nowMs),
    resource: context.resource,
    requestId: context.requestId,
    traceId: context.traceId,
  });
  return { status, headers, body, ...close };
}

/** Headers of an error document, in names of COS. */
export function errorHeaders(error: CosError, { traceId }: ErrorContext): string[] {
  const headers = ['x-cos-trace-id', traceId];
  if (error.details.facts !== undefined) pushFacts(headers, error.details.facts);
  headers.push('Content-Type', 'application/xml');
  return headers;
}

function pushFacts(headers: string[], facts: ErrorFacts): void {
  const { appendPosition, deleteMarker, location, objectSize, retryAfterSeconds, storageClass } = facts;
  if (appendPosition !== undefined) headers.push('x-cos-next-append-position', String(appendPosition));
  if (deleteMarker !== undefined) headers.push('x-cos-delete-marker', 'true', 'x-cos-version-id', deleteMarker);
  if (location !== undefined) headers.push('Location', location);
  if (objectSize !== undefined) headers.push('Content-Range', `bytes */${objectSize}`);
  if (retryAfterSeconds !== undefined) headers.push('Retry-After', String(retryAfterSeconds));
  if (storageClass !== undefined) headers.push('x-cos-storage-class', storageClass);
}

/** Elements of an error beside those that each has. @param nowMs as in `renderError` */
export function shownElements(error: CosError, nowMs: number): CosErrorDetails['elements'] {
  const { elements } = error.details;
  if (!SERVER_TIME.has(error.code) || elements?.some(([name]) => name === 'ServerTime')) return elements;
  return [...(elements ?? []), ['ServerTime', `${new Date(nowMs).toISOString().slice(0, 19)}Z`]];
}
