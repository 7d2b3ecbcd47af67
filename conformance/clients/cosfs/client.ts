/** cosfs, which mounts a bucket as a file system. */
import { type Client, Skipped } from '../../client.ts';

export const cosfs: Client = {
  name: 'cosfs',
  title: 'cosfs',
  async prepare() {
    throw new Skipped('no package registry has it, so that no driver could be tried');
  },
};
