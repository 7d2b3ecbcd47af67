/** go-sdk. */
import { type Client, Skipped } from '../../client.ts';

export const goSdk: Client = {
  name: 'go-sdk',
  title: 'go-sdk',
  async prepare() {
    throw new Skipped('later');
  },
};
