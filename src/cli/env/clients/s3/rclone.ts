/** rclone: spec/clients.md §6. */
import { addressUrl } from '../../names.ts';
import { s3Client } from './client.ts';

export const rclone = s3Client({
  id: 'rclone',
  title: 'rclone',
  language: 'ini',
  file: 'rclone.conf',
  text: (server) => `[cosette]
type = s3
provider = Other
access_key_id = ${server.secretId}
secret_access_key = ${server.secretKey}
endpoint = ${addressUrl(server)}
region = ${server.region}
force_path_style = true`,
});
