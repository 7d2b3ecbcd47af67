/** boto3: spec/clients.md §6. */
import { single } from '../../names.ts';
import type { ServerFacts } from '../../types.ts';
import { s3Client } from './client.ts';

/** @param rest of what the client is made with */
const program = (server: ServerFacts, imports: string, place: string, rest: string) => `${imports}

s3 = boto3.client('s3', ${place}region_name=${single(server.region)},
                  aws_access_key_id=${single(server.secretId)}, aws_secret_access_key=${single(server.secretKey)}${rest})
bucket = ${single(server.bucket)}
try:
    s3.create_bucket(Bucket=bucket${server.region === FIRST ? '' : `, CreateBucketConfiguration={'LocationConstraint': ${single(server.region)}}`})
except s3.exceptions.BucketAlreadyOwnedByYou:
    pass
s3.put_object(Bucket=bucket, Key='hello.txt', Body=b'hello from boto3')
print(s3.get_object(Bucket=bucket, Key='hello.txt')['Body'].read().decode())`;

/** The region that CreateBucket must not name. */
const FIRST = 'us-east-1';

export const boto3 = s3Client({
  id: 'boto3',
  title: 'boto3',
  language: 'python',
  file: 'hello_s3.py',
  forms: ['ip', 'domain', 'https'],
  caVariable: 'AWS_CA_BUNDLE',
  unchanged: (server) => program(server, 'import boto3', '', ''),
  text: (server, { url, pathStyle }) =>
    program(
      server,
      'import boto3\nfrom botocore.config import Config',
      `endpoint_url=${single(url)}, `,
      `,\n                  config=Config(s3={'addressing_style': ${single(pathStyle ? 'path' : 'virtual')}})`,
    ),
});
