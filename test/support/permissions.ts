/** Requests by any identity to a server process: signed, anonymous, with a temporary key, as a form. */
import { createHash } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { hmacSha1, signKey } from '../../src/cos/signature/hash.ts';
import { authorization } from '../../src/cos/signature/sign.ts';
import type { Answer, Sent } from './http.ts';
import { errorOf } from './raw.ts';
import { REGION } from './server-process.ts';

/** A key pair; undefined where nobody signs. */
export interface Signer {
  readonly secretId: string;
  readonly secretKey: string;
  /** Of a temporary key. */
  readonly token?: string;
}

export interface Asked extends Omit<Sent, 'signed'> {
  /** `service` addresses the list of buckets. */
  readonly level?: 'service';
  /** Fields of a form that is sent as the body, the file last. */
  readonly form?: Readonly<Record<string, string>>;
  /** Of the policy of the form, beside those that it must have. */
  readonly conditions?: readonly unknown[];
  /** Of the policy of the form, s. */
  readonly expiresIn?: number;
}

const SIGNED_S = 600;
const BOUNDARY = 'permissions';
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** @param bucket full name */
export function askAs(port: number, signer: Signer | undefined, bucket: string, asked: Asked): Promise<Answer> {
  const { method, key = '', query = {}, form } = asked;
  const host =
    asked.level === 'service' ? 'service.cos.myqcloud.com' : `${asked.bucket ?? bucket}.cos.${REGION}.myqcloud.com`;
  const body = form === undefined ? asked.body : formBody(form, asked, signer);
  const headers: OutgoingHttpHeaders = { host, 'content-length': Buffer.byteLength(body ?? ''), ...asked.headers };
  if (form !== undefined) headers['content-type'] = `multipart/form-data; boundary=${BOUNDARY}`;
  else if (signer !== undefined) {
    const { secretId, secretKey, token } = signer;
    const from = Math.floor(Date.now() / 1_000) - 5;
    const signed = { secretId, secretKey, method, path: `/${key}`, headers: [['host', host]] as const };
    headers['authorization'] = authorization({ ...signed, from, to: from + SIGNED_S });
    if (token !== undefined) headers['x-cos-security-token'] = token;
  }
  const pairs = Object.entries(query).map(([name, value]) =>
    value === '' ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const path = `/${key.split('/').map(encodeURIComponent).join('/')}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
  return exchange(port, method, path, headers, body);
}

function exchange(
  port: number,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  body: string | Buffer | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => resolve(answerOf(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks))));
    });
    outgoing.on('error', reject);
    outgoing.end(typeof body === 'string' ? Buffer.from(body) : body);
  });
}

function answerOf(status: number, headers: IncomingHttpHeaders, body: Buffer): Answer {
  const text = body.toString('utf8');
  return { status, headers, body, text, error: text.includes('<Error>') ? errorOf(text) : {} };
}

/** The form as browsers send it, signed by its policy. */
function formBody(form: Readonly<Record<string, string>>, asked: Asked, signer: Signer | undefined): string {
  const { file = '', ...fields } = form;
  const all = { ...fields, ...(signer === undefined ? {} : signatureFields(signer, asked)) };
  const part = (name: string, value: string, more = '') =>
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const parts = Object.entries(all).map(([name, value]) => part(name, value));
  return `${parts.join('')}${part('file', file, '; filename="f"')}--${BOUNDARY}--\r\n`;
}

function signatureFields(
  { secretId, secretKey, token }: Signer,
  { conditions = [], expiresIn = SIGNED_S }: Asked,
): Record<string, string> {
  const from = Math.floor(Date.now() / 1_000) - 5;
  const time = `${from};${from + SIGNED_S}`;
  const needed = [{ 'q-sign-algorithm': 'sha1' }, { 'q-ak': secretId }, { 'q-sign-time': time }];
  const policy = JSON.stringify({
    expiration: new Date((from + expiresIn) * 1_000).toISOString(),
    conditions: [...needed, ...conditions],
  });
  return {
    ...{ policy: Buffer.from(policy).toString('base64'), 'q-sign-algorithm': 'sha1', 'q-ak': secretId },
    'q-key-time': time,
    'q-signature': hmacSha1(signKey(secretKey, time), createHash('sha1').update(policy).digest('hex')),
    ...(token === undefined ? {} : { 'x-cos-security-token': token }),
  };
}
