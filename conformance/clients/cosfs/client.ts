/** cosfs mounts a bucket: a program of its own, which Debian does not package. */
import { type Client, Skipped } from '../../client.ts';
import { need } from '../../install.ts';

export const cosfs: Client = {
  name: 'cosfs',
  title: 'cosfs',
  async prepare() {
    need('cosfs', ['--version']);
    throw new Skipped('its driver is not written');
  },
};
