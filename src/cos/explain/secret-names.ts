/** What of a request must not be shown, not even to administrators: signatures, tokens, customers' keys, passwords. */

const SECRET = /authorization|cookie|token|secret|password|passwd|signature|customer-key$|^sign$/i;
export const HIDDEN = '***';

/** @param name of a header or parameter, decoded or not */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/** A raw query with the values of secret parameters hidden; the rest stays as sent. */
export function hideQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  return rawQuery
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals >= 0 && isSecretName(readable(pair.slice(0, equals))) ? `${pair.slice(0, equals)}=${HIDDEN}` : pair;
    })
    .join('&');
}

/** Encoded pairs with the values of secret names hidden. */
export function hidePairs(pairs: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return pairs.map(([name, value]) => [name, value !== '' && isSecretName(readable(name)) ? HIDDEN : value] as const);
}

function readable(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
