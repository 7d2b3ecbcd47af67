/** minio-js: spec/clients.md §6. */
import { single } from '../../names.ts';
import { s3Client } from './client.ts';

export const minioJs = s3Client({
  id: 'minio-js',
  title: 'minio-js',
  aliases: ['minio'],
  language: 'js',
  file: 'hello-minio.mjs',
  forms: ['ip', 'https'],
  caVariable: 'NODE_EXTRA_CA_CERTS',
  text: (server) => `import { Client } from ${single('minio')};

const client = new Client({
  endPoint: ${single(server.host)},
  port: ${server.port},
  useSSL: ${server.scheme === 'https'},
  pathStyle: true,
  region: ${single(server.region)},
  accessKey: ${single(server.secretId)},
  secretKey: ${single(server.secretKey)},
});
const bucket = ${single(server.bucket)};
if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket, ${single(server.region)});
await client.putObject(bucket, 'hello.txt', 'hello from minio-js');
for await (const chunk of await client.getObject(bucket, 'hello.txt')) process.stdout.write(chunk);`,
});
