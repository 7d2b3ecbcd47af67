/** restic: spec/clients.md §6. */
import { shell } from '../../names.ts';
import { s3Client } from './client.ts';

export const restic = s3Client({
  id: 'restic',
  title: 'restic',
  language: 'sh',
  forms: ['ip', 'https'],
  text: (server, { url }) => {
    const trusted = server.scheme === 'https' && server.caFile !== undefined ? ` --cacert ${shell(server.caFile)}` : '';
    return `export AWS_ACCESS_KEY_ID=${shell(server.secretId)}
export AWS_SECRET_ACCESS_KEY=${shell(server.secretKey)}
restic -r s3:${url}/${server.bucket}/restic -o s3.region=${server.region}${trusted} init`;
  },
});
