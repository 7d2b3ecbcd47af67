/** cos-c-sdk-v5: spec/clients.md §4.8. */
import { CONFIGURE, proxied, trusting } from '../captions.ts';
import { addressUrl, double, ownEndpoint, tencentEndpoint } from '../names.ts';
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

const byName = (server: ServerFacts) => [
  ...trusting(server, 'SSL_CERT_FILE'),
  options(server, `${server.scheme}://${ownEndpoint(server)}`),
];

export const c: Client = {
  id: 'c',
  title: 'C: cos-c-sdk-v5',
  aliases: ['cos-c-sdk-v5'],
  forms: {
    proxy: (server) => [
      proxied(addressUrl(server), 'http_proxy'),
      options(server, `http://${tencentEndpoint(server)}`),
    ],
    domain: byName,
    https: byName,
  },
};
