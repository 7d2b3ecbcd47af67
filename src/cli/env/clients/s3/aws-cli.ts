/** aws-cli: spec/clients.md §6. */
import { addressUrl, shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const awsCli = s3Client({
  id: 'aws-cli',
  title: 'aws-cli',
  aliases: ['aws'],
  language: 'sh',
  text: (server) => `export AWS_ACCESS_KEY_ID=${shell(server.secretId)}
export AWS_SECRET_ACCESS_KEY=${shell(server.secretKey)}
export AWS_DEFAULT_REGION=${server.region}
aws --endpoint-url ${addressUrl(server)} s3 ls s3://${server.bucket}`,
});
