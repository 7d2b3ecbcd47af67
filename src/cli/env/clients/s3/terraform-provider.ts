/** Terraform's provider asks buckets through the S3 API: spec/clients.md §6. */
import { addressUrl, double } from '../../names.ts';
import { s3Client } from './client.ts';

export const terraformProvider = s3Client({
  id: 'terraform',
  title: 'Terraform: tencentcloud provider',
  aliases: ['terraform-provider'],
  language: 'hcl',
  file: 'main.tf',
  text: (server) => `provider "tencentcloud" {
  region     = ${double(server.region)}
  secret_id  = ${double(server.secretId)}
  secret_key = ${double(server.secretKey)}
  cos_domain = ${double(addressUrl(server))}
}`,
});
