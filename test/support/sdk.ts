/** The official Node SDKs, pointed at a server process. */
import COS3 from 'cos-nodejs-sdk-v5';
import COS2 from 'cos-nodejs-sdk-v5-2';
import { SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';

/**
 * The SDK's own types lag behind what it does (VersionId, two spellings of versions …): any method, any fields.
 */
// biome-ignore lint/suspicious/noExplicitAny: the point of this type
export type Sdk = Record<keyof COS3, (parameters: Record<string, unknown>) => Promise<any>>;

/** An element of an answer. */
export type Entry = Readonly<Record<string, string>>;

/** Both major versions with the same wire options: connections go to our address, names stay Tencent's. */
export const SDKS: readonly (readonly [name: string, make: (server: ServerProcess, more?: COS3.COSOptions) => Sdk])[] =
  [
    ['3.0', (server, more) => new COS3(options(server, more)) as unknown as Sdk],
    ['2.15', (server, more) => new (COS2 as unknown as typeof COS3)(options(server, more)) as unknown as Sdk],
  ];

function options(server: ServerProcess, more: COS3.COSOptions = {}): COS3.COSOptions {
  return {
    ...more,
    SecretId: SECRET_ID,
    SecretKey: SECRET_KEY,
    Protocol: 'http:',
    Ip: `127.0.0.1:${server.port}`,
  } as COS3.COSOptions;
}
