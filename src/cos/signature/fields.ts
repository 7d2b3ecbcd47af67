/** The seven fields of a signature, read from text or from a query. Source: spec/protocol.md §11.1, §14. */
import { CosError } from '../../errors/cos-error.ts';
import { decodeName, encode } from './encode.ts';
import type { QueryView } from './request-view.ts';

export interface SignatureFields {
  readonly secretId: string;
  /** `<start>;<end>` as sent: signed as text. */
  readonly signTime: string;
  readonly keyTime: string;
  /** Unix seconds, both inclusive. */
  readonly signFrom: number;
  readonly signTo: number;
  readonly keyFrom: number;
  readonly keyTo: number;
  /** Each once, in the order of their encoded names. */
  readonly headers: readonly ListedHeader[];
  /** Names in lower case as the list has them: encoded, or not by some clients. */
  readonly params: ReadonlySet<string>;
}

export interface ListedHeader {
  /** Lower case. */
  readonly name: string;
  /** As it stands in the signed text. */
  readonly encoded: string;
}

export interface ParsedSignature {
  readonly fields: SignatureFields;
  /** 40 lower-case hex digits in a correct one. */
  readonly signature: string;
}

/** The order in which `ParsedFields` holds them. */
const NAMES: readonly string[] = [
  'q-sign-algorithm',
  'q-ak',
  'q-sign-time',
  'q-key-time',
  'q-header-list',
  'q-url-param-list',
  'q-signature',
];
const FIRST_LETTERS = 'q-';

/** Longest text that is looked at, characters: lists of a thousand names fit. */
const MAX_TEXT = 32 * 1024;

/** Is the name one of the seven? */
export function isSignatureField(name: string): boolean {
  return name.startsWith(FIRST_LETTERS) && NAMES.includes(name);
}

/**
 * Reads `name=value&…`. The order of the fields is free; others are ignored.
 * @throws CosError AccessDenied when it is malformed, VerifyAlgorithmNotSupported
 */
export function parseAuthorization(text: string): ParsedSignature {
  if (text.length > MAX_TEXT) throw malformed('The signature is too long.');
  const found: (string | undefined)[] = [];
  for (let start = 0; start <= text.length; ) {
    const ampersand = text.indexOf('&', start);
    const end = ampersand < 0 ? text.length : ampersand;
    const equals = text.indexOf('=', start);
    if (equals >= 0 && equals < end) take(found, text.slice(start, equals), text.slice(equals + 1, end));
    start = end + 1;
  }
  return toSignature(found);
}

/**
 * Reads the fields of a presigned URL.
 * @throws CosError as parseAuthorization
 */
export function parseQueryFields(query: QueryView): ParsedSignature {
  const found: (string | undefined)[] = [];
  for (let i = 0; i < query.size; i++) take(found, query.names[i]!, query.values[i]!);
  return toSignature(found);
}

function take(found: (string | undefined)[], name: string, value: string): void {
  const at = NAMES.indexOf(name);
  if (at < 0) return;
  if (found[at] !== undefined) throw malformed(`The signature has ${name} twice.`);
  found[at] = value;
}

function toSignature(found: readonly (string | undefined)[]): ParsedSignature {
  const [algorithm, secretId, signTime, keyTime, headerList, paramList, signature] = found;
  if (algorithm !== undefined && algorithm !== 'sha1') throw new CosError('VerifyAlgorithmNotSupported');
  for (let i = 0; i < NAMES.length; i++) {
    if (found[i] === undefined) throw malformed(`The signature lacks ${NAMES[i]}.`);
  }
  if (signature === '') throw malformed('The signature is empty.');
  if (/\s/.test(secretId!)) throw malformed('The SecretId of the signature holds a blank.');
  const [signFrom, signTo] = parseTime('q-sign-time', signTime!);
  const [keyFrom, keyTo] = parseTime('q-key-time', keyTime!);
  return {
    fields: {
      secretId: secretId!,
      signTime: signTime!,
      keyTime: keyTime!,
      signFrom,
      signTo,
      keyFrom,
      keyTo,
      headers: parseHeaderList(headerList!),
      params: paramList === '' ? NO_PARAMS : new Set(paramList!.toLowerCase().split(';')),
    },
    signature: signature!,
  };
}

function parseTime(field: string, text: string): [from: number, to: number] {
  const match = /^(\d{1,15});(\d{1,15})$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  if (match === null || to < from) throw malformed(`${field} is not a start and a later end in Unix seconds.`);
  return [from, to];
}

const NO_PARAMS: ReadonlySet<string> = new Set();
const NO_HEADERS: readonly ListedHeader[] = [];

function parseHeaderList(text: string): readonly ListedHeader[] {
  if (text === '') return NO_HEADERS;
  const listed = new Map<string, ListedHeader>();
  for (const item of text.toLowerCase().split(';')) {
    const name = decodeName(item);
    const encoded = encode(name).toLowerCase();
    listed.set(encoded, { name, encoded });
  }
  return [...listed.values()].sort((a, b) => (a.encoded < b.encoded ? -1 : 1));
}

function malformed(message: string): CosError {
  return new CosError('AccessDenied', { message });
}
