/** A look at the server without keys. */
import { COMMANDS } from '../captions.ts';
import { addressUrl } from '../names.ts';
import type { Client, ServerFacts } from '../types.ts';

export const curlLine = (server: ServerFacts) => `curl ${addressUrl(server)}/_cosette/health/ready`;

export const curl: Client = {
  id: 'curl',
  title: 'curl',
  forms: { ip: (server) => [{ caption: COMMANDS, language: 'sh', text: curlLine(server) }] },
  note: {
    en: "Other requests need a signature, such as a URL of an SDK's `getObjectUrl`.",
    zh: '其他请求需要签名，例如用 SDK 的 `getObjectUrl` 生成 URL。',
  },
};
