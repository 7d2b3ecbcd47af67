/** coscli, the command line tool on the Go SDK. */
import { type Client, Skipped } from '../../client.ts';

export const coscli: Client = {
  name: 'coscli',
  title: 'coscli',
  async prepare() {
    throw new Skipped('no package registry has it, so that no driver could be tried');
  },
};
