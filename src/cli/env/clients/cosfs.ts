/** cosfs: spec/clients.md §5. */
import { BUCKET_FIRST, proxied, trusting } from '../captions.ts';
import { addressUrl, ownEndpoint, shell, tencentEndpoint } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function mount(server: ServerFacts, endpoint: string): Snippet {
  const text = `(umask 077 && echo ${shell(`${server.bucket}:${server.secretId}:${server.secretKey}`)} > ~/.passwd-cosfs)
mkdir -p ~/cos
cosfs ${server.bucket} ~/cos -ourl=${server.scheme}://${endpoint} -opasswd_file="$HOME/.passwd-cosfs"`;
  return { caption: BUCKET_FIRST, language: 'sh', text };
}

const byName = (server: ServerFacts) => [...trusting(server, 'CURL_CA_BUNDLE'), mount(server, ownEndpoint(server))];

export const cosfs: Client = {
  id: 'cosfs',
  title: 'cosfs',
  forms: {
    proxy: (server) => [proxied(addressUrl(server), 'http_proxy'), mount(server, tencentEndpoint(server))],
    domain: byName,
    https: byName,
  },
};
