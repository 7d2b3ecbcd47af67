/**
 * Header lookups over the flat list name, value, name, value … without building objects. An empty value counts as
 * absent. Source: spec/objects.md §2.1.
 */

/**
 * Value of a header, trimmed; repeated lines joined with `,`; undefined when absent or empty.
 * @param lowerName lower case
 */
export function headerValue(rawHeaders: readonly string[], lowerName: string): string | undefined {
  let found: string | undefined;
  const length = lowerName.length;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length !== length || !equalsFolded(name, lowerName)) continue;
    const value = trimBlanks(rawHeaders[i + 1]!);
    if (value !== '') found = found === undefined ? value : `${found},${value}`;
  }
  return found;
}

/**
 * Headers whose names begin with a prefix (`x-cos-meta-` …): `[rest of the name in lower case, trimmed value]`, in
 * order, repeats kept.
 * @param empty what becomes of empty values; default: `skip`
 */
export function headersWithPrefix(
  rawHeaders: readonly string[],
  lowerPrefix: string,
  empty: 'skip' | 'keep' = 'skip',
): [name: string, value: string][] {
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length <= lowerPrefix.length || !startsWithFolded(name, lowerPrefix)) continue;
    const value = trimBlanks(rawHeaders[i + 1]!);
    if (value !== '' || empty === 'keep') found.push([name.slice(lowerPrefix.length).toLowerCase(), value]);
  }
  return found;
}

/** Blanks and tabs alone: header text carries bytes, and A0 is a byte of many a character. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** Compares an ASCII name with a lower-case one of the same length. */
function equalsFolded(name: string, lower: string): boolean {
  return name === lower || startsWithFolded(name, lower);
}

function startsWithFolded(name: string, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const code = name.charCodeAt(i);
    if ((code >= 65 && code <= 90 ? code | 32 : code) !== lower.charCodeAt(i)) return false;
  }
  return true;
}
