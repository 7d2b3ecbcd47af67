/** minio-js, the JavaScript client of MinIO. */
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { installNpm, npmVersion } from '../../install.ts';

export const minioJs: Client = {
  name: 'minio-js',
  title: 'minio-js',
  s3: 's3',
  async prepare(folder) {
    installNpm(folder, 'conformance/clients/minio-js');
    const args = [entryBeside(import.meta.url, 'driver')];
    const driver = { program: process.execPath, args, env: { CONFORMANCE_INSTALLED: folder } };
    return { version: npmVersion(folder, 'minio'), driver };
  },
};
