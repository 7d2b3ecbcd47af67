/** Headers and dates of object lock. Source: spec/objects.md §7. */
import { CosError } from '../../errors/cos-error.ts';
import type { LockRequest } from '../../model/object-lock.ts';
import type { LockMode } from '../../model/records/attributes.ts';
import type { HeaderSource } from './header-source.ts';

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/** ISO 8601 with seconds or finer and an offset. @returns ms since the epoch; undefined when it is none */
export function parseIsoDate(text: string): number | undefined {
  if (!ISO.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** @throws CosError InvalidArgument */
export function checkLockMode(mode: string): LockMode {
  if (mode.toUpperCase() !== 'COMPLIANCE') throw invalid('The object lock mode must be COMPLIANCE.');
  return 'COMPLIANCE';
}

/** @throws CosError InvalidArgument */
export function decodeLockHeaders(source: HeaderSource): LockRequest | undefined {
  const mode = source.header('x-cos-object-lock-mode');
  const until = source.header('x-cos-object-lock-retain-until-date');
  const hold = source.header('x-cos-object-lock-legal-hold');
  if (mode === undefined && until === undefined && hold === undefined) return undefined;
  if ((mode === undefined) !== (until === undefined)) {
    throw invalid('x-cos-object-lock-mode and x-cos-object-lock-retain-until-date must be given together.');
  }
  const governance = source.knowsGovernance === true && mode === 'GOVERNANCE';
  if (mode !== undefined && !governance) checkLockMode(mode);
  const retainUntilMs = until === undefined ? undefined : parseIsoDate(until);
  if (until !== undefined && retainUntilMs === undefined) {
    throw invalid('x-cos-object-lock-retain-until-date must be an ISO 8601 date.');
  }
  const legalHold = hold === undefined ? undefined : decodeHold(hold);
  return governance ? { mode: 'GOVERNANCE', retainUntilMs, legalHold } : { retainUntilMs, legalHold };
}

function decodeHold(value: string): boolean {
  switch (value.toUpperCase()) {
    case 'ON':
      return true;
    case 'OFF':
      return false;
    default:
      throw invalid('x-cos-object-lock-legal-hold must be ON or OFF.');
  }
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
