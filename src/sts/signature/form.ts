/** The first signing style: an HMAC over the parameters, among them. Source: spec/access.md §9.1 "v1 form". */
import { createHmac } from 'node:crypto';
import { StsError } from '../errors.ts';
import { given, type Parameters, required, wholeNumber } from '../parameters.ts';
import { equalTexts } from './equal.ts';

export interface FormSignature {
  readonly secretId: string;
  readonly token: string | undefined;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly algorithm: 'sha1' | 'sha256';
  readonly signature: string;
}

/** Some SDKs sign this host whatever they are told to call (Java). */
const DEFAULT_HOST = 'sts.tencentcloudapi.com';
const ALGORITHMS: ReadonlyMap<string, FormSignature['algorithm']> = new Map([
  ['HmacSHA1', 'sha1'],
  ['HmacSHA256', 'sha256'],
] as const);

/** @throws StsError MissingParameter, InvalidParameterValue */
export function readFormSignature(parameters: Parameters): FormSignature {
  const secretId = required(parameters, 'SecretId');
  const signature = required(parameters, 'Signature');
  required(parameters, 'Timestamp');
  required(parameters, 'Nonce');
  const algorithm = ALGORITHMS.get(given(parameters, 'SignatureMethod') ?? 'HmacSHA1');
  if (algorithm === undefined) {
    throw new StsError('InvalidParameterValue', 'SignatureMethod must be HmacSHA1 or HmacSHA256.');
  }
  wholeNumber(parameters, 'Nonce');
  const timestamp = wholeNumber(parameters, 'Timestamp') ?? 0;
  return { secretId, token: given(parameters, 'Token'), timestamp, algorithm, signature };
}

/** What is signed: decoded values as they are, names in the order of their bytes. @param host as sent, with its port */
export function formText(method: string, host: string, parameters: Parameters): string {
  const names = [...parameters.keys()].filter((name) => name !== 'Signature').sort();
  return `${method}${host}/?${names.map((name) => `${name}=${parameters.get(name)}`).join('&')}`;
}

export function signForm(secretKey: string, text: string, algorithm: FormSignature['algorithm']): string {
  return createHmac(algorithm, secretKey).update(text).digest('base64');
}

/** @param host as sent */
export function isFormSigned(
  { algorithm, signature }: FormSignature,
  secretKey: string,
  method: string,
  host: string,
  parameters: Parameters,
): boolean {
  return [host, DEFAULT_HOST].some((signed) =>
    equalTexts(signForm(secretKey, formText(method, signed, parameters), algorithm), signature),
  );
}
