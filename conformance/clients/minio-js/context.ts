/** What the steps of minio-js share: the client, the last status that it saw, and the buckets. */
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Json } from '../../case.ts';

/** The package is installed on demand: no types of it here. */
// biome-ignore lint/suspicious/noExplicitAny: the point of this type
export type Answer = any;
export type Minio = Readonly<Record<string, (...args: unknown[]) => Answer>>;

export const CONTENT = '123456789';
export const PART_BYTES = 5 * 1_048_576;

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
const packages = createRequire(join(given('INSTALLED'), 'package.json'));
export const minio = packages('minio') as Readonly<Record<string, new (...args: unknown[]) => Answer>>;

export const bucket = given('BUCKET');
export const versioned = given('VERSIONED_BUCKET');
export const appid = given('APPID');
export const region = given('REGION');
export const scratch = given('SCRATCH');
export const secretId = given('SECRET_ID');
export const keys = JSON.parse(given('KEYS') || '{}') as Record<string, string>;
export const urlOf = (key: string): string => `http://${given('ADDRESS')}/${bucket}/${key}`;

/** The client shows the status of no answer. */
let lastStatus = 0;
const transport = {
  ...http,
  request: (options: http.RequestOptions, done: (answer: http.IncomingMessage) => void) =>
    http.request(options, (answer) => {
      lastStatus = answer.statusCode ?? 0;
      done(answer);
    }),
};

export function clientFor(accessKey: string, secretKey: string): Minio {
  const [endPoint, port] = given('ADDRESS').split(':');
  const where = { endPoint, port: Number(port), useSSL: false, region, pathStyle: true };
  return new minio['Client']!({ ...where, accessKey, secretKey, transport, partSize: PART_BYTES }) as Minio;
}

export const s3 = clientFor(secretId, given('SECRET_KEY'));

export type Steps = Readonly<Record<string, (context: undefined, id: string) => Promise<Json>>>;

export function put(key: string, body: unknown = CONTENT, headers: Record<string, string> = {}): Promise<Answer> {
  const size = typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.byteLength(body) : undefined;
  return s3['putObject']!(bucket, key, body, size, headers);
}

export const stat = (key: string): Promise<Answer> => s3['statObject']!(bucket, key);

export async function all(stream: Readable | Promise<Readable>): Promise<Answer[]> {
  const pieces: Answer[] = [];
  for await (const piece of await stream) pieces.push(piece);
  return pieces;
}

export async function bodyOf(key: string, from = bucket, options: object = {}): Promise<string> {
  return Buffer.concat(await all(s3['getObject']!(from, key, options))).toString();
}

export async function namesBelow(prefix: string): Promise<string[]> {
  const found = await all(s3['listObjectsV2']!(bucket, prefix, true));
  return found.map(({ name }: { name: string }) => name.slice(prefix.length));
}

/** Status and code of a call that must fail. @throws Error when it does not */
export async function failure(call: Promise<unknown>): Promise<{ status: number; code: string }> {
  try {
    await call;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    return { status: lastStatus, code };
  }
  throw new Error('succeeded');
}

/** Status of a call, whether it fails or not. */
export async function statusOf(call: Promise<unknown>): Promise<number> {
  await call.catch(() => undefined);
  return lastStatus;
}
