/** The requests of rows in JavaScript, with the official Node SDK. */
import { GUANGZHOU } from './asks.ts';
import { type Ask, type ProofRow, type Words, w } from './row.ts';

/** To be run once, after the shell's: it takes the key pair from there. */
export const SDK_PRELUDE = `import COS from 'cos-nodejs-sdk-v5';

const { COSETTE_SECRET_ID, COSETTE_SECRET_KEY, COSETTE_PORT } = process.env;
const options = {
  SecretId: COSETTE_SECRET_ID, SecretKey: COSETTE_SECRET_KEY, Protocol: 'http:', Ip: \`127.0.0.1:\${COSETTE_PORT}\`,
};
const cos = new COS(options);
const Bucket = 'examplebucket-1250000000', Region = 'ap-guangzhou';`;

const NOT_S3 = w('The SDK of COS does not speak S3.', 'COS 的 SDK 不支持 S3 协议。');

/** The statements that fail with the code, or why there are none. */
export function sdkOf(row: ProofRow): { readonly code: string } | { readonly reason: Words } {
  if (row.noSdk !== undefined) return { reason: row.noSdk };
  if (row.request.s3 !== undefined) return { reason: NOT_S3 };
  return { code: row.sdk ?? general(row.request) };
}

/** By the SDK's method for requests of any kind. */
function general(request: Ask): string {
  const { method, target, bucket, region = GUANGZHOU, headers = {}, body, lines } = request;
  const [path = '', query = ''] = target.split('?');
  const key = decodeURIComponent(path.slice(1));
  const fields = [
    bucket === undefined ? 'Bucket' : `Bucket: ${literal(bucket)}`,
    region === GUANGZHOU ? 'Region' : `Region: ${literal(region)}`,
    `Method: '${method}'`,
  ];
  if (key !== '') fields.push(`Key: ${literal(key)}`);
  if (query !== '') fields.push(`Query: ${object(pairs(query))}`);
  if (Object.keys(headers).length > 0) fields.push(`Headers: ${object(Object.entries(headers))}`);
  if (lines !== undefined) fields.push(`Body: '1\\n'.repeat(${lines})`);
  else if (typeof body === 'number') fields.push(`Body: Buffer.alloc(${body})`);
  else if (body !== undefined) fields.push(`Body: ${literal(body)}`);
  const line = `await cos.request({ ${fields.join(', ')} });`;
  return line.length <= 110 ? line : `await cos.request({\n  ${fields.join(',\n  ')},\n});`;
}

function pairs(query: string): [string, string][] {
  return query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
}

const object = (entries: readonly (readonly [string, string])[]) =>
  `{ ${entries.map(([name, value]) => `${/^\w+$/.test(name) ? name : `'${name}'`}: ${literal(value)}`).join(', ')} }`;

/** `{name}` is a variable of that name; `{bucket}` the constant `Bucket`. */
function literal(text: string): string {
  if (!/\{[a-zA-Z]\w*\}/.test(text)) {
    const inner = text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n');
    return `'${inner.replace(/[^\x20-\x7e\u00a0-\uffff]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)}'`;
  }
  return `\`${text.replace(/[\\`$]/g, '\\$&').replace(/\{([a-zA-Z]\w*)\}/g, (_, name) => `\${${name === 'bucket' ? 'Bucket' : name}}`)}\``;
}
