/** JuiceFS with the Go SDK: spec/clients.md §6. */
import { BUCKET_FIRST, proxied, trusting } from '../captions.ts';
import { addressUrl, ownBucketHost, shell, tencentBucketHost } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function format(server: ServerFacts, host: string): Snippet {
  const text = `juicefs format --storage cos --bucket ${server.scheme}://${host} \\
  --access-key ${shell(server.secretId)} --secret-key ${shell(server.secretKey)} \\
  sqlite3://juicefs.db example`;
  return { caption: BUCKET_FIRST, language: 'sh', text };
}

const byName = (server: ServerFacts) => [...trusting(server, 'SSL_CERT_FILE'), format(server, ownBucketHost(server))];

export const juicefs: Client = {
  id: 'juicefs',
  title: 'JuiceFS',
  forms: {
    domain: byName,
    proxy: (server) => [proxied(addressUrl(server)), format(server, tencentBucketHost(server))],
    https: byName,
  },
};
