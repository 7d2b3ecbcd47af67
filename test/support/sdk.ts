/** The official Node SDKs, pointed at a server process. */
import COS3 from 'cos-nodejs-sdk-v5';
import COS2 from 'cos-nodejs-sdk-v5-2';
import { SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';

export type Sdk = COS3;

/** Both major versions with the same wire options: connections go to our address, names stay Tencent's. */
export const SDKS: readonly (readonly [name: string, make: (server: ServerProcess) => Sdk])[] = [
  ['3.0', (server) => new COS3(options(server))],
  ['2.15', (server) => new (COS2 as unknown as typeof COS3)(options(server))],
];

function options(server: ServerProcess): COS3.COSOptions {
  return {
    SecretId: SECRET_ID,
    SecretKey: SECRET_KEY,
    Protocol: 'http:',
    Ip: `127.0.0.1:${server.port}`,
  } as COS3.COSOptions;
}
