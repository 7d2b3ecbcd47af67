/** cos-c-sdk-v5: spec/clients.md §4.8. */
import { CONFIGURE, proxied } from '../captions.ts';
import { addressUrl, double, ownEndpoint, shell, tencentEndpoint } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function options(server: ServerFacts, endpoint: string): Snippet {
  const text = `cos_request_options_t *options = cos_request_options_create(pool);
options->config = cos_config_create(options->pool);
cos_str_set(&options->config->endpoint, ${double(endpoint)});
cos_str_set(&options->config->access_key_id, ${double(server.secretId)});
cos_str_set(&options->config->access_key_secret, ${double(server.secretKey)});
cos_str_set(&options->config->appid, ${double(server.appid)});
options->config->is_cname = 0;
options->ctl = cos_http_controller_create(options->pool, 0);
cos_string_t bucket;
cos_str_set(&bucket, ${double(server.bucket)});`;
  return { caption: CONFIGURE, language: 'c', text };
}

const byName = (server: ServerFacts) => options(server, `${server.scheme}://${ownEndpoint(server)}`);

/** libcurl, unlike the tool curl, reads no variable. */
function trusted(server: ServerFacts): readonly Snippet[] {
  if (server.caFile === undefined) return [];
  const text = `sudo cp ${shell(server.caFile)} /usr/local/share/ca-certificates/cosette.crt
sudo update-ca-certificates`;
  const caption = {
    en: "libcurl asks the system's store of certificates; on Debian and Ubuntu:",
    zh: 'libcurl 使用系统证书库；在 Debian 和 Ubuntu 上：',
  };
  return [{ caption, language: 'sh', text }];
}

export const c: Client = {
  id: 'c',
  title: 'C: cos-c-sdk-v5',
  aliases: ['cos-c-sdk-v5'],
  forms: {
    proxy: (server) => [
      proxied(addressUrl(server), 'http_proxy'),
      options(server, `http://${tencentEndpoint(server)}`),
    ],
    domain: (server) => [byName(server)],
    https: (server) => [...trusted(server), byName(server)],
  },
};
