/** s3fs: spec/clients.md §6. */
import { addressUrl, shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const s3fs = s3Client({
  id: 's3fs',
  title: 's3fs',
  language: 'sh',
  text: (server) => `(umask 077 && echo ${shell(`${server.secretId}:${server.secretKey}`)} > ~/.passwd-s3fs)
s3fs ${server.bucket} ~/cos -o url=${addressUrl(server)} -o use_path_request_style -o endpoint=${server.region}`,
});
