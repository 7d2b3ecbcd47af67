/** restic, built by Go's own modules. */
import { join } from 'node:path';
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { installGo } from '../../install.ts';

export const restic: Client = {
  name: 'restic',
  title: 'restic',
  s3: 's3-tools',
  async prepare(folder) {
    const command = 'github.com/restic/restic/cmd/restic';
    const version = installGo(folder, 'conformance/clients/restic', [], command, /restic\/restic v(\S+)/);
    const env = { CONFORMANCE_TOOL: join(folder, 'bin/restic') };
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'driver')], env };
    return { version, driver };
  },
};
