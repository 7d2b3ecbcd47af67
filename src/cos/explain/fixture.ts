/** Requests that were refused, as tests make them: signed somehow, received somehow. */
import type { AccessKey } from '../../access/identity.ts';
import { rootIdentity } from '../../access/key-file.ts';
import { CosError } from '../../errors/cos-error.ts';
import { headerValue } from '../../http/headers.ts';
import type { WireRequest } from '../../http/types.ts';
import type { AccessNote } from '../access-note.ts';
import { resolve } from '../errors.ts';
import { verifyRequest } from '../signature/verify.ts';
import { type Explanation, explain } from './explanation.ts';
import type { Keys } from './infer-key.ts';
import { Refusals } from './refusals.ts';
import { viewOfHead } from './view.ts';

export const NOW_S = 1_700_000_000;
export const REQUEST_ID = 'NjU1M2YxMDBfdGVzdF8x';
export const HOST = 'demo-1250000000.cos.ap-guangzhou.myqcloud.com';

export function keyOf(secretId: string, secretKey: string, given: Partial<AccessKey> = {}): AccessKey {
  return {
    secretId,
    secretKey,
    enabled: true,
    identity: rootIdentity({ appid: '1250000000', uin: '1', secretId }),
    ...given,
  };
}

export const PAIR = { secretId: 'AKIDEXAMPLEexampleEXAMPLEexample0001', secretKey: 'exampleSecretKeyForCosSpec000001' };
export const OTHER = {
  secretId: 'AKIDotherOtherOtherOtherOtherOther02',
  secretKey: 'otherSecretKeyForCosSpec00000002',
};

export function keysOf(...all: readonly AccessKey[]): Keys {
  return { all: () => all, find: (secretId) => all.find((key) => key.secretId === secretId) };
}
export const KEYS = keysOf(
  keyOf(PAIR.secretId, PAIR.secretKey),
  keyOf(OTHER.secretId, OTHER.secretKey),
  keyOf('AKIDdisabledDisabledDisabledDisab03', 'disabledSecretKey', { enabled: false }),
);

export interface Received {
  readonly method?: string;
  readonly host?: string;
  /** Path and query as on the request line. */
  readonly target: string;
  /** Besides Host; values one character a byte. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function wireOf({ method = 'GET', host = HOST, target, headers = {} }: Received): WireRequest {
  const [rawPath = '', rawQuery = ''] = target.split(/\?(.*)/s);
  const rawHeaders = ['host', host, ...Object.entries(headers).flat()];
  return {
    ...{ method, rawTarget: target, rawPath, rawQuery, host, rawHeaders },
    header: (name) => headerValue(rawHeaders, name),
    body: {
      length: 0,
      unannounced: false,
      readAll: () => Promise.reject(),
      chunks: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject() }) }),
    },
    secure: false,
    tlsVersion: undefined,
    remoteAddress: '10.0.0.1',
    requestId: REQUEST_ID,
    receivedAtMs: NOW_S * 1_000,
  };
}

/** What the server says of a request; throws where it accepts it. */
export function explained(received: Received, keys: Keys = KEYS, refusals = new Refusals(10)): Explanation {
  const wire = wireOf(received);
  const path = decodeURIComponent(wire.rawPath).slice(1);
  const note: AccessNote = { bucket: 'demo-1250000000', key: path.replace('demo-1250000000/', '') };
  const parts = { refusals, keys, defaultRegion: 'ap-guangzhou' };
  // The view needs a refusal, and the refusal a verdict: twice is simpler than a third way.
  refuse(refusals, wire, note, new CosError('AccessDenied'));
  const kept = refusals.get(REQUEST_ID)!;
  try {
    verifyRequest(viewOfHead(kept, refusals.head(kept)!), keys, NOW_S * 1_000);
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    refuse(refusals, wire, note, error);
    return explain(refusals.get(REQUEST_ID)!, parts);
  }
  throw new Error('the request was accepted');
}

export function refuse(refusals: Refusals, wire: WireRequest, note: AccessNote, error: CosError): void {
  refusals.add(wire, note, resolve(error, { profile: 'seed', literalSeedCodes: false }), NOW_S * 1_000);
}
