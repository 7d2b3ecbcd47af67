/** Milvus: spec/clients.md §7. */
import { double } from '../../names.ts';
import { s3Client } from './client.ts';

export const milvus = s3Client({
  id: 'milvus',
  title: 'Milvus',
  language: 'yaml',
  file: 'milvus.yaml',
  forms: ['ip'],
  text: (server) => `minio:
  address: ${double(server.host)}
  port: ${server.port}
  accessKeyID: ${double(server.secretId)}
  secretAccessKey: ${double(server.secretKey)}
  useSSL: false
  bucketName: ${server.bucket}
  cloudProvider: aws
  region: ${server.region}
  useVirtualHost: false`,
});
