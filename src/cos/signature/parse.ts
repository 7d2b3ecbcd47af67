/**
 * Where a signature stands in a request, and its seven fields. Source: spec/protocol.md §11.1, §12.4.
 */
import { CosError } from '../../errors/cos-error.ts';

export interface SignatureFields {
  readonly secretId: string;
  /** As sent: `<start>;<end>`, Unix seconds. */
  readonly signTime: string;
  readonly keyTime: string;
  readonly signFrom: number;
  readonly signTo: number;
  readonly keyFrom: number;
  readonly keyTo: number;
  /** Encoded names in lower case, in the order of the list. */
  readonly headerList: readonly string[];
  readonly paramList: readonly string[];
}

export interface ParsedSignature {
  readonly fields: SignatureFields;
  /** 40 hex digits when it is well-formed. */
  readonly signature: string;
}

const NAMES = [
  'q-sign-algorithm',
  'q-ak',
  'q-sign-time',
  'q-key-time',
  'q-header-list',
  'q-url-param-list',
  'q-signature',
] as const;

/** Longest Authorization text that is looked at, characters: lists of a thousand names fit. */
const MAX_TEXT = 32 * 1024;

function malformed(message: string): CosError {
  return new CosError('AccessDenied', { message });
}

/**
 * Parses `name=value&…`. The order of the fields is free; unknown ones are ignored.
 * @throws CosError AccessDenied, VerifyAlgorithmNotSupported
 */
export function parseAuthorization(text: string): ParsedSignature {
  if (text.length > MAX_TEXT) throw malformed('The Authorization is too long.');
  const found = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0) found.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
  }
  return fieldsOf((name) => found.get(name));
}

/** @param get a field's decoded value; undefined when absent */
export function fieldsOf(get: (name: string) => string | undefined): ParsedSignature {
  const algorithm = get('q-sign-algorithm');
  if (algorithm !== undefined && algorithm !== 'sha1') throw new CosError('VerifyAlgorithmNotSupported');
  for (const name of NAMES) {
    if (get(name) === undefined) throw malformed(`The signature lacks ${name}.`);
  }
  const signTime = get('q-sign-time')!;
  const keyTime = get('q-key-time')!;
  const [signFrom, signTo] = parseTime(signTime);
  const [keyFrom, keyTo] = parseTime(keyTime);
  return {
    fields: {
      secretId: get('q-ak')!,
      signTime,
      keyTime,
      signFrom,
      signTo,
      keyFrom,
      keyTo,
      headerList: parseList(get('q-header-list')!),
      paramList: parseList(get('q-url-param-list')!),
    },
    signature: get('q-signature')!,
  };
}

function parseTime(text: string): [number, number] {
  const match = /^(\d{1,15});(\d{1,15})$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  if (match === null || to < from) throw malformed('The time of the signature is malformed.');
  return [from, to];
}

const NO_NAMES: readonly string[] = [];

function parseList(text: string): readonly string[] {
  return text === '' ? NO_NAMES : text.toLowerCase().split(';');
}

/** Old v4 tokens have no `q-sign-algorithm`. */
export function isV4Token(text: string): boolean {
  return !text.includes('q-sign-algorithm') && !text.includes('&') && text.length > 40;
}
