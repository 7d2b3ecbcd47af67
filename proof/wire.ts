/** Requests of rows as bytes on a socket: nothing is added that the row does not say. */
import { createHash, createHmac } from 'node:crypto';
import { converse } from '../test/support/conversation.ts';
import { exchange, type RawAnswer } from '../test/support/raw.ts';
import { SECRET_ID, SECRET_KEY } from '../test/support/server-process.ts';
import { GUANGZHOU } from './asks.ts';
import type { Ask, Sign } from './row.ts';
import { signatureV4, type Unsigned } from './sign-v4.ts';

/** What `{name}` stands for. */
export type World = Map<string, string>;

const BOUNDARY = 'proof-of-errors';
const ANSWER_MS = 20_000;

/** @throws Error for a name that nothing has saved */
export function fill(text: string, world: World): string {
  return text.replace(/\{([a-zA-Z]\w*)\}/g, (_, name: string) => {
    const value = world.get(name);
    if (value === undefined) throw new Error(`nothing is known as ${name}`);
    return value;
  });
}

export function hostOf({ host, bucket = '{bucket}', region = GUANGZHOU }: Ask): string {
  return host ?? `${bucket}.cos.${region}.localhost`;
}

/** @param port of the server @throws Error when no answer comes */
export async function ask(port: number, given: Ask, world: World): Promise<RawAnswer> {
  const { head, body } = bytesOf(given, world);
  if (given.cut === true) return cutOff(port, given, head, body);
  const { pauseMs } = given;
  const pieces = pauseMs === undefined ? [body] : [body.subarray(0, 1), pauseMs, body.subarray(1)];
  return answered(await exchange(port, [head, ...pieces], ANSWER_MS), given);
}

async function cutOff(port: number, given: Ask, head: string, body: Buffer): Promise<RawAnswer> {
  const conversation = converse(port);
  conversation.write(head + body.toString('latin1'));
  conversation.end();
  return answered(await conversation.answer, given);
}

/** As `ask`; the other request is answered after the head and before the body. */
export async function askSlowly(port: number, given: Ask, meanwhile: Ask, world: World): Promise<RawAnswer> {
  const { head, body } = bytesOf(given, world);
  const slow = converse(port);
  slow.write(head);
  await slow.heard('100 Continue');
  const between = await ask(port, meanwhile, world);
  if (between.status >= 300) throw new Error(`meanwhile: ${between.status} ${between.body}`);
  slow.write(body.toString('latin1'));
  return answered(await slow.answer, given);
}

function answered(answer: RawAnswer, { method, target }: Ask): RawAnswer {
  if (answer.status === 0) throw new Error(`${method} ${target}: no answer`);
  return answer;
}

function bytesOf(given: Ask, world: World): { head: string; body: Buffer } {
  const target = fill(given.target, world);
  const host = fill(hostOf(given), world);
  const { body, type } = bodyOf(given, world);
  const announced = given.announced ?? body?.length;
  const lines = [`${given.method} ${target} HTTP/1.1`];
  if (host !== '') lines.push(`Host: ${host}`);
  if (type !== undefined) lines.push(`Content-Type: ${type}`);
  if (announced !== undefined) lines.push(`Content-Length: ${announced}`);
  // The end of the connection is the end of the answer, whatever it announces.
  lines.push('Connection: close');
  const headers = Object.entries(given.headers ?? {}).map(([name, value]) => [name, fill(value, world)] as const);
  const sent = { method: given.method, host, target, headers };
  for (const [name, value] of [...headers, ...signatureOf(given, sent, world)]) lines.push(`${name}: ${value}`);
  return { head: `${lines.join('\r\n')}\r\n\r\n`, body: body ?? Buffer.alloc(0) };
}

function signatureOf({ s3, sign }: Ask, sent: Unsigned, world: World): readonly (readonly [string, string])[] {
  if (s3 === false || (s3 === undefined && sign === false)) return [];
  if (s3 !== undefined) return signatureV4(sent, s3, { secretId: SECRET_ID, secretKey: SECRET_KEY });
  return [['Authorization', authorization(sent.method, sent.target, filled(sign || {}, world))]];
}

function bodyOf({ body, form, lines }: Ask, world: World): { body: Buffer | undefined; type?: string } {
  if (form !== undefined) {
    const parts = form.map(([name, value, file]) => {
      const filename = file === undefined ? '' : `; filename="${file}"`;
      return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename}\r\n\r\n${fill(value, world)}\r\n`;
    });
    const type = `multipart/form-data; boundary=${BOUNDARY}`;
    return { body: Buffer.from(`${parts.join('')}--${BOUNDARY}--\r\n`), type };
  }
  if (lines !== undefined) return { body: Buffer.from('1\n'.repeat(lines)) };
  if (typeof body === 'number') return { body: Buffer.alloc(body) };
  return { body: body === undefined ? undefined : Buffer.from(fill(body, world)) };
}

function filled(sign: Sign, world: World): Sign {
  const { secretId = SECRET_ID, secretKey = SECRET_KEY } = sign;
  return { ...sign, secretId: fill(secretId, world), secretKey: fill(secretKey, world) };
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex');

/** Signs method and path, no header and no parameter. */
function authorization(method: string, target: string, sign: Sign): string {
  const start = Math.floor(Date.now() / 1_000) + (sign.aheadS ?? 0) - 60;
  const span = `${start};${start + 660}`;
  const path = decodeURIComponent(target.split('?')[0]!);
  const text = sha1(`${(sign.method ?? method).toLowerCase()}\n${path}\n\n\n`);
  const signature = hmac(hmac(sign.secretKey ?? SECRET_KEY, span), `sha1\n${span}\n${text}\n`);
  return (
    `q-sign-algorithm=${sign.algorithm ?? 'sha1'}&q-ak=${sign.secretId ?? SECRET_ID}&q-sign-time=${span}` +
    `&q-key-time=${span}&q-header-list=&q-url-param-list=&q-signature=${signature}`
  );
}
