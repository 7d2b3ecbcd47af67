/** The requests of rows as lines for a shell, and the few functions that these lines use. */
import { GUANGZHOU } from './asks.ts';
import type { Ask, ProofRow, Step } from './row.ts';
import { payloadHeaders, S3_REGION } from './sign-v4.ts';

/** To be pasted once. Needs Node and curl. */
export const PRELUDE = `export $(cosette key show)                 # the key pair of the first account
export COSETTE_DATA=./cosette-data COSETTE_PORT=9000
bucket=examplebucket-1250000000
at=http://$bucket.cos.ap-guangzhou.localhost:$COSETTE_PORT

# sign METHOD PATH [SECONDS]: prints an Authorization for a client whose clock is so much ahead
sign() { node -e '
const { createHash, createHmac } = require("node:crypto");
const [method, path, ahead = 0] = process.argv.slice(1);
const { COSETTE_SECRET_ID: id, COSETTE_SECRET_KEY: key } = process.env;
const start = Math.floor(Date.now() / 1000) + Number(ahead) - 60, span = start + ";" + (start + 660);
const mac = (key, text) => createHmac("sha1", key).update(text).digest("hex");
const sha1 = (text) => createHash("sha1").update(text).digest("hex");
const text = sha1(method.toLowerCase() + "\\n" + decodeURIComponent(path) + "\\n\\n\\n");
console.log("q-sign-algorithm=sha1&q-ak=" + id + "&q-sign-time=" + span + "&q-key-time=" + span +
  "&q-header-list=&q-url-param-list=&q-signature=" + mac(mac(key, span), "sha1\\n" + span + "\\n" + text + "\\n"));
' "$@"; }

# temporary SECONDS: prints the id, key and token of a temporary key
temporary() { node -e '
const { createHmac } = require("node:crypto");
const { COSETTE_SECRET_ID, COSETTE_SECRET_KEY, COSETTE_PORT } = process.env;
const policy = { version: "2.0", statement: [{ effect: "allow", action: ["*"], resource: ["*"] }] };
const form = {
  Action: "GetFederationToken", Version: "2018-08-13", Region: "ap-guangzhou", Name: "proof", Nonce: "1",
  Policy: encodeURIComponent(JSON.stringify(policy)), DurationSeconds: process.argv[1],
  SecretId: COSETTE_SECRET_ID, Timestamp: String(Math.floor(Date.now() / 1000)),
};
const text = Object.keys(form).sort().map((name) => name + "=" + form[name]).join("&");
const signed = "POSTsts.tencentcloudapi.com/?" + text;
form.Signature = createHmac("sha1", COSETTE_SECRET_KEY).update(signed).digest("base64");
const body = new URLSearchParams(form).toString();
require("node:http").request({ method: "POST", host: "127.0.0.1", port: COSETTE_PORT, headers: {
  Host: "sts.tencentcloudapi.com", "Content-Length": body.length, "Content-Type": "application/x-www-form-urlencoded",
} }, (answer) => answer.on("data", (data) => {
  const { Credentials: key } = JSON.parse(data).Response;
  console.log(key.TmpSecretId, key.TmpSecretKey, key.Token);
})).end(body);
' "$@"; }`;

/** A word of a shell; `{name}` becomes `\${name}`. */
export function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/\{[a-zA-Z]\w*\}|'/.test(text)) return `'${text}'`;
  return `"${text.replace(/["\\$`]/g, '\\$&').replace(/\{([a-zA-Z]\w*)\}/g, '${$1}')}"`;
}

/** The setup of a row; an entry of its own for each time the server starts anew. */
export function setupLines({ setup = [] }: ProofRow): string[][] {
  const parts: string[][] = [[]];
  for (const step of setup) {
    if ('restart' in step) parts.push([]);
    else parts.at(-1)!.push(stepLine(step));
  }
  return parts;
}

function stepLine(step: Exclude<Step, { restart: unknown }>): string {
  if ('shell' in step) {
    const { shell, save } = step;
    if (save === undefined) return shell;
    if (save.length === 1) return `${save[0]}=$(${shell})`;
    return `read -r ${save.join(' ')} <<END\n$(${shell})\nEND`;
  }
  const { save } = step;
  if (step.times !== undefined) return `for n in $(seq ${step.times}); do ${curl(step)}; done`;
  if (save === undefined) return curl(step);
  const found =
    save.element === undefined
      ? `tr -d '\\r' | sed -n 's/^${anyCase(save.header!)}: //p'`
      : `sed -n 's:.*<${save.element}>\\(.*\\)</${save.element}>.*:\\1:p'`;
  return `${save.as}=$(${curl(step)} | ${found})`;
}

