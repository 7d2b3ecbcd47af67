/**
 * From an error that was raised to what goes on the wire: status, spelling and text of the active profile.
 * Source: spec/errors.md "Which status and spelling: two profiles", spec/protocol.md §10.4.
 */
import type { ErrorCode } from './codes.ts';
import type { CosError } from './cos-error.ts';
import { findRow } from './table.ts';

/** `seed`: the page the project started from. `current`: the live service. */
export type ErrorProfile = 'seed' | 'current';

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

/** The seed page spells this code with three r; clients compare the usual spelling, so that one goes on the wire. */
const SEED_SPELLING = 'InternalErrror' satisfies ErrorCode;
const WIRE_SPELLING = 'InternalError' satisfies ErrorCode;

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
  const entry = findRow(error.code, error.details.status);
  const message = error.details.message ?? entry.message;
  if (entry.code === WIRE_SPELLING || entry.code === SEED_SPELLING) {
    return { code: options.literalSeedCodes === true ? SEED_SPELLING : WIRE_SPELLING, status: entry.status, message };
  }
  const other = profile === 'current' ? CURRENT[error.code] : undefined;
  return { code: other?.code ?? entry.code, status: other?.status ?? entry.status, message };
}
