/** A form upload, read to its file, and who may send it. Source: spec/objects.md §8.2. */
import type { Identity, KeyRing } from '../../access/identity.ts';
import { type FormFileBody, type FormLimits, readMultipartForm } from '../../http/multipart-form.ts';
import type { WireRequest } from '../../http/types.ts';
import type { SignedRequestView } from '../signature/request-view.ts';
import { FormFields } from './fields.ts';
import type { FormDialect } from './form-dialect.ts';
import { ANY_SIZE, decodePolicy, judgePolicy, MAX_POLICY, parsePolicy, type SizeBounds } from './policy.ts';
import { hasPolicySignature, verifyPolicySignature, verifyWithoutPolicy } from './signature.ts';

const MAX_FIELDS = 100;
/** bytes: Amazon S3 allows as much for all of them */
const MAX_FIELD = 20 * 1024;
const MAX_FIELDS_BYTES = 256 * 1024;

export interface PostForm {
  readonly fields: FormFields;
  readonly file: { readonly filename: string; readonly body: FormFileBody };
}

export interface FormPermit {
  readonly identity: Identity;
  /** What the policy allows; `sizedFile` holds a file to it. */
  readonly size: SizeBounds;
}

/**
 * @param maxFileBytes of any file
 * @param dialects of other protocols
 * @throws CosError MalformedPOSTRequest, IncorrectNumberOfFilesInPostRequest, MaxPostPreDataLengthExceededError,
 *   EntityTooLarge, InvalidArgument (a field cannot be a header); what the body throws
 */
export async function readPostForm(
  wire: WireRequest,
  maxFileBytes: number,
  dialects: readonly FormDialect[] = [],
): Promise<PostForm> {
  const limits: FormLimits = {
    fileBytes: maxFileBytes,
    fieldCount: MAX_FIELDS,
    fieldsBytes: MAX_FIELDS_BYTES,
    fieldBytes: (name) => (name === 'policy' ? MAX_POLICY : MAX_FIELD),
  };
  const { fields, file } = await readMultipartForm(wire.body, wire.header('content-type'), limits);
  return { fields: new FormFields(fields, file.filename, dialects), file };
}

/**
 * A policy that is well-formed is judged only when it is proved to be its signer's.
 * @param request the request that brought the form
 * @param buckets names that the bucket may be called by, the full one first
 * @throws CosError InvalidPolicyDocument; those of `verifyPolicySignature`, `judgePolicy` and `verifyRequest`
 */
export function permitForm(
  fields: FormFields,
  request: SignedRequestView,
  buckets: readonly string[],
  keyRing: KeyRing,
  nowMs: number,
): FormPermit {
  if (fields.dialect !== undefined) return fields.dialect.permit(fields, buckets, keyRing, nowMs);
  if (!hasPolicySignature(fields)) {
    return { identity: verifyWithoutPolicy(fields, request, keyRing, nowMs), size: ANY_SIZE };
  }
  const field = fields.get('policy') ?? '';
  const text = field === '' ? undefined : decodePolicy(field);
  const policy = text === undefined ? undefined : parsePolicy(text);
  const identity = verifyPolicySignature(fields, text, keyRing, nowMs);
  return { identity, size: policy === undefined ? ANY_SIZE : judgePolicy(policy, fields, buckets[0]!, nowMs) };
}
