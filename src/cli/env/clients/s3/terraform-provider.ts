/** Terraform's provider asks buckets through the S3 API, with the bucket in the host: spec/clients.md §6. */
import { double } from '../../names.ts';
import { s3Client } from './client.ts';

export const terraformProvider = s3Client({
  id: 'terraform',
  title: 'Terraform: tencentcloud provider',
  aliases: ['terraform-provider'],
  language: 'hcl',
  file: 'main.tf',
  forms: ['domain'],
  text: (server, { url }) => `provider "tencentcloud" {
  region     = ${double(server.region)}
  secret_id  = ${double(server.secretId)}
  secret_key = ${double(server.secretKey)}
  cos_domain = ${double(url)}
}`,
});
