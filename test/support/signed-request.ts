/** Requests as the wire shows them to the signature check, and a ring with the keys of spec/protocol.md §13. */

import type { AccessKey, KeyRing } from '../../src/access/identity.ts';
import { rootIdentity } from '../../src/access/key-file.ts';
import type { SignedRequestView } from '../../src/cos/signature/request-view.ts';
import { verifyRequest } from '../../src/cos/signature/verify.ts';
import { CosError } from '../../src/errors/cos-error.ts';
import { parseQuery } from '../../src/http/query.ts';
import { decodePath } from '../../src/http/target.ts';

/** Unix seconds at which the keys below sign. */
export const NOW_S = 1_700_000_000;
export const BUCKET = 'demo-1250000000';
export const HOST = `${BUCKET}.cos.ap-guangzhou.myqcloud.com`;

export const OURS = {
  secretId: 'AKIDEXAMPLEexampleEXAMPLEexample0001',
  secretKey: 'exampleSecretKeyForCosSpec000001',
};
/** Tencent's sample pair. */
export const PUBLISHED = {
  secretId: 'AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q',
  secretKey: 'BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz',
};
/** Of a unit test of the Go SDK. */
export const GO = { secretId: 'QmFzZTY0IGlzIGEgZ2VuZXJp', secretKey: 'AKIDZfbOA78asKUYBcXFrJD0a1ICvR98JM' };
export const DISABLED = { secretId: 'AKIDdisabled', secretKey: 'disabledSecretKey' };

export function accessKey(pair: { secretId: string; secretKey: string }, enabled = true): AccessKey {
  const { secretId } = pair;
  return { ...pair, enabled, identity: rootIdentity({ appid: '1250000000', uin: '1', secretId }) };
}

export function ringOf(...keys: readonly AccessKey[]): KeyRing {
  return { find: (id) => keys.find(({ secretId }) => secretId === id) };
}

export const RING = ringOf(accessKey(OURS), accessKey(PUBLISHED), accessKey(GO), accessKey(DISABLED, false));

export interface Sent {
  readonly method?: string;
  /** Path and query as on the request line, behind a bucket host. */
  readonly target: string;
  readonly host?: string;
  readonly secure?: boolean;
  /** Any case; values as text, sent as UTF-8. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function requestView({
  method = 'GET',
  target,
  host = HOST,
  secure = false,
  headers = {},
}: Sent): SignedRequestView {
  const question = target.indexOf('?');
  const rawPath = question < 0 ? target : target.slice(0, question);
  const decodedPath = decodePath(rawPath);
  const byName = new Map<string, string>();
  for (const [name, value] of Object.entries({ host, ...headers })) {
    byName.set(name.toLowerCase(), Buffer.from(value, 'utf8').toString('latin1').trim());
  }
  return {
    method,
    rawPath,
    decodedPath,
    query: parseQuery(question < 0 ? '' : target.slice(question + 1)),
    host,
    secure,
    bucket: BUCKET,
    key: decodedPath.slice(1),
    header: (name) => byName.get(name) || undefined,
    securityToken: () => byName.get('x-cos-security-token'),
  };
}

/** Who signed, or the error that was raised. */
export function outcome(request: SignedRequestView, nowS = NOW_S, keyRing: KeyRing = RING): string | CosError {
  try {
    const identity = verifyRequest(request, keyRing, nowS * 1000);
    return identity.kind === 'root' ? identity.secretId : identity.kind;
  } catch (error) {
    if (error instanceof CosError) return error;
    throw error;
  }
}

/** As `outcome`, with an error as its code, and its text where that is not the usual one. */
export function verdict(request: SignedRequestView, nowS = NOW_S, keyRing: KeyRing = RING): string {
  const result = outcome(request, nowS, keyRing);
  if (typeof result === 'string') return result;
  return result.message === result.code ? result.code : `${result.code}: ${result.message}`;
}
