/** How a client may have come to its signature: the parts of the signed text, and the steps from them to the signature. */
import { createHmac } from 'node:crypto';
import { decodePath } from '../../http/target.ts';
import type { Pair } from '../signature/canonical.ts';
import { encode, encodeReceived } from '../signature/encode.ts';
import type { SignatureFields } from '../signature/fields.ts';
import { hmacSha1, sha1, signKey } from '../signature/hash.ts';
import type { SignedRequestView } from '../signature/request-view.ts';
import { hidePairs } from './secret-names.ts';

export interface Reading {
  /** As it stands in the text. */
  readonly method: string;
  readonly path: string;
  readonly params: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly signTime: string;
  readonly keyTime: string;
  readonly secretKey: string;
}

/** Steps that clients get wrong. */
export interface Steps {
  readonly http: (reading: Reading) => string;
  readonly text: (reading: Reading, http: string) => string;
  readonly key: (reading: Reading) => string | Buffer;
  readonly sign: (key: string | Buffer, text: string) => string;
}

export const STEPS: Steps = {
  http: ({ method, path, params, headers }) => `${method}\n${path}\n${joined(params)}\n${joined(headers)}\n`,
  text: ({ signTime }, http) => `sha1\n${signTime}\n${sha1(http)}\n`,
  key: ({ secretKey, keyTime }) => signKey(secretKey, keyTime),
  sign: (key, text) =>
    typeof key === 'string' ? hmacSha1(key, text) : createHmac('sha1', key).update(text).digest('hex'),
};

export function joined(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

export function sorted(pairs: readonly Pair[]): Pair[] {
  return [...pairs].sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
}

export function signatureOf(reading: Reading, given: Partial<Steps> = {}): string {
  const steps = { ...STEPS, ...given };
  return steps.sign(steps.key(reading), steps.text(reading, steps.http(reading)));
}

/** The text that is signed, without what is secret in it. */
export function shownHttp(reading: Reading, given: Partial<Steps> = {}): string {
  const shown = { ...reading, params: hidePairs(reading.params), headers: hidePairs(reading.headers) };
  return (given.http ?? STEPS.http)(shown);
}

/** The request as the server reads it. */
export function receivedReading(view: SignedRequestView, fields: SignatureFields, secretKey: string): Reading {
  const { query } = view;
  const params: Pair[] = [];
  for (let i = 0; i < query.size; i++) {
    const given = query.names[i]!;
    const name = encode(given).toLowerCase();
    if (fields.params.has(name) || fields.params.has(given.toLowerCase()))
      params.push([name, encode(query.values[i]!)]);
  }
  return {
    method: view.method.toLowerCase(),
    path: view.decodedPath,
    params: sorted(params),
    headers: fields.headers.map(({ name, encoded }): Pair => {
      return [encoded, encodeReceived(name === 'host' ? view.host : (view.header(name) ?? ''))];
    }),
    signTime: fields.signTime,
    keyTime: fields.keyTime,
    secretKey,
  };
}

/** A value of a pair as it was before it was encoded. */
export function plain(value: string): string {
  try {
    return decodePath(value);
  } catch {
    return value;
  }
}
