/** coscmd. */
import { type Client, Skipped } from '../../client.ts';

export const coscmd: Client = {
  name: 'coscmd',
  title: 'coscmd',
  async prepare() {
    throw new Skipped('later');
  },
};
