/** cos-js-sdk-v5 in a page of a real Chromium, which is driven by its own protocol. */
import { existsSync } from 'node:fs';
import { entryBeside } from '../../../bench/entry.ts';
import { type Client, Skipped } from '../../client.ts';
import { installNpm, need } from '../../install.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromium: Client = {
  name: 'chromium',
  title: 'cos-js-sdk-v5 in Chromium',
  async prepare(folder) {
    const program = PLACES.find((path) => existsSync(path));
    if (program === undefined) throw new Skipped('Chromium is not on this machine');
    const version = /\d+(?:\.\d+)+/.exec(need(program, ['--version']))?.[0] ?? '';
    installNpm(folder, 'conformance/clients/chromium');
    const args = [entryBeside(import.meta.url, 'driver')];
    const env = { CONFORMANCE_INSTALLED: folder, CONFORMANCE_BROWSER: program };
    return { version, driver: { program: process.execPath, args, env } };
  },
};
