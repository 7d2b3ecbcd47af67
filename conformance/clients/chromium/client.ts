/** chromium. */
import { type Client, Skipped } from '../../client.ts';

export const chromium: Client = {
  name: 'chromium',
  title: 'chromium',
  async prepare() {
    throw new Skipped('later');
  },
};
