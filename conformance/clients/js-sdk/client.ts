/** cos-js-sdk-v5, the SDK for browsers, on jsdom. */
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { installNpm, npmVersion } from '../../install.ts';

export const jsSdk: Client = {
  name: 'js-sdk',
  title: 'cos-js-sdk-v5 on jsdom',
  async prepare(folder) {
    installNpm(folder, 'conformance/clients/js-sdk');
    const args = [entryBeside(import.meta.url, 'driver')];
    const driver = { program: process.execPath, args, env: { CONFORMANCE_INSTALLED: folder } };
    return { version: npmVersion(folder, 'cos-js-sdk-v5'), driver };
  },
};
