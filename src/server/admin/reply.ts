/** Answers of the admin API: JSON, never stored on the way. */
import { DirectoryError, type DirectoryErrorCode } from '../../access/directory/types.ts';
import { asCosError } from '../../cos/errors.ts';
import { resolveError } from '../../errors/resolve.ts';
import type { WireReply } from '../../http/types.ts';

/** A refusal. The message is for people and holds no secret. */
export class AdminError extends Error {
  readonly status: number;
  readonly code: string;
  /** Values of the `Allow` header. */
  readonly allow: readonly string[];

  constructor(status: number, code: string, message: string, allow: readonly string[] = []) {
    super(message);
    this.name = 'AdminError';
    this.status = status;
    this.code = code;
    this.allow = allow;
  }
}

/** Of a request body or parameter that cannot be used. */
export function badRequest(message: string): AdminError {
  return new AdminError(400, 'Invalid', message);
}

export function json(status: number, body: unknown, headers: readonly string[] = []): WireReply {
  const all = ['Content-Type', 'application/json', 'Cache-Control', 'no-store', ...headers];
  return { status, headers: all, body: `${JSON.stringify(body)}\n` };
}

/** What a route gives that is no JSON: bytes, as they come. */
export class Streamed {
  readonly stream: AsyncIterable<Buffer>;

  constructor(stream: AsyncIterable<Buffer>) {
    this.stream = stream;
  }
}

/** @param result of a route */
export function resultReply(result: unknown): WireReply {
  if (result === undefined) return { status: 204, headers: ['Cache-Control', 'no-store'] };
  if (!(result instanceof Streamed)) return json(200, result);
  const headers = ['Content-Type', 'application/octet-stream', 'Cache-Control', 'no-store'];
  return { status: 200, headers, body: { stream: result.stream } };
}

const STATUS: Readonly<Record<DirectoryErrorCode, number>> = {
  NotFound: 404,
  Exists: 409,
  Invalid: 400,
  Limit: 400,
  InUse: 409,
  Conflict: 503,
};

export function errorReply(error: unknown): WireReply {
  if (error instanceof AdminError) {
    const { status, code, message, allow } = error;
    return json(status, { error: { code, message } }, allow.length === 0 ? [] : ['Allow', allow.join(', ')]);
  }
  if (error instanceof DirectoryError) {
    return json(STATUS[error.code], { error: { code: error.code, message: error.message } });
  }
  const { status, code, message } = resolveError(asCosError(error), 'seed');
  return json(status, { error: { code, message } });
}

/** Code of the error document, for the logs. */
export function codeOf(error: unknown): string {
  if (error instanceof AdminError || error instanceof DirectoryError) return error.code;
  return resolveError(asCosError(error), 'seed').code;
}
