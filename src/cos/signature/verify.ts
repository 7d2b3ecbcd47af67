/**
 * Who signed a request, if anybody. Source: spec/protocol.md §11.3, §14; spec/errors.md "Order of checks" 6.
 */
import { LRUCache } from 'lru-cache';
import { ANONYMOUS, type Identity, type KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { parseHttpDate } from '../../http/http-date.ts';
import { Mac } from '../../platform/hash/mac.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import { alternatives } from './alternatives.ts';
import { headerString, httpString, paramString, stringToSign } from './canonical.ts';
import { type ParsedSignature, parseAuthorization, parseQueryFields, type SignatureFields } from './fields.ts';
import { findKey } from './find-key.ts';
import { signKey } from './hash.ts';
import { locateSignature } from './locate.ts';
import type { SignedRequestView } from './request-view.ts';
import { verifyV4Token } from './v4-token.ts';

export type { SignedRequestView } from './request-view.ts';

/** Clock difference that is still taken for the same time, s (spec/limits.md §4). */
export const MAX_SKEW_S = 900;

/** Fields with the SignKey that was made for them: what requests of one client have in common for a while. */
interface Signer {
  readonly fields: SignatureFields;
  /** Signs with the SignKey. */
  signKey: { readonly secretKey: string; readonly mac: Mac } | undefined;
}

/**
 * Signers that proved right, by the text of the seven fields before the signature (DESIGN §7.7). Texts are bounded and
 * only correct signatures get in, so that nobody without a key can fill or empty it.
 */
const signers = new LRUCache<string, Signer>({ max: 4_096 });
/** Characters; longer texts are parsed each time. */
const MAX_CACHED_TEXT = 1_024;
const LAST_FIELD = '&q-signature=';

/**
 * @returns the key's identity, or the anonymous one when nothing is signed
 * @throws CosError AccessDenied (malformed; `Request has expired`), VerifyAlgorithmNotSupported, InvalidAccessKeyId,
 *   ExpiredToken, RequestTimeTooSkewed, SignatureDoesNotMatch (elements StringToSign and FormatString), NotImplemented (signatures of
 *   Amazon S3)
 */
export function verifyRequest(request: SignedRequestView, keyRing: KeyRing, nowMs: number): Identity {
  const located = locateSignature(request);
  switch (located.kind) {
    case 'none':
      return ANONYMOUS;
    case 'text':
      return verifyText(request, located.text, keyRing, nowMs);
    case 'query':
      return verifyParsed(request, parseQueryFields(request.query), keyRing, nowMs);
    case 'v4':
      return verifyV4Token(located.token, request, keyRing, nowMs);
    case 'foreign':
      throw new CosError('NotImplemented', { message: 'Signatures of Amazon S3 are not implemented.' });
  }
}

function verifyText(request: SignedRequestView, text: string, keyRing: KeyRing, nowMs: number): Identity {
  const at = text.lastIndexOf(LAST_FIELD);
  // Where another field stands behind the signature, the text before it is not all of the fields.
  if (at < 0 || at > MAX_CACHED_TEXT || text.indexOf('&', at + 1) >= 0) {
    return verifyParsed(request, parseAuthorization(text), keyRing, nowMs);
  }
  const before = text.slice(0, at);
  const known = signers.get(before);
  if (known !== undefined) return verify(request, known, text.slice(at + LAST_FIELD.length), keyRing, nowMs);
  const { fields, signature } = parseAuthorization(text);
  const signer: Signer = { fields, signKey: undefined };
  const identity = verify(request, signer, signature, keyRing, nowMs);
  signers.set(before, signer);
  return identity;
}

function verifyParsed(
  request: SignedRequestView,
  { fields, signature }: ParsedSignature,
  keyRing: KeyRing,
  nowMs: number,
): Identity {
  return verify(request, { fields, signKey: undefined }, signature, keyRing, nowMs);
}

function verify(
  request: SignedRequestView,
  signer: Signer,
  signature: string,
  keyRing: KeyRing,
  nowMs: number,
): Identity {
  const { fields } = signer;
  const accessKey = findKey(keyRing, fields.secretId, request, nowMs);
  judgeTime(fields, request, Math.floor(nowMs / 1000));
  const { secretKey } = accessKey;
  if (signer.signKey?.secretKey !== secretKey) {
    signer.signKey = { secretKey, mac: new Mac('sha1', signKey(secretKey, fields.keyTime)) };
  }
  const { mac } = signer.signKey;
  const { method, decodedPath, query, host } = request;
  const params = paramString(query, fields.params);
  const http = httpString(method, decodedPath, params, headerString(request, fields.headers, host));
  const text = stringToSign(fields.signTime, http);
  if (sameText(mac.hex(text, 'utf8'), signature)) return accessKey.identity;
  for (const other of alternatives(request, fields)) {
    if (sameText(mac.hex(stringToSign(fields.signTime, other), 'utf8'), signature)) return accessKey.identity;
  }
  const elements = [
    ['StringToSign', text],
    ['FormatString', http],
  ] as const;
  throw new CosError('SignatureDoesNotMatch', { elements });
}

/** @throws CosError RequestTimeTooSkewed; AccessDenied `Request has expired` */
function judgeTime(fields: SignatureFields, request: SignedRequestView, nowS: number): void {
  const { signFrom, signTo, keyFrom, keyTo, headers } = fields;
  if (Math.max(signFrom, keyFrom) - nowS > MAX_SKEW_S) throw new CosError('RequestTimeTooSkewed');
  for (let i = 0; i < headers.length; i++) {
    if (headers[i]!.name === 'date') judgeDate(request.header('date'), nowS);
  }
  // Clients repair their clocks by exactly this text (spec/protocol.md §14).
  if (nowS > signTo || nowS > keyTo) throw new CosError('AccessDenied', { message: 'Request has expired' });
}

/** A Date that was signed says when: spec/errors.md §46. */
function judgeDate(text: string | undefined, nowS: number): void {
  const ms = text === undefined ? undefined : parseHttpDate(text);
  if (ms !== undefined && Math.abs(ms / 1000 - nowS) > MAX_SKEW_S) throw new CosError('RequestTimeTooSkewed');
}
