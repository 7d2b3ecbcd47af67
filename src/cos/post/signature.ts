/** Who signed a form upload. Source: spec/objects.md §8.2; spec/protocol.md §14, §15; spec/clients.md §4.3. */
import type { Identity, KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import { parseQueryFields } from '../signature/fields.ts';
import { findKey } from '../signature/find-key.ts';
import { formSignature, formStringToSign } from '../signature/form.ts';
import type { SignedRequestView } from '../signature/request-view.ts';
import { MAX_SKEW_S, verifyRequest } from '../signature/verify.ts';
import type { FieldsByName, FormFields } from './fields.ts';

const TOKEN_FIELD = 'x-cos-security-token';
const POLICY_FIELDS = ['q-sign-algorithm', 'q-ak', 'q-key-time', 'q-signature'] as const;

/** One field is enough: a signature that lost its others must not pass for no signature. Empty ones are none. */
export function hasPolicySignature(fields: FieldsByName): boolean {
  return ['policy', ...POLICY_FIELDS].some((name) => (fields.get(name) ?? '') !== '');
}

/**
 * Checks the signature of a policy. A token beside a permanent key is ignored, as in headers.
 * @param policy out of its Base64; undefined without the field
 * @throws CosError AccessDenied (a field is missing or malformed; `Request has expired`), VerifyAlgorithmNotSupported,
 *   InvalidAccessKeyId, RequestTimeTooSkewed, SignatureDoesNotMatch (element StringToSign)
 */
export function verifyPolicySignature(
  fields: FieldsByName,
  policy: Buffer | undefined,
  keyRing: KeyRing,
  nowMs: number,
): Identity {
  if (policy === undefined) throw denied('The form lacks policy.');
  const { fields: signed, signature } = parseFields(fields);
  const accessKey = findKey(keyRing, signed.secretId, { securityToken: () => fields.get(TOKEN_FIELD) }, nowMs);
  const nowS = Math.floor(nowMs / 1000);
  if (signed.keyFrom - nowS > MAX_SKEW_S) throw new CosError('RequestTimeTooSkewed');
  // Clients repair their clocks by exactly this text (spec/protocol.md §14).
  if (nowS > signed.keyTo) throw denied('Request has expired');
  if (sameText(formSignature(accessKey.secretKey, signed.keyTime, policy), signature)) return accessKey.identity;
  throw new CosError('SignatureDoesNotMatch', { elements: [['StringToSign', formStringToSign(policy)]] });
}

/** The fields are those of a presigned URL without what a form does not sign. */
function parseFields(fields: FieldsByName): ReturnType<typeof parseQueryFields> {
  const pairs: [string, string][] = [];
  for (const name of POLICY_FIELDS) {
    const value = fields.get(name) ?? '';
    if (value === '') throw denied(`The form lacks ${name}.`);
    pairs.push([name, value]);
    if (name === 'q-key-time') pairs.push(['q-sign-time', value]);
  }
  pairs.push(['q-header-list', ''], ['q-url-param-list', '']);
  const names = pairs.map(([name]) => name);
  const values = pairs.map(([, value]) => value);
  return parseQueryFields({ size: names.length, names, values, rawPairs: [], get: () => undefined });
}

/**
 * Checks what a form without a policy brings: the field `Signature` with a whole authorization, as mini programs send
 * it, else the header or the query, as of any request.
 * @returns the anonymous identity when nothing is signed
 * @throws CosError as `verifyRequest`
 */
export function verifyWithoutPolicy(
  fields: FormFields,
  request: SignedRequestView,
  keyRing: KeyRing,
  nowMs: number,
): Identity {
  const authorization = fields.get('signature') ?? '';
  if (authorization === '') return verifyRequest(request, keyRing, nowMs);
  const header = (name: string): string | undefined => {
    if (name === 'authorization') return authorization;
    // The client signs what it asks for, and asks for it by a field.
    return fields.get(name) === undefined ? request.header(name) : fields.header(name);
  };
  const securityToken = (): string | undefined => fields.header(TOKEN_FIELD) ?? request.securityToken();
  return verifyRequest({ ...request, header, securityToken }, keyRing, nowMs);
}

function denied(message: string): CosError {
  return new CosError('AccessDenied', { message });
}
