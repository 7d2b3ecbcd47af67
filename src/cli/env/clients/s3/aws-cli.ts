/** aws-cli: spec/clients.md §6. */
import { shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const awsCli = s3Client({
  id: 'aws-cli',
  title: 'aws-cli',
  aliases: ['aws'],
  language: 'sh',
  forms: ['ip', 'domain', 'https'],
  caVariable: 'AWS_CA_BUNDLE',
  text: (server, { url, pathStyle }) => `export AWS_ACCESS_KEY_ID=${shell(server.secretId)}
export AWS_SECRET_ACCESS_KEY=${shell(server.secretKey)}
export AWS_DEFAULT_REGION=${server.region}
${pathStyle ? '' : 'aws configure set default.s3.addressing_style virtual\n'}aws --endpoint-url ${url} s3 mb s3://${server.bucket}
echo 'hello from aws-cli' | aws --endpoint-url ${url} s3 cp - s3://${server.bucket}/hello.txt
aws --endpoint-url ${url} s3 ls s3://${server.bucket}`,
});
