/** restic: spec/clients.md §6. */
import { addressUrl, shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const restic = s3Client({
  id: 'restic',
  title: 'restic',
  language: 'sh',
  text: (server) => `export AWS_ACCESS_KEY_ID=${shell(server.secretId)}
export AWS_SECRET_ACCESS_KEY=${shell(server.secretKey)}
restic -r s3:${addressUrl(server)}/${server.bucket}/restic -o s3.region=${server.region} init`,
});
