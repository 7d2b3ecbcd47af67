/** Who signed the policy of a form upload of S3, with Version 4 or 2. Source: spec/s3.md §4.3. */
import type { Identity, KeyRing } from '../../access/identity.ts';
import type { FieldsByName } from '../../cos/post/fields.ts';
import { CosError } from '../../errors/cos-error.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import { hmacSha1Base64, keepSigningKey, signingKeyOf } from './hash.ts';
import { findS3Key } from './key.ts';
import { parseLongTime } from './time.ts';
import { parseCredential, V4_ALGORITHM } from './v4-fields.ts';

/**
 * @param policy as it stands in the form, in Base64: that is what is signed
 * @throws CosError InvalidArgument (a field is missing or malformed), InvalidAccessKeyId, InvalidToken, ExpiredToken,
 *   SignatureDoesNotMatch
 */
export function verifyS3Form(fields: FieldsByName, policy: string, keyRing: KeyRing, nowMs: number): Identity {
  const v4 = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-signature'].some((name) => fields.get(name) !== undefined);
  return v4 ? verifyV4(fields, policy, keyRing, nowMs) : verifyV2(fields, policy, keyRing, nowMs);
}

function verifyV4(fields: FieldsByName, policy: string, keyRing: KeyRing, nowMs: number): Identity {
  const algorithm = required(fields, 'X-Amz-Algorithm');
  if (algorithm !== V4_ALGORITHM) throw invalid(`X-Amz-Algorithm only supports "${V4_ALGORITHM}"`);
  const { secretId, date, region } = parseCredential(required(fields, 'X-Amz-Credential'), (reason) =>
    invalid(`the Credential is mal-formed; ${reason}`),
  );
  const timestamp = required(fields, 'X-Amz-Date');
  if (parseLongTime(timestamp) === undefined || !timestamp.startsWith(date)) {
    throw invalid(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'", of the Credential's date`);
  }
  const signature = required(fields, 'X-Amz-Signature');
  const accessKey = findS3Key(keyRing, secretId, fields.get('x-amz-security-token'), nowMs);
  const signingKey = signingKeyOf(accessKey, date, region);
  if (!sameText(signingKey.hex(policy, 'latin1'), signature)) throw mismatch(secretId, policy, signature);
  keepSigningKey(accessKey, date, region, signingKey);
  return accessKey.identity;
}

function verifyV2(fields: FieldsByName, policy: string, keyRing: KeyRing, nowMs: number): Identity {
  const secretId = required(fields, 'AWSAccessKeyId');
  const signature = required(fields, 'Signature');
  const accessKey = findS3Key(keyRing, secretId, fields.get('x-amz-security-token'), nowMs);
  if (sameText(hmacSha1Base64(accessKey.secretKey, policy), signature)) return accessKey.identity;
  throw mismatch(secretId, policy, signature);
}

function required(fields: FieldsByName, name: string): string {
  const value = fields.get(name.toLowerCase()) ?? '';
  if (value !== '') return value;
  throw invalid(
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  );
}

function mismatch(secretId: string, policy: string, signature: string): CosError {
  return new CosError('SignatureDoesNotMatch', {
    elements: [
      ['AWSAccessKeyId', secretId],
      ['StringToSign', policy],
      ['SignatureProvided', signature.slice(0, 256)],
    ],
  });
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
