/** The documented requests, carried out as a reader would: by curl in a shell, and by the Node SDK. */
import COS from 'cos-nodejs-sdk-v5';
import { APPID, REGION, SECRET_ID, SECRET_KEY } from '../test/support/server-process.ts';
import { prepare } from './prove.ts';
import type { ProofRow } from './row.ts';
import { type Servers, shell } from './servers.ts';
import { requestLines, setupLines } from './shell.ts';
import { ask } from './wire.ts';

let buckets = 0;

/** @returns everything that the lines print */
export async function runCurl(servers: Servers, row: ProofRow): Promise<string> {
  buckets += 1;
  const bucket = `curl-${buckets}-${APPID}`;
  const world = new Map([['bucket', bucket]]);
  let server = await servers.of(row);
  if (row.noBucket !== true) await ask(server.port, { method: 'PUT', target: '/', body: '' }, world);
  const parts = setupLines(row);
  const restarts = (row.setup ?? []).flatMap((step) => ('restart' in step ? [step.restart] : []));
  for (const [at, more] of restarts.entries()) {
    await shell(server, world, parts[at]!.join('\n'));
    server = await servers.again(server, [...(row.settings ?? []), ...more]);
  }
  return shell(server, world, [...parts.at(-1)!, requestLines(row)].join('\n'));
}

export interface SdkFailure {
  readonly statusCode: number;
  readonly code: string;
}

/** @returns what the statements fail with; undefined when they succeed */
export async function runSdk(servers: Servers, row: ProofRow, code: string): Promise<SdkFailure | undefined> {
  const { server, bucket, world } = await prepare(servers, row);
  const options = {
    SecretId: SECRET_ID,
    SecretKey: SECRET_KEY,
    Protocol: 'http:',
    Ip: `127.0.0.1:${server.port}`,
  };
  const values: Record<string, unknown> = {
    ...Object.fromEntries(world),
    COS,
    options,
    cos: new COS(options as COS.COSOptions),
    Bucket: bucket,
    Region: REGION,
  };
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<void>;
  try {
    await new AsyncFunction(...Object.keys(values), code)(...Object.values(values));
    return undefined;
  } catch (error) {
    const { statusCode = 0, code: named } = error as { statusCode?: number; code?: string };
    if (named === undefined || statusCode === 0) throw error;
    return { statusCode, code: named };
  }
}
