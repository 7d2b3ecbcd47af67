/** The service on identities that stand still, and requests to it, signed as SDKs sign them. */

import { NOW_MS, ROOT_ID, ROOT_SECRET, standingTokens } from '../access/session/fixture.ts';
import { CosError } from '../errors/cos-error.ts';
import { headerValue } from '../http/headers.ts';
import type { WireRequest } from '../http/types.ts';
import { ManualClock } from '../platform/clock.ts';
import { StsDialect } from './dialect.ts';
import { formText, signForm } from './signature/form.ts';
import { canonicalRequest, signTc3 } from './signature/tc3.ts';

export const STS_HOST = 'sts.tencentcloudapi.com';
export const FORM = 'application/x-www-form-urlencoded';

export function wireRequest(options: {
  method?: string;
  target?: string;
  host?: string;
  headers?: readonly string[];
  body?: string | Buffer;
}): WireRequest {
  const { method = 'POST', target = '/', host = STS_HOST, headers = [] } = options;
  const body = Buffer.from(options.body ?? '');
  const query = target.indexOf('?');
  return {
    method,
    rawTarget: target,
    rawPath: query < 0 ? target : target.slice(0, query),
    rawQuery: query < 0 ? '' : target.slice(query + 1),
    host,
    rawHeaders: headers,
    header: (name) => headerValue(headers, name),
    body: {
      length: body.length,
      unannounced: false,
      readAll: async (maxBytes) => {
        if (body.length > maxBytes) throw new CosError('EntityTooLarge');
        return body;
      },
      async *chunks() {
        yield body;
      },
    },
    secure: true,
    tlsVersion: undefined,
    remoteAddress: '127.0.0.1',
    requestId: 'NjU=',
    receivedAtMs: NOW_MS,
  };
}

export type Fields = Readonly<Record<string, string>>;

/** Common parameters of a form; `fields` go before them. */
export function formFields(fields: Fields): Fields {
  const common = { Version: '2018-08-13', Region: 'ap-beijing', Nonce: '12345', Timestamp: String(NOW_MS / 1000) };
  return { SecretId: ROOT_ID, ...common, ...fields };
}

/** Signed; a `Signature` among the fields stays as it is. */
export function signedForm(fields: Fields, secretKey = ROOT_SECRET, method = 'POST', host = STS_HOST): string {
  const all = new Map(Object.entries(formFields(fields)));
  const algorithm = all.get('SignatureMethod') === 'HmacSHA256' ? 'sha256' : 'sha1';
  const signature = all.get('Signature') ?? signForm(secretKey, formText(method, host, all), algorithm);
  return new URLSearchParams([...all.set('Signature', signature)]).toString();
}

export function formRequest(fields: Fields, secretKey = ROOT_SECRET, host = STS_HOST): WireRequest {
  return wireRequest({ host, headers: ['Content-Type', FORM], body: signedForm(fields, secretKey, 'POST', host) });
}

export function tc3Headers(
  action: string,
  body: string,
  given: {
    secretId?: string;
    secretKey?: string;
    token?: string;
    timestamp?: number;
    host?: string;
    type?: string;
    method?: string;
    query?: string;
  } = {},
): string[] {
  const {
    secretId = ROOT_ID,
    secretKey = ROOT_SECRET,
    token,
    host = STS_HOST,
    type = 'application/json',
    method = 'POST',
    query = '',
  } = given;
  const timestamp = String(given.timestamp ?? NOW_MS / 1000);
  const date = new Date(Number(timestamp) * 1000).toISOString().slice(0, 10);
  const names = ['content-type', 'host'];
  const header = (name: string) => (name === 'host' ? host : type);
  const request = { method, query, header, body: Buffer.from(body), timestamp };
  const signature = signTc3(secretKey, canonicalRequest(request, names, false), timestamp, date, 'sts');
  const credential = `Credential=${secretId}/${date}/sts/tc3_request`;
  return [
    'Authorization',
    `TC3-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    ...['Content-Type', type, 'X-TC-Action', action, 'X-TC-Version', '2018-08-13', 'X-TC-Timestamp', timestamp],
    ...(token === undefined ? [] : ['X-TC-Token', token]),
  ];
}

export interface StsAnswer {
  readonly Credentials?: { readonly Token: string; readonly TmpSecretId: string; readonly TmpSecretKey: string };
  readonly Error?: { readonly Code: string; readonly Message: string };
  readonly [name: string]: unknown;
}

export function standingService() {
  const clock = new ManualClock(NOW_MS);
  const { directory, tokens } = standingTokens({
    get ms() {
      return clock.nowMs();
    },
  } as { ms: number });
  const failures: unknown[] = [];
  const dialect = new StsDialect({ directory, tokens, clock, onInternalError: (error) => failures.push(error) });
  const ask = async (request: WireRequest): Promise<StsAnswer> => {
    const { status, headers, body } = await dialect.handle(request);
    if (status !== 200 || headers.join() !== 'Content-Type,application/json')
      throw new Error('every answer is 200 JSON');
    return (JSON.parse(String(body)) as { Response: StsAnswer }).Response;
  };
  return { clock, directory, tokens, dialect, failures, ask };
}
