/** cos-php-sdk-v5: spec/clients.md §4.8. */
import { PROGRAM } from '../captions.ts';
import { addressUrl, shell, single } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

const byAddress = ({ host, port }: ServerFacts) =>
  `    'ip' => ${single(host.includes(':') ? `[${host}]` : host)},\n    'port' => ${port},`;
/** The SDK puts the bucket, `cos` and the region before the endpoint. */
const byName = ({ domain, port }: ServerFacts) => `    'endpoint' => ${single(`${domain}:${port}`)},`;
const byProxy = (server: ServerFacts) => `    'proxy' => ${single(addressUrl(server))},`;

function program(server: ServerFacts, connection: string): Snippet {
  const text = `<?php
require 'vendor/autoload.php';

$cos = new Qcloud\\Cos\\Client([
    'region' => ${single(server.region)},
    'scheme' => '${server.scheme}',
${connection}
    'credentials' => ['secretId' => ${single(server.secretId)}, 'secretKey' => ${single(server.secretKey)}],
]);
$bucket = ${single(server.bucket)};
if (!$cos->doesBucketExist($bucket)) $cos->createBucket(['Bucket' => $bucket]);
$cos->putObject(['Bucket' => $bucket, 'Key' => 'hello.txt', 'Body' => 'hello from PHP']);
echo $cos->getObject(['Bucket' => $bucket, 'Key' => 'hello.txt'])['Body'], "\\n";`;
  return { caption: PROGRAM, language: 'php', file: 'hello.php', text };
}

function trusted(server: ServerFacts): readonly Snippet[] {
  if (server.caFile === undefined) return [];
  const file = shell(server.caFile);
  const caption = { en: "Start it with the server's certificate authority:", zh: '启动时指定服务器的证书颁发机构：' };
  return [{ caption, language: 'sh', text: `php -d curl.cainfo=${file} -d openssl.cafile=${file} hello.php` }];
}

export const php: Client = {
  id: 'php',
  title: 'PHP: cos-php-sdk-v5',
  aliases: ['cos-php-sdk-v5'],
  forms: {
    ip: (server) => [program(server, byAddress(server))],
    domain: (server) => [program(server, byName(server))],
    proxy: (server) => [program(server, byProxy(server))],
    https: (server) => [program(server, byName(server)), ...trusted(server)],
  },
};
