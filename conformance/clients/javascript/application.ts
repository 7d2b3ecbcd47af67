/**
 * The form `proxy` of the SDK for Node: an application that gives the SDK its keys and nothing else. URLs are read with
 * the package that the SDK itself sends requests with, since Node's own clients pass over `HTTPS_PROXY`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { REPEATED } from '../../cases/https-proxy.ts';
import { CONTENT, type Context, contextFromEnvironment, hostOf, on, put, type Sdk, type Steps } from './context.ts';
import { drive } from './drive.ts';

const MIB = 1_048_576;
type Request = (url: string, done: (error: Error | null, answer: unknown, body: string) => void) => void;

const content = Buffer.from(CONTENT.repeat(REPEATED));

async function upload(context: Context, id: string): Promise<void> {
  const path = join(context.scratch, id);
  writeFileSync(path, content);
  await context.sdk.uploadFile!(on(context, `${id}/file`, { FilePath: path, SliceSize: MIB }));
}

async function keysUnder(context: Context, prefix: string): Promise<string[]> {
  const { Contents } = await context.sdk.getBucket!({
    Bucket: context.bucket,
    Region: context.region,
    Prefix: prefix,
  });
  return (Contents as { Key: string }[]).map(({ Key }) => Key.slice(prefix.length));
}

function stepsWith(request: Request): Steps {
  const read = (url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      request(url, (error, _answer, body) => (error === null ? resolve(body) : reject(error)));
    });
  return {
    'proxy-upload': async (context, id) => {
      await upload(context, id);
      const { headers } = await context.sdk.headObject!(on(context, `${id}/file`));
      return { crc64: headers['x-cos-hash-crc64ecma'] };
    },
    'proxy-list': async (context, id) => {
      for (const name of ['b', 'a']) await put(context, `${id}/${name}`);
      return { keys: await keysUnder(context, `${id}/`) };
    },
    'proxy-presign': async (context, id) => {
      await put(context, `${id}/file`);
      const url: unknown = context.sdk.getObjectUrl!(on(context, `${id}/file`, { Sign: true }));
      const https = String(url).startsWith(`https://${hostOf(context)}/`);
      return { https, body: await read(String(url)) };
    },
    'proxy-download': async (context, id) => {
      await upload(context, id);
      const path = join(context.scratch, `${id}.back`);
      await context.sdk.downloadFile!(on(context, `${id}/file`, { FilePath: path, ChunkSize: MIB }));
      const back = readFileSync(path);
      return { length: back.length, same: back.equals(content) };
    },
    'proxy-delete': async (context, id) => {
      await put(context, `${id}/file`);
      const before = await keysUnder(context, `${id}/`);
      await context.sdk.deleteObject!(on(context, `${id}/file`));
      return { before, after: await keysUnder(context, `${id}/`) };
    },
  };
}

/** @param sdk package of the SDK @param http the package that it sends requests with */
export async function runApplication(
  sdk: string,
  http: string,
  make: (SecretId: string, SecretKey: string) => Sdk,
): Promise<void> {
  const require = createRequire(join(process.cwd(), 'node_modules', sdk, 'package.json'));
  await drive(contextFromEnvironment(make), stepsWith(require(http) as Request), {});
}
