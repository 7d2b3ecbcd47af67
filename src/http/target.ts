/**
 * The request target, cut and decoded without ever normalising it.
 *
 * A key may hold `//`, `.` and `..` segments and `%2F`, so no URL class is used: the raw text is cut with indexOf and
 * each part is percent-decoded exactly once. Source: spec/protocol.md §5.2, spec/objects.md §2.1, §2.2.
 */
import { isUtf8 } from 'node:buffer';
import { CosError } from '../errors/cos-error.ts';

export interface TargetParts {
  /** Path as sent, without scheme, authority and query; starts with `/`. */
  readonly rawPath: string;
  /** Query as sent, without the `?`; '' when there is none. */
  readonly rawQuery: string;
  /** Authority of an absolute-form target as sent; '' for the origin form. */
  readonly authority: string;
}

const SLASH = 47;
const PERCENT = 37;

/** Cuts a raw request target. @throws CosError InvalidURI for anything but origin-form and absolute-form http(s) */
export function splitTarget(raw: string): TargetParts {
  const question = raw.indexOf('?');
  if (raw.charCodeAt(0) === SLASH) {
    if (question < 0) return { rawPath: raw, rawQuery: '', authority: '' };
    return { rawPath: raw.slice(0, question), rawQuery: raw.slice(question + 1), authority: '' };
  }
  const authorityAt = schemeEnd(raw);
  if (authorityAt < 0) throw invalidUri();
  const pathEnd = question < 0 ? raw.length : question;
  const slash = raw.indexOf('/', authorityAt);
  const authorityEnd = slash < 0 || slash > pathEnd ? pathEnd : slash;
  const authority = raw.slice(authorityAt, authorityEnd);
  // User information in a target is a disguise more often than a need: RFC 9110 §4.2.4 lets us refuse it.
  if (authority === '' || authority.indexOf('@') >= 0) throw invalidUri();
  const path = raw.slice(authorityEnd, pathEnd);
  return { rawPath: path === '' ? '/' : path, rawQuery: question < 0 ? '' : raw.slice(question + 1), authority };
}

/** Index behind `http://` or `https://` (any case), or -1. */
function schemeEnd(raw: string): number {
  const colon = raw.indexOf('://');
  if (colon !== 4 && colon !== 5) return -1;
  const scheme = raw.slice(0, colon).toLowerCase();
  return scheme === 'http' || scheme === 'https' ? colon + 3 : -1;
}

/**
 * Percent-decodes text of a target exactly once. Characters above 0x7F stand for the raw bytes the client sent (the
 * HTTP parser hands them over as latin1) and are decoded as UTF-8 with the rest. `+` stays a plus.
 * @throws CosError InvalidURI on a bad escape or when the bytes are not UTF-8
 */
export function decodePath(raw: string): string {
  let escaped = false;
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code > 0x7f) return decodeBytes(raw);
    if (code === PERCENT) escaped = true;
  }
  if (!escaped) return raw;
  try {
    // On ASCII input the language's own decoder does exactly this: bytes from escapes, then strict UTF-8.
    return decodeURIComponent(raw);
  } catch {
    throw invalidUri();
  }
}

function decodeBytes(raw: string): string {
  const bytes = Buffer.allocUnsafe(raw.length);
  let length = 0;
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code > 0xff) throw invalidUri();
    if (code !== PERCENT) {
      bytes[length++] = code;
      continue;
    }
    const high = hexValue(raw.charCodeAt(i + 1));
    const low = hexValue(raw.charCodeAt(i + 2));
    if (high < 0 || low < 0) throw invalidUri();
    bytes[length++] = high * 16 + low;
    i += 2;
  }
  const decoded = bytes.subarray(0, length);
  if (!isUtf8(decoded)) throw invalidUri();
  return decoded.toString('utf8');
}

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

export function invalidUri(): CosError {
  return new CosError('InvalidURI');
}

/** The path as people read it, for messages: as it is where it cannot be decoded. */
export function readablePath(rawPath: string): string {
  try {
    return decodePath(rawPath);
  } catch {
    return rawPath;
  }
}
