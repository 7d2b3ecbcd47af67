/** Everything that can be told about a refused request, as JSON for the admin API; no secret is part of it. */
import { CosError } from '../../errors/cos-error.ts';
import type { SignatureFields } from '../signature/fields.ts';
import type { SignedRequestView } from '../signature/request-view.ts';
import type { Finding } from './finding.ts';
import { type Decision, decisionOf, inferAccess } from './infer-access.ts';
import { inferClock } from './infer-clock.ts';
import { inferExpiry, inferKey, type Keys } from './infer-key.ts';
import { inferMistake, suspicions } from './infer-signature.ts';
import { receivedReading, STEPS, shownHttp } from './reading.ts';
import type { Refusals } from './refusals.ts';
import type { RefusedRequest } from './refused-request.ts';
import { signatureOfView, viewOfHead } from './view.ts';

export interface ExplainParts {
  readonly refusals: Refusals;
  readonly keys: Keys;
  readonly defaultRegion: string;
}

export type RequestSummary = Omit<RefusedRequest, 'sealed' | 'timeMs'> & { readonly time: string };

export interface Explanation {
  readonly request: RequestSummary;
  readonly signature?: {
    readonly secretId: string;
    readonly signTime: string;
    readonly keyTime: string;
    readonly headers: readonly string[];
    readonly params: readonly string[];
  };
  /** What the server signed, secrets hidden; the hash is of the whole text. */
  readonly server?: { readonly stringToSign: string; readonly formatString: string };
  readonly decision?: Decision;
  readonly findings: readonly Finding[];
}

export function summaryOf({ sealed: _, timeMs, ...rest }: RefusedRequest): RequestSummary {
  return { ...rest, time: new Date(timeMs).toISOString() };
}

export function explain(request: RefusedRequest, parts: ExplainParts): Explanation {
  const summary = summaryOf(request);
  if (request.status !== 403) return { request: summary, findings: [] };
  const read = readHead(request, parts);
  const signed = 'fields' in read ? read : undefined;
  const shown = signed === undefined ? {} : signatureParts(signed, request, parts.keys);
  if (request.code === 'AccessDenied' && (request.rule !== undefined || request.identity !== undefined)) {
    const decision = decisionOf(request, parts.defaultRegion);
    return { request: summary, ...shown, decision, findings: inferAccess(request, decision) };
  }
  const findings = 'findings' in read ? read.findings : findingsOf(request, read, parts);
  return { request: summary, ...shown, findings };
}

interface Signed {
  readonly view: SignedRequestView;
  readonly fields: SignatureFields;
  readonly given: string;
}

/** The signature of the request, or why there is none to speak of. */
function readHead(request: RefusedRequest, { refusals }: ExplainParts): Signed | { readonly findings: Finding[] } {
  const head = refusals.head(request);
  if (head === undefined)
    return only(
      'fact',
      'Path, query and headers were too long to be kept for an inference.',
      'Make the request shorter.',
    );
  try {
    const view = viewOfHead(request, head);
    const signature = signatureOfView(view);
    if (signature !== undefined) return { view, fields: signature.fields, given: signature.signature };
    if (request.code !== 'SignatureDoesNotMatch') return { findings: [] };
    return only(
      'hint',
      'The signature is that of a form or of the old JSON API.',
      'Compare the SecretKey; a form signs the field policy exactly as it is out of its Base64.',
    );
  } catch (error) {
    if (error instanceof CosError)
      return only(
        'fact',
        `The signature cannot be read: ${error.message}`,
        'Write it as the documentation of request signatures says.',
      );
    throw error;
  }
}

function findingsOf(request: RefusedRequest, signed: Signed, { keys, defaultRegion }: ExplainParts): Finding[] {
  const { view, fields, given } = signed;
  const clock = inferClock(fields, view, Math.floor(request.timeMs / 1_000));
  const token = view.securityToken();
  if (request.code === 'InvalidAccessKeyId') return inferKey(keys, fields.secretId, token);
  if (request.code === 'ExpiredToken') return inferExpiry(keys, fields.secretId, token, request.timeMs);
  if (request.code !== 'SignatureDoesNotMatch') return clock;
  const key = keys.find(fields.secretId, token);
  if (key === undefined)
    return only('fact', 'The key is gone by now, so nothing can be tried.', 'Use a key that exists.').findings;
  const mismatch = { view, fields, defaultRegion, signature: given, key, keys: () => keys.all() };
  const { finding } = inferMistake(mismatch);
  return finding === undefined ? [...suspicions(mismatch), ...clock] : [finding, ...clock];
}

function signatureParts(
  { view, fields }: Signed,
  request: RefusedRequest,
  keys: Keys,
): Pick<Explanation, 'signature' | 'server'> {
  const { secretId, signTime, keyTime, headers, params } = fields;
  const signature = { secretId, signTime, keyTime, headers: headers.map(({ name }) => name), params: [...params] };
  if (request.code !== 'SignatureDoesNotMatch') return { signature };
  const reading = receivedReading(view, fields, keys.find(secretId)?.secretKey ?? '');
  const stringToSign = STEPS.text(reading, STEPS.http(reading));
  return { signature, server: { stringToSign, formatString: shownHttp(reading) } };
}

function only(certainty: Finding['certainty'], what: string, advice: string): { readonly findings: Finding[] } {
  return { findings: [{ certainty, what, advice }] };
}
