/** boto3: spec/clients.md §6. */
import { single } from '../../names.ts';
import { s3Client } from './client.ts';

export const boto3 = s3Client({
  id: 'boto3',
  title: 'boto3',
  language: 'python',
  file: 'hello_s3.py',
  forms: ['ip', 'domain', 'https'],
  caVariable: 'AWS_CA_BUNDLE',
  text: (server, { url, pathStyle }) => `import boto3
from botocore.config import Config

s3 = boto3.client('s3', endpoint_url=${single(url)}, region_name=${single(server.region)},
                  aws_access_key_id=${single(server.secretId)}, aws_secret_access_key=${single(server.secretKey)},
                  config=Config(s3={'addressing_style': ${single(pathStyle ? 'path' : 'virtual')}}))
bucket = ${single(server.bucket)}
try:
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={'LocationConstraint': ${single(server.region)}})
except s3.exceptions.BucketAlreadyOwnedByYou:
    pass
s3.put_object(Bucket=bucket, Key='hello.txt', Body=b'hello from boto3')
print(s3.get_object(Bucket=bucket, Key='hello.txt')['Body'].read().decode())`,
});
