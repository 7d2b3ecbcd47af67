/** s3fs: spec/clients.md §6. */
import { shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const s3fs = s3Client({
  id: 's3fs',
  title: 's3fs',
  language: 'sh',
  forms: ['ip', 'domain', 'https'],
  caVariable: 'CURL_CA_BUNDLE',
  text: (server, { url, pathStyle }) => {
    const style = pathStyle ? ' -o use_path_request_style' : '';
    return `(umask 077 && echo ${shell(`${server.secretId}:${server.secretKey}`)} > ~/.passwd-s3fs)
s3fs ${server.bucket} ~/cos -o url=${url}${style} -o endpoint=${server.region}`;
  },
});
