/** s3cmd: spec/clients.md §6. */
import { address } from '../../names.ts';
import { s3Client } from './client.ts';

export const s3cmd = s3Client({
  id: 's3cmd',
  title: 's3cmd',
  language: 'ini',
  file: '~/.s3cfg',
  text: (server) => `[default]
access_key = ${server.secretId}
secret_key = ${server.secretKey}
host_base = ${address(server)}
host_bucket = ${address(server)}
bucket_location = ${server.region}
use_https = False`,
});
