/** coscli: spec/clients.md §4.6. */
import { COMMANDS, CONFIGURE, trusting } from '../captions.ts';
import { double, ownEndpoint, shell } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

const flags = (server: ServerFacts) =>
  `-e ${ownEndpoint(server)} -p ${server.scheme} -i ${shell(server.secretId)} -k ${shell(server.secretKey)} --init-skip`;

/** One command that needs no configuration file. */
export function coscliByName(server: ServerFacts): string {
  return `coscli ls cos://${server.bucket} ${flags(server)}`;
}

function snippets(server: ServerFacts): readonly Snippet[] {
  const file = `cos:
  base:
    secretid: ${double(server.secretId)}
    secretkey: ${double(server.secretKey)}
    sessiontoken: ""
    protocol: ${server.scheme}
    disableencryption: "true"
    closeautoswitchhost: "true"
  buckets:
    - name: ${server.bucket}
      alias: example
      endpoint: ${ownEndpoint(server)}`;
  const once = { en: 'Or without a file:', zh: '或者不使用配置文件：' };
  return [
    ...trusting(server, 'SSL_CERT_FILE'),
    { caption: CONFIGURE, language: 'yaml', file: '~/.cos.yaml', text: file },
    {
      caption: COMMANDS,
      language: 'sh',
      text: 'coscli mb cos://example\necho hello > hello.txt\ncoscli cp hello.txt cos://example/hello.txt\ncoscli ls cos://example'.replace(
        'mb cos://example',
        `mb cos://${server.bucket} -e ${ownEndpoint(server)}`,
      ),
    },
    { caption: once, language: 'sh', text: coscliByName(server) },
  ];
}

export const coscli: Client = {
  id: 'coscli',
  title: 'coscli',
  forms: { domain: snippets, https: snippets },
};
