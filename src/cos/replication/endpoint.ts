/** An endpoint as the operator writes it, and what a signed request to a bucket there looks like. */

import { RemoteError } from '../../features/replication/remotes.ts';
import type { BodyStream } from '../../model/body.ts';
import { OutboundError } from '../../platform/outbound/connect.ts';
import type { Upload, UploadAnswer, Uploader } from '../../platform/outbound/upload.ts';
import { authorization } from '../signature/sign.ts';

export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
}

export interface SignedSend {
  readonly method: Upload['method'];
  readonly origin: URL;
  /** Decoded. */
  readonly path: string;
  /** Names without value, signed. */
  readonly query?: string;
  /** Flat; those of `signed` are covered by the signature. */
  readonly headers?: readonly string[];
  readonly signed?: readonly (readonly [name: string, value: string])[];
  readonly body?: BodyStream;
  readonly signal: AbortSignal;
}

/** Clocks may differ by less, s. */
const SKEW_S = 60;
/** For long uploads: signatures are judged at the start. s */
const SIGNED_S = 900;

export class SignedSender {
  readonly #uploader: Uploader;
  readonly #credentials: Credentials;
  readonly #nowMs: () => number;

  constructor(uploader: Uploader, credentials: Credentials, nowMs: () => number) {
    this.#uploader = uploader;
    this.#credentials = credentials;
    this.#nowMs = nowMs;
  }

  /** @throws RemoteError `away` where nobody answers; what the body throws */
  async send({
    method,
    origin,
    path,
    query,
    headers = [],
    signed = [],
    body,
    signal,
  }: SignedSend): Promise<UploadAnswer> {
    const from = Math.floor(this.#nowMs() / 1_000) - SKEW_S;
    const covered = [['host', origin.host] as const, ...signed];
    const params = query === undefined ? [] : [[query, ''] as const];
    const { secretId, secretKey } = this.#credentials;
    const value = authorization({
      ...{ secretId, secretKey, method, path, params },
      headers: covered,
      from,
      to: from + SIGNED_S,
    });
    const raw = path.split('/').map(encodeSegment).join('/');
    const flat = ['Host', origin.host, 'Authorization', value, ...signed.flat(), ...headers];
    try {
      return await this.#uploader.send({
        method,
        origin,
        path: query === undefined ? raw : `${raw}?${query}`,
        headers: flat,
        signal,
        ...(body?.length === undefined || body.length === 0
          ? {}
          : { body: { length: body.length, chunks: body.chunks(body.length) } }),
      });
    } catch (error) {
      if (!(error instanceof OutboundError)) throw error;
      throw new RemoteError('away', `${origin.host}: ${REASONS[error.reason] ?? 'it could not be reached'}`, error);
    }
  }
}

const REASONS: Readonly<Partial<Record<OutboundError['reason'], string>>> = {
  timeout: 'no answer in time',
  aborted: 'the server closes',
};

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** @param template may hold `{bucket}` and `{region}` */
export function endpointOf(template: string, bucket: string, region: string): { origin: URL; prefix: string } {
  const origin = new URL(template.replaceAll('{bucket}', bucket).replaceAll('{region}', region));
  return { origin, prefix: template.includes('{bucket}') ? '' : `/${bucket}` };
}

/** What an answer that is no success means. @param code of the error document */
export function failureOf(host: string, status: number, code: string): RemoteError {
  const message = `${host}: ${status} ${code}`;
  if (status === 401 || status === 403 || status === 503 || PAGE_CODES.has(code))
    return new RemoteError('away', message);
  return new RemoteError(status >= 500 || PASSING.has(code) || status < 400 ? 'later' : 'refused', message);
}

/** The other side has no such page: it does not take replicas (yet), or is no Cosette server. */
const PAGE_CODES: ReadonlySet<string> = new Set(['', 'MethodNotAllowed', 'NotFound', 'NotImplemented']);
/** What another try may change. */
const PASSING: ReadonlySet<string> = new Set([
  'BadDigest',
  'IncompleteBody',
  'KmsException',
  'KmsFreqControl',
  'KmsKeyDisabled',
  'PathConflict',
  'RequestTimeOut',
  'UploadConflict',
  'UserNetworkTooSlow',
]);
