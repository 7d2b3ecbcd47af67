/** cosfs. */
import { type Client, Skipped } from '../../client.ts';

export const cosfs: Client = {
  name: 'cosfs',
  title: 'cosfs',
  async prepare() {
    throw new Skipped('later');
  },
};
