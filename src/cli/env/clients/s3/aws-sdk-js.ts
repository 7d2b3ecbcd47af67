/** aws-sdk-js v3: spec/clients.md §6. */
import { single } from '../../names.ts';
import { s3Client } from './client.ts';

export const awsSdkJs = s3Client({
  id: 'aws-sdk-js',
  title: 'AWS SDK for JavaScript v3',
  aliases: ['aws-sdk-js-v3'],
  language: 'js',
  file: 'hello-s3.mjs',
  forms: ['ip', 'domain', 'https'],
  caVariable: 'NODE_EXTRA_CA_CERTS',
  text: (
    server,
    { url, pathStyle },
  ) => `import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from ${single('@aws-sdk/client-s3')};

const s3 = new S3Client({
  endpoint: ${single(url)},
  forcePathStyle: ${pathStyle},
  region: ${single(server.region)},
  credentials: { accessKeyId: ${single(server.secretId)}, secretAccessKey: ${single(server.secretKey)} },
});
const Bucket = ${single(server.bucket)};
await s3.send(new CreateBucketCommand({ Bucket })).catch((error) => {
  if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
});
await s3.send(new PutObjectCommand({ Bucket, Key: 'hello.txt', Body: 'hello from the SDK of AWS' }));
console.log(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'hello.txt' }))).Body.transformToString());`,
});
