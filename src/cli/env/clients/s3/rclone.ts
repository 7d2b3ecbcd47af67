/** rclone: spec/clients.md §6. */
import { s3Client } from './client.ts';

/** The provider TencentCOS puts buckets into the host, which an address cannot have. */
export const rclone = s3Client({
  id: 'rclone',
  title: 'rclone',
  language: 'ini',
  file: 'rclone.conf',
  forms: ['ip', 'domain', 'https'],
  caVariable: 'SSL_CERT_FILE',
  text: (server, { url, pathStyle }) => `[cosette]
type = s3
provider = ${pathStyle ? 'Other' : 'TencentCOS'}
access_key_id = ${server.secretId}
secret_access_key = ${server.secretKey}
endpoint = ${url}
region = ${server.region}
force_path_style = ${pathStyle}`,
});
