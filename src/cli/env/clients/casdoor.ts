/** casdoor always asks Tencent's names over http: spec/clients.md §7. */
import { BUCKET_FIRST, proxied } from '../captions.ts';
import { addressUrl } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function provider(server: ServerFacts): readonly Snippet[] {
  const fields = {
    category: 'Storage',
    type: 'Tencent Cloud COS',
    clientId: server.secretId,
    clientSecret: server.secretKey,
    bucket: server.bucket,
    regionId: server.region,
  };
  return [
    proxied(addressUrl(server)),
    { caption: BUCKET_FIRST, language: 'json', text: JSON.stringify(fields, undefined, 2) },
  ];
}

export const casdoor: Client = { id: 'casdoor', title: 'casdoor', forms: { proxy: provider } };
