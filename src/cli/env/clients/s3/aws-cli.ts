/** aws-cli: spec/clients.md §6. */
import { shell } from '../../names.ts';
import type { ServerFacts } from '../../types.ts';
import { s3Client } from './client.ts';

const keys = (server: ServerFacts) => `export AWS_ACCESS_KEY_ID=${shell(server.secretId)}
export AWS_SECRET_ACCESS_KEY=${shell(server.secretKey)}
export AWS_DEFAULT_REGION=${server.region}`;

export const awsCli = s3Client({
  id: 'aws-cli',
  title: 'aws-cli',
  aliases: ['aws'],
  language: 'sh',
  forms: ['ip', 'domain', 'https'],
  caVariable: 'AWS_CA_BUNDLE',
  unchanged: (server) => `${keys(server)}
aws s3 mb s3://${server.bucket}
echo 'hello from aws-cli' | aws s3 cp - s3://${server.bucket}/hello.txt
aws s3 ls s3://${server.bucket}`,
  text: (server, { url, pathStyle }) => `${keys(server)}
${pathStyle ? '' : 'aws configure set default.s3.addressing_style virtual\n'}aws --endpoint-url ${url} s3 mb s3://${server.bucket}
echo 'hello from aws-cli' | aws --endpoint-url ${url} s3 cp - s3://${server.bucket}/hello.txt
aws --endpoint-url ${url} s3 ls s3://${server.bucket}`,
});
