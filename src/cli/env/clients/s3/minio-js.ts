/** minio-js: spec/clients.md §6. */
import { single } from '../../names.ts';
import { s3Client } from './client.ts';

export const minioJs = s3Client({
  id: 'minio-js',
  title: 'minio-js',
  aliases: ['minio'],
  language: 'js',
  text: (server) => `import { Client } from ${single('minio')};

const client = new Client({
  endPoint: ${single(server.host)},
  port: ${server.port},
  useSSL: false,
  pathStyle: true,
  region: ${single(server.region)},
  accessKey: ${single(server.secretId)},
  secretKey: ${single(server.secretKey)},
});
console.log(await client.bucketExists(${single(server.bucket)}));`,
});
