/** Actions that only a permanent key may ask for. */
import type { SignedIdentity } from '../../../access/identity.ts';
import type { Parameters } from '../../../sts/parameters.ts';
import { AwsStsError } from '../errors.ts';
import { durationOf } from './credentials.ts';

const DEFAULT_S = 43_200;
const MAX_S = 129_600;
/** Longer ones of root are cut to this. */
const MAX_ROOT_S = 3_600;

/** @throws AwsStsError AccessDenied */
export function requirePermanentKey({ session }: SignedIdentity, action: string): void {
  if (session === undefined) return;
  throw new AwsStsError('AccessDenied', `Cannot call ${action} with session credentials`);
}

/** @returns seconds @throws AwsStsError ValidationError */
export function permanentKeyDuration(parameters: Parameters, { kind }: SignedIdentity): number {
  const seconds = durationOf(parameters, MAX_S) ?? DEFAULT_S;
  return kind === 'root' ? Math.min(seconds, MAX_ROOT_S) : seconds;
}
