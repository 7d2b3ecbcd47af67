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
};
