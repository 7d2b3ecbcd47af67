/** Makes signatures: for tests, the bench, and whatever of ours talks to a COS server. Source: spec/protocol.md §11. */
import { httpString, joinPairs, type Pair, stringToSign } from './canonical.ts';
import { encode } from './encode.ts';
import { hmacSha1, signKey } from './hash.ts';

export interface SignInput {
  readonly secretId: string;
  readonly secretKey: string;
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** Decoded pairs that are signed. */
  readonly params?: readonly (readonly [name: string, value: string])[];
  /** Headers that are signed, values as text: what goes over the wire is their UTF-8. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Unix seconds, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Unix seconds of the SignKey; default `from` and `to`. */
  readonly keyFrom?: number;
  readonly keyTo?: number;
}

/** The seven fields, in order. */
export function signFields(input: SignInput): [name: string, value: string][] {
  const signTime = `${input.from};${input.to}`;
  const keyTime = `${input.keyFrom ?? input.from};${input.keyTo ?? input.to}`;
  const params = encodePairs(input.params);
  const headers = encodePairs(input.headers);
  const http = httpString(input.method, input.path, joinPairs(params), joinPairs(headers));
  const signature = hmacSha1(signKey(input.secretKey, keyTime), stringToSign(signTime, http));
  return [
    ['q-sign-algorithm', 'sha1'],
    ['q-ak', input.secretId],
    ['q-sign-time', signTime],
    ['q-key-time', keyTime],
    ['q-header-list', namesOf(headers)],
    ['q-url-param-list', namesOf(params)],
    ['q-signature', signature],
  ];
}

/** Value of the Authorization header. */
export function authorization(input: SignInput): string {
  return signFields(input)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Query of a presigned URL, without the signed parameters themselves. */
export function presignedQuery(input: SignInput): string {
  return signFields(input)
    .map(([name, value]) => `${name}=${encode(value)}`)
    .join('&');
}

function encodePairs(given: SignInput['params'] = []): Pair[] {
  return given.map(([name, value]) => [encode(name).toLowerCase(), encode(value)]);
}

/** @param pairs sorted by `joinPairs` */
function namesOf(pairs: readonly Pair[]): string {
  return pairs.map(([name]) => name).join(';');
}
