/** s3cmd. */
import { join } from 'node:path';
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { installPython, pythonVersion } from '../../install.ts';

export const s3cmd: Client = {
  name: 's3cmd',
  title: 's3cmd',
  s3: 's3-tools',
  async prepare(folder) {
    const python = installPython(folder, 'conformance/clients/s3cmd');
    const env = { CONFORMANCE_TOOL: join(folder, 'venv/bin/s3cmd') };
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'driver')], env };
    return { version: pythonVersion(python, 's3cmd'), driver };
  },
};
