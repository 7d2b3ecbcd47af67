/** A valid request of each form in which a signature can come, and how its signature is taken out and put back. */
import { createHmac } from 'node:crypto';
import { formSignature } from '../../src/cos/signature/form.ts';
import { authorization, presignedQuery, type SignInput } from '../../src/cos/signature/sign.ts';
import type { FuzzRequest, Header } from './request.ts';
import { headSafe } from './request.ts';

export interface Pair {
  readonly secretId: string;
  readonly secretKey: string;
}

export interface Session extends Pair {
  readonly token: string;
}

export interface Form {
  readonly name: string;
  /** How what it means is read: meaning.ts. */
  readonly reading: 'header' | 'query' | 'sign' | 'v4' | 'form';
  readonly request: FuzzRequest;
  /** The text that is mutated. */
  readonly text: string;
  /** The same text, signed with another SecretKey for this SecretId. */
  readonly forged: string;
  /** The request with another text. */
  with(text: string): FuzzRequest;
}

export interface Ground {
  readonly bucket: string;
  readonly host: string;
  /** Key of an object that is there, and its encoded path. */
  readonly key: string;
  readonly path: string;
  readonly pair: Pair;
  readonly other: Pair;
  readonly session: Session;
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
}

const NO_BODY = Buffer.alloc(0);
const BOUNDARY = 'fuzzFUZZfuzz';
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

export function allForms(ground: Ground): Form[] {
  const { pair, other, session } = ground;
  return [
    headerForm('header', ground, pair, other.secretKey),
    headerForm('header with headers and parameters', ground, pair, other.secretKey, {
      method: 'PUT',
      params: [['acl', '']],
      headers: [
        ['content-type', 'text/plain'],
        ['x-cos-acl', 'private'],
        ['x-cos-meta-a', 'b c/图'],
      ],
    }),
    headerForm('header of a temporary key', ground, session, other.secretKey, {
      headers: [['x-cos-security-token', session.token]],
    }),
    queryForm('query', ground, pair, other.secretKey, []),
    queryForm('query with parameters', ground, pair, other.secretKey, [
      ['response-content-type', 'a/b c'],
      ['response-expires', '图'],
    ]),
    queryForm('query of a temporary key', ground, session, other.secretKey, [['x-cos-security-token', session.token]]),
    signForm('sign', ground, other.secretKey, true),
    signForm('sign as it stands in the URL', ground, other.secretKey, false),
    v4Form('v4 token', ground, true),
    v4Form('v4 token as base64', ground, false),
    tokenForm(ground),
    policyForm('form', ground, 'fields'),
    policyForm('form policy', ground, 'policy'),
  ];
}

interface Extra {
  readonly method?: string;
  readonly params?: readonly Header[];
  readonly headers?: readonly Header[];
}

function headerForm(name: string, ground: Ground, pair: Pair, forgedKey: string, extra: Extra = {}): Form {
  const { host, path, key, from, to } = ground;
  const { method = 'GET', params = [], headers = [] } = extra;
  const signed: Header[] = [['host', host], ...headers].sort(([a], [b]) => (a! < b! ? -1 : 1)) as unknown as Header[];
  const input: SignInput = { ...pair, method, path: `/${key}`, params, headers: signed, from, to };
  const text = authorization(input);
  const sent = signed.map(([header, value]): Header => [header, latin1(value)]);
  const query = params
    .map(([param, value]) => (value === '' ? param : `${param}=${encodeURIComponent(value)}`))
    .join('&');
  const build = (value: string): FuzzRequest => {
    const all: Header[] = [...sent, ['authorization', headSafe(value, false)]];
    return { method, path, query, headers: all, body: NO_BODY };
  };
  const forged = authorization({ ...input, secretKey: forgedKey });
  return { name, reading: 'header', request: build(text), text, forged, with: build };
}

function queryForm(name: string, ground: Ground, pair: Pair, forgedKey: string, params: readonly Header[]): Form {
  const { host, path, key, from, to } = ground;
  const input: SignInput = { ...pair, method: 'GET', path: `/${key}`, params, headers: [['host', host]], from, to };
  const own = params.map(([param, value]) => `&${param}=${encodeURIComponent(value)}`).join('');
  const build = (query: string): FuzzRequest => {
    return { method: 'GET', path, query: headSafe(query, true), headers: [['host', host]], body: NO_BODY };
  };
  const text = `${presignedQuery(input)}${own}`;
  const forged = `${presignedQuery({ ...input, secretKey: forgedKey })}${own}`;
  return { name, reading: 'query', request: build(text), text, forged, with: build };
}

