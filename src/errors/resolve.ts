/**
 * From an error that was raised to what goes on the wire: status, spelling and text of the active profile.
 * Source: spec/errors.md "Which status and spelling: two profiles", spec/protocol.md §10.4.
 */
import type { ErrorCode } from './codes.ts';
import type { CosError } from './cos-error.ts';
import type { ErrorRow } from './row.ts';
import { SEED_ROWS } from './seed-rows.ts';
import { SERVICE_ROWS } from './service-rows.ts';

/** `seed`: the page the project started from. `current`: the live service. */
export type ErrorProfile = 'seed' | 'current';

export const ERROR_TABLE: readonly ErrorRow[] = [...SEED_ROWS, ...SERVICE_ROWS];

/** What the live service does otherwise than the seed page. */
export const CURRENT: Readonly<Partial<Record<ErrorCode, { readonly code?: ErrorCode; readonly status?: number }>>> = {
  AppendPositionErr: { status: 409 },
  ObjectNotAppendable: { status: 409 },
  NoSuchVersion: { status: 404 },
  ExpiredToken: { status: 400 },
  MissingAppid: { code: 'InvalidRequest' },
  MissingContentMD5: { code: 'InvalidRequest' },
  LifeCycleIdNotUnique: { code: 'InvalidArgument' },
  LifeCycleRuleConflicted: { code: 'InvalidRequest' },
  RequestTimeOut: { code: 'RequestTimeout' },
};

/** First row of each code; a code with several statuses names the one it means (`CosErrorDetails.status`). */
const byCode = new Map<string, ErrorRow>();
for (const entry of ERROR_TABLE) if (!byCode.has(entry.code)) byCode.set(entry.code, entry);

export interface WireError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/** @param options `literalSeedCodes` spells InternalError as the seed page does */
export function resolveError(
  error: CosError,
  profile: ErrorProfile,
  options: { readonly literalSeedCodes?: boolean } = {},
): WireError {
  const entry = byCode.get(error.code)!;
  const message = error.details.message ?? entry.message;
  if (entry.code === 'InternalError' || entry.code === 'InternalErrror') {
    return { code: options.literalSeedCodes === true ? 'InternalErrror' : 'InternalError', status: 500, message };
  }
  const other = profile === 'current' ? CURRENT[error.code] : undefined;
  return {
    code: other?.code ?? entry.code,
    status: error.details.status ?? other?.status ?? entry.status,
    message,
  };
}
