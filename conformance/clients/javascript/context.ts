/** What the steps of the SDKs in JavaScript share: the SDK, the bucket, and requests without an SDK. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Json } from '../../case.ts';

/** An SDK's own types differ between versions: any parameters, any answer. */
// biome-ignore lint/suspicious/noExplicitAny: the point of this type
export type Answer = any;
export type Sdk = Readonly<Record<string, (parameters: Record<string, unknown>) => Promise<Answer>>>;

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly code: string | undefined;
}

export interface Context {
  readonly sdk: Sdk;
  /** Another instance of the SDK, with other keys. */
  readonly withKeys: (secretId: string, secretKey: string) => Sdk;
  readonly bucket: string;
  readonly versionedBucket: string;
  readonly region: string;
  readonly appid: string;
  readonly address: string | undefined;
  readonly scheme: string;
  /** A folder that is removed after the run. */
  readonly scratch: string;
}

/** A case, run: what was observed. */
export type Step = (context: Context, id: string) => Promise<Json>;
export type Steps = Readonly<Record<string, Step>>;

export function contextFromEnvironment(
  make: (secretId: string, secretKey: string, address: string | undefined) => Sdk,
): Context {
  const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';
  const address = given('ADDRESS') === '' ? undefined : given('ADDRESS');
  const withKeys = (secretId: string, secretKey: string) => make(secretId, secretKey, address);
  return {
    sdk: withKeys(given('SECRET_ID'), given('SECRET_KEY')),
    withKeys,
    bucket: given('BUCKET'),
    versionedBucket: given('VERSIONED_BUCKET'),
    region: given('REGION'),
    appid: given('APPID'),
    address,
    scheme: given('SCHEME'),
    scratch: given('SCRATCH'),
  };
}

/** A call about one key of the ordinary bucket. */
export function on(context: Context, Key: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { Bucket: context.bucket, Region: context.region, Key, ...more };
}

/** A call about one key of the bucket with versions. */
export function onVersioned(
  context: Context,
  Key: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return { Bucket: context.versionedBucket, Region: context.region, Key, ...more };
}

export const CONTENT = '123456789';

export function put(context: Context, Key: string, more: Record<string, unknown> = {}): Promise<Answer> {
  return context.sdk.putObject!(on(context, Key, { Body: CONTENT, ...more }));
}

export async function bodyOf(context: Context, Key: string, more: Record<string, unknown> = {}): Promise<string> {
  return String((await context.sdk.getObject!(on(context, Key, more))).Body);
}

/** Status and code of a call that must fail. @throws Error when it does not */
export async function failure(call: Promise<Answer>): Promise<{ status: number; code: string }> {
  const outcome = await call.then(
    (answer) => ({ answer }),
    (error: Answer) => ({ error }),
  );
  if ('answer' in outcome) throw new Error(`succeeded with ${outcome.answer?.statusCode}`);
  const { statusCode, code, error } = outcome.error;
  if (statusCode === undefined) throw outcome.error;
  return { status: statusCode, code: error?.Code ?? code ?? '' };
}

export async function statusOf(call: Promise<Answer>): Promise<number> {
  try {
    const { statusCode, NotModified } = await call;
    // What the SDKs make of a 304 with If-Modified-Since.
    return NotModified === true ? 304 : statusCode;
  } catch (error) {
    const { statusCode } = error as Answer;
    if (statusCode === undefined) throw error;
    return statusCode;
  }
}

/** Host name of the bucket. */
export function hostOf(context: Context, bucket = context.bucket): string {
  return `${bucket}.cos.${context.region}.myqcloud.com`;
}

/** Metadata of an answer, by the names behind `x-cos-meta-`. */
export function metaOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = 'x-cos-meta-';
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

/** A URL asked for without any SDK. The name in it goes into `Host`, the connection to the server under test. */
export function raw(context: Context, url: string, method = 'GET', body = ''): Promise<RawAnswer> {
  const { protocol, host, pathname, search } = new URL(url);
  const [name, port] = (context.address ?? host).split(':');
  const send = protocol === 'https:' && context.address === undefined ? httpsRequest : httpRequest;
  const headers = { Host: host, ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }) };
  return new Promise((resolve, reject) => {
    const target = { host: name, ...(port === undefined ? {} : { port }), method, path: pathname + search, headers };
    const outgoing = send(target, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
