/** @aws-sdk/client-s3 (version 3), a development dependency of this repository. */
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { npmVersion } from '../../install.ts';

export const awsSdkJs: Client = {
  name: 'aws-sdk-js',
  title: 'AWS SDK for JavaScript v3',
  s3: 's3',
  async prepare() {
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'driver')] };
    return { version: npmVersion('.', '@aws-sdk/client-s3'), driver };
  },
};
