/** coscmd: spec/clients.md §4.5. */
import { COMMANDS, proxied, trusting } from '../captions.ts';
import { addressUrl, ownEndpoint, shell, tencentEndpoint } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function configure(server: ServerFacts, endpoint: string): string {
  const plain = server.scheme === 'http' ? ' --do-not-use-ssl' : '';
  return `coscmd config -a ${shell(server.secretId)} -s ${shell(server.secretKey)} -b ${server.bucket} -e ${endpoint}${plain}`;
}

export const coscmdByName = (server: ServerFacts) => configure(server, ownEndpoint(server));

function commands(made: string): Snippet {
  return {
    caption: COMMANDS,
    language: 'sh',
    text: `${made}\ncoscmd createbucket  # once\necho hello > hello.txt\ncoscmd upload hello.txt hello.txt\ncoscmd list`,
  };
}

const byName = (server: ServerFacts) => [...trusting(server, 'REQUESTS_CA_BUNDLE'), commands(coscmdByName(server))];

export const coscmd: Client = {
  id: 'coscmd',
  title: 'coscmd',
  forms: {
    domain: byName,
    proxy: (server) => [proxied(addressUrl(server)), commands(configure(server, tencentEndpoint(server)))],
    https: byName,
  },
};
