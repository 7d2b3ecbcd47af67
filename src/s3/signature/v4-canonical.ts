/**
 * The canonical request of Signature Version 4 as S3 makes it: the path as it was sent, encoded once and never
 * normalised. Text holds one byte a character, as headers do. Source: spec/s3.md §4.1.
 */
import type { QueryParams } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';
import type { V4Fields } from './v4-fields.ts';

const CLEAN = /^[A-Za-z0-9._~-]*$/;
const BLANKS = /[ \t]+/g;
const LEFT_PLAIN = /[!'()*]/g;

/** Everything but letters, digits and `-._~` as `%XX` of its UTF-8. */
export function encodeAws(text: string): string {
  if (CLEAN.test(text)) return text;
  return encodeURIComponent(text).replace(LEFT_PLAIN, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A decoded path as AWS encodes it. */
export function encodedPath(decoded: string): string {
  return decoded.split('/').map(encodeAws).join('/');
}

/** @param leftOut index of the parameter that is not signed */
export function canonicalQuery(query: QueryParams, leftOut = -1): string {
  const { names, values, size } = query;
  if (size === 0) return '';
  const pairs: [name: string, value: string][] = [];
  for (let i = 0; i < size; i++) {
    if (i !== leftOut) pairs.push([encodeAws(names[i]!), encodeAws(values[i]!)]);
  }
  if (pairs.length > 1) pairs.sort(byNameAndValue);
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function byNameAndValue([name, value]: [string, string], [otherName, otherValue]: [string, string]): number {
  if (name !== otherName) return name < otherName ? -1 : 1;
  return value < otherValue ? -1 : value > otherValue ? 1 : 0;
}

/** Lines of the signed headers, each with its line end. */
export function canonicalHeaders(wire: WireRequest, { signedHeaders }: V4Fields): string {
  let lines = '';
  for (const name of signedHeaders) {
    // What is addressed is signed: an absolute target beats the header.
    const value = name === 'host' ? wire.host : (wire.header(name) ?? '');
    lines += `${name}:${value.indexOf(' ') < 0 && value.indexOf('\t') < 0 ? value : value.replace(BLANKS, ' ')}\n`;
  }
  return lines;
}
