/** qcloud-cos-sts: asks for temporary keys, which cos-nodejs-sdk-v5 then uses. Knows https names alone. */
import { entryBeside } from '../../../bench/entry.ts';
import { type Client, Skipped } from '../../client.ts';
import { installNpm, npmVersion } from '../../install.ts';

export const qcloudCosSts: Client = {
  name: 'qcloud-cos-sts',
  title: 'qcloud-cos-sts',
  async prepare() {
    throw new Skipped('it asks for temporary keys alone: see HTTPS_PROXY alone');
  },
  async application(folder) {
    installNpm(folder, 'conformance/clients/qcloud-cos-sts');
    const args = [entryBeside(import.meta.url, 'application')];
    const driver = { program: process.execPath, args, env: { CONFORMANCE_INSTALLED: folder } };
    const note = 'the package sends by `axios`, which reads `HTTPS_PROXY`; the keys are used with cos-nodejs-sdk-v5';
    return { version: npmVersion(folder, 'qcloud-cos-sts'), driver, trust: ['NODE_EXTRA_CA_CERTS'], note };
  },
};