const anyCase = (name: string) => name.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);

/** What provokes the code. */
export function requestLines(row: ProofRow): string {
  const { request, meanwhile, burst } = row;
  if (meanwhile !== undefined) {
    const slow = curl({ ...request, body: '' }).replace(' --data-binary ""', ' -T -');
    const lines = `(sleep 2; printf ${quoted(String(request.body))}) | ${slow} &\nsleep 1\n${curl(meanwhile)}\nwait`;
    return signedBefore(lines, request);
  }
  if (request.pauseMs !== undefined) return signedBefore(curl(request), request);
  if (burst === undefined) return curl(request);
  return `for i in $(seq ${burst}); do ${curl(request)} & done; wait`;
}

/** Where time counts, it must not go into signing. */
function signedBefore(lines: string, request: Ask): string {
  const authorization = signature(request);
  if (authorization === undefined) return lines;
  return `auth=${authorization}\n${lines.replaceAll(authorization, '$auth')}`;
}

/** One request. */
export function curl(given: Ask): string {
  const { method, target, headers = {}, body, announced, form, lines, pauseMs } = given;
  const parts = ['curl -isS'];
  if (lines !== undefined) parts.unshift(`yes 1 | head -n ${lines} |`);
  if (pauseMs !== undefined) {
    const [first, rest] = [String(body).slice(0, 1), String(body).slice(1)];
    parts.unshift(`(printf ${quoted(first)}; sleep ${Math.ceil(pauseMs / 1_000)}; printf ${quoted(rest)}) |`);
  }
  const printed = typeof body === 'string' && body.includes('\r');
  if (printed) parts.unshift(`printf ${quoted(escaped(body))} |`);
  if (typeof body === 'number') parts.unshift(`head -c ${body} /dev/zero |`);
  if (method !== 'GET' || body !== undefined || lines !== undefined) parts.push(`-X ${method}`);
  if (target.includes('%')) parts.push('--path-as-is');
  parts.push(urlOf(given));
  if (given.host === '') parts.push("-H 'Host:'");
  if (given.s3) {
    parts.push(`--aws-sigv4 aws:amz:${S3_REGION}:${given.s3.service ?? 's3'}`);
    parts.push('--user "$COSETTE_SECRET_ID:$COSETTE_SECRET_KEY"');
  }
  const authorization = signature(given);
  if (authorization !== undefined) parts.push(`-H "Authorization: ${authorization}"`);
  const unsaid = given.s3 ? payloadHeaders(Object.keys(headers)) : [];
  for (const [name, value] of [...unsaid, ...Object.entries(headers)]) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (announced !== undefined) parts.push(`-H 'Content-Length: ${announced}'`);
  for (const [name, value, file] of form ?? []) {
    parts.push(`-F ${quoted(`${name}=${value}${file === undefined ? '' : `;filename=${file}`}`)}`);
  }
  if (pauseMs !== undefined) parts.push('-T -');
  else if (typeof body === 'number' || printed || lines !== undefined) parts.push('--data-binary @-');
  else if (body !== undefined) parts.push(`--data-binary ${body === '' ? '""' : quoted(body)}`);
  return parts.join(' ');
}

function urlOf({ host, bucket = '{bucket}', region = GUANGZHOU, target }: Ask): string {
  if (!host && bucket === '{bucket}' && region === GUANGZHOU) return quoted(`{at}${target}`);
  const name = host || `${bucket}.cos.${region}.localhost`;
  return quoted(`http://${name}:{COSETTE_PORT}${target}`);
}

/** For printf. */
const escaped = (text: string) => text.replace(/[%\\]/g, '$&$&').replaceAll('\r', '\\r').replaceAll('\n', '\\n');

function signature({ method, target, s3, sign = {} }: Ask): string | undefined {
  if (sign === false || s3 !== undefined) return undefined;
  const path = quoted(target.split('?')[0]!).replaceAll('"', '');
  const { secretId, secretKey, aheadS, algorithm } = sign;
  const env = [
    ...(secretId === undefined ? [] : [`COSETTE_SECRET_ID=${bare(secretId)} `]),
    ...(secretKey === undefined ? [] : [`COSETTE_SECRET_KEY=${bare(secretKey)} `]),
  ].join('');
  const after = aheadS === undefined ? '' : ` ${aheadS}`;
  const other = algorithm === undefined ? '' : ` | sed s/algorithm=sha1/algorithm=${algorithm}/`;
  return `$(${env}sign ${sign.method ?? method} ${path}${after}${other})`;
}

const bare = (text: string) => quoted(text).replaceAll('"', '');
