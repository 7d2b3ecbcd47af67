/** Signature Version 4 of Amazon S3 in the header, over Host and every header that a row says. Source: spec/s3.md §4.1. */
import { createHash, createHmac } from 'node:crypto';
import type { S3Sign } from './row.ts';

export interface Unsigned {
  readonly method: string;
  readonly host: string;
  /** Path and query as on the request line, percent-encoded. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface Keys {
  readonly secretId: string;
  readonly secretKey: string;
}

/** curl has no default for it that suits S3; the server takes any. */
export const S3_REGION = 'us-east-1';
const PAYLOAD = 'x-amz-content-sha256';

/** Of a row that says no hash of its own: older curl computes none. */
export function payloadHeaders(names: readonly string[]): [string, string][] {
  return names.some((name) => name.toLowerCase() === PAYLOAD) ? [] : [[PAYLOAD, 'UNSIGNED-PAYLOAD']];
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** @returns the headers that sign the request */
export function signatureV4(request: Unsigned, sign: S3Sign, { secretId, secretKey }: Keys): [string, string][] {
  const { method, host, target, headers } = request;
  const stamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const added: [string, string][] = [['x-amz-date', stamp], ...payloadHeaders(headers.map(([name]) => name))];
  const signed = [['host', host] as const, ...headers, ...added].map(
    ([name, value]) => [name.toLowerCase(), value.trim()] as const,
  );
  signed.sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const payload = signed.find(([name]) => name === PAYLOAD)![1];
  const [path = '', query = ''] = target.split('?');
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = `${method}\n${path}\n${canonicalQuery(query)}\n${lines}\n${names}\n${payload}`;
  const parts = [stamp.slice(0, 8), S3_REGION, sign.service ?? 's3', 'aws4_request'];
  const scope = parts.join('/');
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${sha256(canonical)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return [...added, ['Authorization', authorization]];
}

function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '');
  return pairs
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
    .sort()
    .join('&');
}
