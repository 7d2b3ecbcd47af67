/** cos-nodejs-sdk-v5, 3.x and 2.15.x: spec/clients.md §4.1. */
import { PROGRAM, trusting } from '../captions.ts';
import { address, ownServiceHost, single } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

const PACKAGE = 'cos-nodejs-sdk-v5';

const keys = (server: ServerFacts) =>
  `SecretId: ${single(server.secretId)}, SecretKey: ${single(server.secretKey)}, Protocol: '${server.scheme}:'`;

export function nodeByAddress(server: ServerFacts): string {
  return `new COS({ ${keys(server)}, Ip: ${single(address(server))} })`;
}

/** What stands beside the keys. */
export function nodeNames(server: ServerFacts): string {
  const domain = `{Bucket}.cos.{Region}.${server.domain}:${server.port}`;
  return `Domain: ${single(domain)}, ServiceDomain: ${single(ownServiceHost(server))}`;
}

const nodeByName = (server: ServerFacts) => `new COS({ ${keys(server)}, ${nodeNames(server)} })`;
const nodeByProxy = (server: ServerFacts) =>
  `new COS({ ${keys(server)}, Proxy: ${single(`http://${address(server)}`)}, Tunnel: false })`;

function program(server: ServerFacts, made: string): readonly Snippet[] {
  const text = `import COS from ${single(PACKAGE)};

const cos = ${made};
const place = { Bucket: ${single(server.bucket)}, Region: ${single(server.region)} };
await cos.putBucket(place).catch((error) => {
  if (error.code !== 'BucketAlreadyOwnedByYou') throw error;
});
await cos.putObject({ ...place, Key: 'hello.txt', Body: 'hello from Node.js' });
const { Body } = await cos.getObject({ ...place, Key: 'hello.txt' });
console.log(Body.toString());`;
  return [...trusting(server, 'NODE_EXTRA_CA_CERTS'), { caption: PROGRAM, language: 'js', file: 'hello.mjs', text }];
}

export const node: Client = {
  id: 'node',
  title: `Node.js: ${PACKAGE}`,
  aliases: ['nodejs', PACKAGE],
  forms: {
    ip: (server) => program(server, nodeByAddress(server)),
    domain: (server) => program(server, nodeByName(server)),
    proxy: (server) => program(server, nodeByProxy(server)),
    https: (server) => program(server, nodeByAddress(server)),
  },
};
