/** rclone, as what any S3 is to it, and as what COS is to it. */
import { join } from 'node:path';
import { entryBeside } from '../../../bench/entry.ts';
import type { Client } from '../../client.ts';
import { installGo } from '../../install.ts';

const FOLDER = 'conformance/clients/rclone';

const rcloneAs = (name: string, provider: string): Client => ({
  name,
  title: `rclone, provider ${provider}`,
  s3: 's3-tools',
  async prepare(folder) {
    const version = installGo(folder, FOLDER, ['main.go'], '.', /rclone\/rclone v(\S+)/);
    const env = { CONFORMANCE_TOOL: join(folder, 'bin/rclone'), CONFORMANCE_PROVIDER: provider };
    const driver = { program: process.execPath, args: [entryBeside(import.meta.url, 'driver')], env };
    return { version, driver };
  },
});

export const rclone = rcloneAs('rclone', 'Other');
export const rcloneTencent = rcloneAs('rclone-tencent', 'TencentCOS');
