/** The command line of AWS, version 1: the one that pip installs. */
import { join } from 'node:path';
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { installPython, pythonVersion } from '../../install.ts';

export const awsCli: Client = {
  name: 'aws-cli',
  title: 'AWS CLI',
  s3: 's3-tools',
  async prepare(folder) {
    const python = installPython(folder, 'conformance/clients/aws-cli');
    const env = { CONFORMANCE_TOOL: join(folder, 'venv/bin/aws') };
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'driver')], env };
    return { version: pythonVersion(python, 'awscli'), driver };
  },
};
