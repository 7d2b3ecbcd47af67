/** mc: spec/clients.md §6. */
import { addressUrl, shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const mc = s3Client({
  id: 'mc',
  title: 'MinIO client (mc)',
  language: 'sh',
  text: (server) =>
    `mc alias set cosette ${addressUrl(server)} ${shell(server.secretId)} ${shell(server.secretKey)} --api S3v4 --path on
mc ls cosette/${server.bucket}`,
});
