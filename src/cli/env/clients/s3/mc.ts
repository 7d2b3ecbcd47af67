/** mc: spec/clients.md §6. */
import { shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const mc = s3Client({
  id: 'mc',
  title: 'MinIO client (mc)',
  language: 'sh',
  forms: ['ip', 'https'],
  caVariable: 'SSL_CERT_FILE',
  text: (server, { url }) =>
    `mc alias set cosette ${url} ${shell(server.secretId)} ${shell(server.secretKey)} --api S3v4 --path on
mc mb --ignore-existing cosette/${server.bucket}
mc ls cosette/${server.bucket}`,
});
