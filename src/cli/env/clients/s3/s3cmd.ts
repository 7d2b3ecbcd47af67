/** s3cmd: spec/clients.md §6. */
import { s3Client } from './client.ts';

export const s3cmd = s3Client({
  id: 's3cmd',
  title: 's3cmd',
  language: 'ini',
  file: '~/.s3cfg',
  forms: ['ip', 'domain', 'https'],
  text: (server, { host, pathStyle }) => {
    const lines = [
      '[default]',
      `access_key = ${server.secretId}`,
      `secret_key = ${server.secretKey}`,
      `host_base = ${host}`,
      `host_bucket = ${pathStyle ? host : `%(bucket)s.${host}`}`,
      `bucket_location = ${server.region}`,
    ];
    const secure = server.scheme === 'https';
    lines.push(`use_https = ${secure ? 'True' : 'False'}`);
    if (secure && server.caFile !== undefined) lines.push(`ca_certs_file = ${server.caFile}`);
    return lines.join('\n');
  },
});
