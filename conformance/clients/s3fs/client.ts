/** s3fs, where the system has it and lets folders be mounted. */
import { accessSync, constants } from 'node:fs';
import { entryBeside } from '../../../bench/entry.ts';
import { type Client, Skipped } from '../../client.ts';
import { need } from '../../install.ts';

export const s3fs: Client = {
  name: 's3fs',
  title: 's3fs',
  s3: 's3-tools',
  async prepare() {
    const version = /V(\S+)/.exec(need('s3fs', ['--version']))?.[1] ?? 'of no known version';
    need('fusermount', ['--version']);
    try {
      accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    } catch {
      throw new Skipped('folders cannot be mounted: there is no /dev/fuse');
    }
    return { version, driver: { program: process.execPath, args: [entryBeside(import.meta.url, 'driver')] } };
  },
};
