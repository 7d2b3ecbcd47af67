/** What is wrong with the key that a request names. */
import type { AccessKey, KeyRing } from '../../access/identity.ts';
import type { Finding } from './finding.ts';

export interface Keys extends KeyRing {
  /** All permanent keys. */
  all(): Iterable<AccessKey>;
}

export function inferKey(keys: Keys, secretId: string, token: string | undefined): Finding[] {
  const known = keys.find(secretId);
  if (known !== undefined)
    return known.enabled ? [fact('The key is known and enabled now.', 'Try again.')] : [disabled(secretId)];
  const temporary = token === undefined ? undefined : keys.find(secretId, token);
  if (temporary !== undefined) return temporary.enabled ? [] : [disabled(secretId)];
  const found: Finding[] = [];
  for (const { secretId: other } of keys.all()) {
    if (other.toLowerCase() === secretId.toLowerCase()) {
      found.push(fact(`The SecretId differs from ${other} in capitals.`, 'SecretIds keep their case.'));
    } else if (isNear(other, secretId)) {
      found.push(fact(`The SecretId differs from ${other} in one character, or was cut.`, 'Copy it again.'));
    }
    if (found.length === 3) break;
  }
  if (token !== undefined) {
    found.push(
      fact(
        'The security token that came with the key is not of this server, not whole, or of another key, or its issuer is gone.',
        'Ask for a new temporary key, and send SecretId, SecretKey and token of the same answer.',
      ),
    );
  }
  if (found.length > 0) return found;
  const advice =
    'Compare with cosette key list. A temporary key needs its token: x-cos-security-token as header or parameter.';
  return [fact('No key of this server has this SecretId.', advice)];
}

export function inferExpiry(keys: Keys, secretId: string, token: string | undefined, nowMs: number): Finding[] {
  const expiresMs = keys.find(secretId, token)?.identity.session?.expiresMs;
  if (expiresMs === undefined) return [];
  const ago = Math.round((nowMs - expiresMs) / 1_000);
  return [
    fact(
      `The temporary key expired ${ago} s before, at ${new Date(expiresMs).toISOString()}.`,
      'Ask for a new one in time, or for a longer duration.',
    ),
  ];
}

function disabled(secretId: string): Finding {
  return fact(`The key ${secretId} is disabled, or its user is.`, 'Enable it, or use another one.');
}

function fact(what: string, advice: string): Finding {
  return { certainty: 'fact', what, advice };
}

/** One character changed, missing or too many, or blanks around, or the end cut off. */
function isNear(known: string, given: string): boolean {
  if (given.length >= 8 && (known.startsWith(given) || given.startsWith(known))) return true;
  if (Math.abs(known.length - given.length) > 1) return false;
  let same = 0;
  while (same < known.length && known[same] === given[same]) same += 1;
  const skipKnown = known.length >= given.length ? 1 : 0;
  const skipGiven = given.length >= known.length ? 1 : 0;
  return known.slice(same + skipKnown) === given.slice(same + skipGiven);
}
