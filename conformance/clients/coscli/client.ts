/** coscli, the command line tool on the Go SDK: a program of its own, which no registry of packages has. */
import { type Client, Skipped } from '../../client.ts';
import { need } from '../../install.ts';

export const coscli: Client = {
  name: 'coscli',
  title: 'coscli',
  async prepare() {
    need('coscli', ['--version']);
    throw new Skipped('its driver is not written');
  },
};
