/** aws-sdk-js v3: spec/clients.md §6. */
import { addressUrl, single } from '../../names.ts';
import { s3Client } from './client.ts';

export const awsSdkJs = s3Client({
  id: 'aws-sdk-js',
  title: 'AWS SDK for JavaScript v3',
  aliases: ['aws-sdk-js-v3'],
  language: 'js',
  text: (server) => `import { ListObjectsV2Command, S3Client } from ${single('@aws-sdk/client-s3')};

const s3 = new S3Client({
  endpoint: ${single(addressUrl(server))},
  forcePathStyle: true,
  region: ${single(server.region)},
  credentials: { accessKeyId: ${single(server.secretId)}, secretAccessKey: ${single(server.secretKey)} },
});
console.log((await s3.send(new ListObjectsV2Command({ Bucket: ${single(server.bucket)} }))).KeyCount);`,
});
