/** boto3: spec/clients.md §6. */
import { addressUrl, single } from '../../names.ts';
import { s3Client } from './client.ts';

export const boto3 = s3Client({
  id: 'boto3',
  title: 'boto3',
  language: 'python',
  text: (server) => `import boto3
from botocore.config import Config

s3 = boto3.client('s3', endpoint_url=${single(addressUrl(server))}, region_name=${single(server.region)},
                  aws_access_key_id=${single(server.secretId)}, aws_secret_access_key=${single(server.secretKey)},
                  config=Config(s3={'addressing_style': 'path'}))
print(s3.list_objects_v2(Bucket=${single(server.bucket)}).get('KeyCount'))`,
});
