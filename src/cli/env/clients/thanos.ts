/** Thanos and what else uses thanos-io/objstore: spec/clients.md §7. */
import { BUCKET_FIRST, proxied, trusting } from '../captions.ts';
import { addressUrl, double, ownBucketHost, tencentBucketHost } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function config(server: ServerFacts, host: string): Snippet {
  const text = `type: COS
config:
  endpoint: ${server.scheme}://${host}
  secret_id: ${double(server.secretId)}
  secret_key: ${double(server.secretKey)}`;
  return { caption: BUCKET_FIRST, language: 'yaml', file: 'objstore.yml', text };
}

const byName = (server: ServerFacts) => [...trusting(server, 'SSL_CERT_FILE'), config(server, ownBucketHost(server))];

export const thanos: Client = {
  id: 'thanos',
  title: 'Thanos (thanos-io/objstore)',
  aliases: ['objstore'],
  forms: {
    domain: byName,
    proxy: (server) => [proxied(addressUrl(server)), config(server, tencentBucketHost(server))],
    https: byName,
  },
};
