/** cos-nodejs-sdk-v5 2.x, a development dependency of this repository. */
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { npmVersion } from '../../install.ts';

export const node2: Client = {
  name: 'node2',
  title: 'cos-nodejs-sdk-v5 2.x',
  async prepare() {
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'driver')] };
    return { version: npmVersion('.', 'cos-nodejs-sdk-v5-2'), driver };
  },
  async application() {
    const { version } = await this.prepare('');
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'application')] };
    const note =
      'the SDK sends by `request`, which reads `HTTPS_PROXY`; the presigned URL is read with the same package, since ' +
      '`http`, `https` and `fetch` of Node 20 do not';
    return { version, driver, trust: ['NODE_EXTRA_CA_CERTS'], note };
  },
};
