/** The service on identities that stand still, and calls signed as SDKs sign them, by code that shares nothing with the check. */
import { createHash, createHmac } from 'node:crypto';
import type { FailedSignatures } from '../../access/failed-signatures.ts';
import { APPID, NOW_MS, OWNER, ROOT_ID, ROOT_SECRET, standingTokens } from '../../access/session/fixture.ts';
import type { WireRequest } from '../../http/types.ts';
import { ManualClock } from '../../platform/clock.ts';
import { FORM, wireRequest } from '../../sts/fixture.ts';
import { AwsStsDialect } from './dialect.ts';

export const HOST = '127.0.0.1:9000';
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

export interface Signer {
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly service?: string;
  /** ms since the epoch */
  readonly atMs?: number;
  readonly host?: string;
}

const stampOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

function signatureOf(signer: Signer, canonical: string): { credential: string; signature: string } {
  const { secretId = ROOT_ID, secretKey = ROOT_SECRET, service = 'sts', atMs = NOW_MS } = signer;
  const date = stampOf(atMs).slice(0, 8);
  const scope = `${date}/us-east-1/${service}/aws4_request`;
  const parts = [date, 'us-east-1', service, 'aws4_request'];
  const key = parts.reduce<string | Buffer>((before, part) => hmac(before, part), `AWS4${secretKey}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${stampOf(atMs)}\n${scope}\n${sha256(canonical)}`).toString('hex');
  return { credential: `${secretId}/${scope}`, signature };
}

export type Fields = Readonly<Record<string, string>>;

export const formOf = (fields: Fields): string => new URLSearchParams({ Version: '2011-06-15', ...fields }).toString();

/** A form, signed in its header. */
export function signedCall(fields: Fields, signer: Signer = {}, body = formOf(fields)): WireRequest {
  const { token, atMs = NOW_MS, host = HOST } = signer;
  const headers: [string, string][] = [
    ['content-type', FORM],
    ['host', host],
    ['x-amz-date', stampOf(atMs)],
    ...(token === undefined ? [] : [['x-amz-security-token', token] as [string, string]]),
  ];
  const names = headers.map(([name]) => name).join(';');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = `POST\n/\n\n${lines}\n${names}\n${sha256(formOf(fields))}`;
  const { credential, signature } = signatureOf(signer, canonical);
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return wireRequest({ host, headers: [...headers.flat(), 'Authorization', authorization], body });
}

/** An address that calls it. @param seconds that it says it is good for */
export function presignedCall(fields: Fields, signer: Signer = {}, seconds = 60): WireRequest {
  const { secretId = ROOT_ID, token, service = 'sts', atMs = NOW_MS, host = HOST } = signer;
  const scope = `${stampOf(atMs).slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const all: Fields = {
    Version: '2011-06-15',
    ...fields,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${secretId}/${scope}`,
    'X-Amz-Date': stampOf(atMs),
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
    ...(token === undefined ? {} : { 'X-Amz-Security-Token': token }),
  };
  const pairs = Object.entries(all).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const query = pairs.sort().join('&');
  const { signature } = signatureOf(signer, `GET\n/\n${query}\nhost:${host}\n\nhost\n${sha256('')}`);
  return wireRequest({ host, method: 'GET', target: `/?${query}&X-Amz-Signature=${signature}` });
}

export interface AwsAnswer {
  readonly status: number;
  readonly text: string;
  /** Text of the first element of a name; '' where there is none. */
  element(name: string): string;
}

export function standingAwsService(
  options: { readonly maintenance?: boolean; readonly failedSignatures?: FailedSignatures } = {},
) {
  const clock = new ManualClock(NOW_MS);
  const { directory: standing, tokens } = standingTokens({
    get ms() {
      return clock.nowMs();
    },
  } as { ms: number });
  const account = (appid: string) => (appid === APPID ? { uin: OWNER } : undefined);
  const directory = Object.assign(standing, { account });
  const failures: unknown[] = [];
  const onInternalError = (error: unknown) => failures.push(error);
  const dialect = new AwsStsDialect({ directory, tokens, clock, onInternalError, ...options });
  const ask = async (request: WireRequest): Promise<AwsAnswer> => {
    const { status, headers, body } = await dialect.handle(request);
    if (headers[1] !== 'text/xml') throw new Error('every answer is XML');
    const text = String(body);
    return { status, text, element: (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '' };
  };
  /** The key that an answer holds, as it signs the next call. */
  const keyOf = (answer: AwsAnswer): Signer => ({
    secretId: answer.element('AccessKeyId'),
    secretKey: answer.element('SecretAccessKey'),
    token: answer.element('SessionToken'),
  });
  return { clock, directory, tokens, dialect, failures, ask, keyOf };
}