/** @param inner mutate what the parameter holds, not its encoded form */
function signForm(name: string, ground: Ground, forgedKey: string, inner: boolean): Form {
  const { host, path, key, pair, from, to } = ground;
  const input: SignInput = { ...pair, method: 'GET', path: `/${key}`, headers: [['host', host]], from, to };
  const wrap = (text: string) => `sign=${encodeBytes(text)}`;
  const build = (text: string): FuzzRequest => {
    const query = inner ? wrap(text) : headSafe(text, true);
    return { method: 'GET', path, query, headers: [['host', host]], body: NO_BODY };
  };
  const of = (secretKey: string) => {
    const text = authorization({ ...input, secretKey });
    return inner ? text : wrap(text);
  };
  return {
    name,
    reading: 'sign',
    request: build(of(pair.secretKey)),
    text: of(pair.secretKey),
    forged: of(forgedKey),
    with: build,
  };
}

/** @param inner mutate the bytes that are signed, not their base64 */
function v4Form(name: string, ground: Ground, inner: boolean): Form {
  const { host, path, key, bucket, pair, other, from, to } = ground;
  const [short, appid] = bucket.split(/-(?=\d+$)/) as [string, string];
  const file = `/${appid}/${short}/${key.split('/').map(encodeURIComponent).join('/')}`;
  const signed = `a=${appid}&b=${short}&k=${pair.secretId}&t=${from}&e=${to}&r=123456&f=${file}`;
  const bytesOf = (secretKey: string) =>
    Buffer.concat([createHmac('sha1', secretKey).update(signed).digest(), Buffer.from(signed)]);
  const build = (text: string): FuzzRequest => {
    const token = inner ? Buffer.from(text, 'latin1').toString('base64') : text;
    return { method: 'GET', path, query: `sign=${encodeBytes(token)}`, headers: [['host', host]], body: NO_BODY };
  };
  const of = (secretKey: string) => bytesOf(secretKey).toString(inner ? 'latin1' : 'base64');
  return {
    name,
    reading: 'v4',
    request: build(of(pair.secretKey)),
    text: of(pair.secretKey),
    forged: of(other.secretKey),
    with: build,
  };
}

/** The token of a temporary key, outside of the signature. */
function tokenForm(ground: Ground): Form {
  const { host, path, key, session, other, from, to } = ground;
  const input: SignInput = { ...session, method: 'GET', path: `/${key}`, headers: [['host', host]], from, to };
  const value = authorization(input);
  const build = (token: string): FuzzRequest => {
    const headers: Header[] = [
      ['host', host],
      ['x-cos-security-token', headSafe(token, false)],
      ['authorization', value],
    ];
    return { method: 'GET', path, query: '', headers, body: NO_BODY };
  };
  const { token } = session;
  const forged = `${token.slice(0, token.length >> 1)}${other.secretKey}`;
  return { name: 'token', reading: 'header', request: build(token), text: token, forged, with: build };
}

/** @param part mutate the fields as `name=value&…`, or the text of the policy below an unchanged signature */
function policyForm(name: string, ground: Ground, part: 'fields' | 'policy'): Form {
  const { host, bucket, key, pair, other, from, to } = ground;
  const keyTime = `${from};${to}`;
  const policy = JSON.stringify({
    expiration: new Date(to * 1_000).toISOString(),
    conditions: [
      { bucket },
      { key },
      ['content-length-range', 0, 100],
      { 'q-sign-algorithm': 'sha1' },
      { 'q-ak': pair.secretId },
      { 'q-sign-time': keyTime },
    ],
  });
  const fieldsOf = (text: string, secretKey: string) => {
    const field = Buffer.from(text, part === 'policy' ? 'latin1' : 'utf8').toString('base64');
    const signature = formSignature(secretKey, keyTime, Buffer.from(policy));
    return `policy=${field}&q-sign-algorithm=sha1&q-ak=${pair.secretId}&q-key-time=${keyTime}&q-sign-time=${keyTime}&q-signature=${signature}`;
  };
  const build = (text: string): FuzzRequest => {
    const fields = part === 'policy' ? fieldsOf(text, pair.secretKey) : text;
    const type = `multipart/form-data; boundary=${BOUNDARY}`;
    return {
      method: 'POST',
      path: '/',
      query: '',
      headers: [
        ['host', host],
        ['content-type', type],
      ],
      body: multipart(key, fields),
    };
  };
  const text = part === 'policy' ? latin1(policy) : fieldsOf(policy, pair.secretKey);
  const forged = part === 'policy' ? latin1(policy).replace(/"key":"/, '"key":"x') : fieldsOf(policy, other.secretKey);
  return { name, reading: 'form', request: build(text), text, forged, with: build };
}

function multipart(key: string, fields: string): Buffer {
  let out = part('key', key);
  for (const field of fields.split('&')) {
    const equals = field.indexOf('=');
    if (equals > 0) out += part(field.slice(0, equals).replace(/[^!#-~]/g, ''), field.slice(equals + 1));
  }
  const file = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhello\r\n--${BOUNDARY}--\r\n`;
  return Buffer.from(`${out}${file}`, 'utf8');
}

function part(name: string, value: string): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

/** One character a byte; characters beyond are UTF-8. */
function encodeBytes(text: string): string {
  return encodeURIComponent(text.replace(/[\uD800-\uDFFF]/g, '?'));
}
