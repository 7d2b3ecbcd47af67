/** Apache OpenDAL, inside Databend, GreptimeDB, RisingWave, sccache and more: spec/clients.md §7. */
import { BUCKET_FIRST, proxied } from '../captions.ts';
import { addressUrl, shell, tencentEndpoint } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function snippets(server: ServerFacts): readonly Snippet[] {
  const sccache = `export SCCACHE_COS_BUCKET=${server.bucket}
export SCCACHE_COS_ENDPOINT=http://${tencentEndpoint(server)}
export TENCENTCLOUD_SECRET_ID=${shell(server.secretId)}
export TENCENTCLOUD_SECRET_KEY=${shell(server.secretKey)}`;
  const operator = `scheme = cos
bucket = ${server.bucket}
endpoint = http://${tencentEndpoint(server)}
secret_id = ${server.secretId}
secret_key = ${server.secretKey}`;
  return [
    proxied(addressUrl(server), 'http_proxy'),
    { caption: BUCKET_FIRST, language: 'ini', text: operator },
    { caption: { en: 'sccache:', zh: 'sccache：' }, language: 'sh', text: sccache },
  ];
}

export const opendal: Client = {
  id: 'opendal',
  title: 'Apache OpenDAL (Databend, GreptimeDB, RisingWave, sccache)',
  aliases: ['sccache', 'databend', 'greptimedb', 'risingwave'],
  forms: { proxy: snippets },
  note: {
    en: 'OpenDAL drops the port of an endpoint: names of your own need a server on port 80.',
    zh: 'OpenDAL 会丢掉 endpoint 里的端口：使用自有域名时，服务器须监听 80 端口。',
  },
};
