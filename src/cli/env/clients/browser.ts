/** cos-js-sdk-v5 in a page: spec/clients.md §4.2. */
import { single } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';
import { nodeNames } from './node.ts';

function page(server: ServerFacts): readonly Snippet[] {
  const text = `const cos = new COS({
  SecretId: ${single(server.secretId)}, // for a try only: everybody who opens the page can read the keys
  SecretKey: ${single(server.secretKey)},
  Protocol: '${server.scheme}:',
  ${nodeNames(server).replace(', Serv', ',\n  Serv')},
});
await cos.putObject({ Bucket: ${single(server.bucket)}, Region: ${single(server.region)}, Key: 'hello.txt', Body: 'hello' });`;
  const caption = {
    en: "The bucket needs a CORS rule for the page's origin: methods PUT, GET, POST, DELETE, HEAD; headers `*`; exposed `ETag`, `Content-Length`, `x-cos-request-id`, `Date`.",
    zh: '存储桶需要为页面来源配置跨域规则：方法 PUT、GET、POST、DELETE、HEAD；头部 `*`；暴露 `ETag`、`Content-Length`、`x-cos-request-id`、`Date`。',
  };
  return [{ caption, language: 'js', text }];
}

export const browser: Client = {
  id: 'browser',
  title: 'Browser: cos-js-sdk-v5',
  aliases: ['js', 'cos-js-sdk-v5'],
  forms: { domain: page, https: page },
  note: {
    en: 'For `https`, the browser or the system must trust the certificate authority of the server.',
    zh: '使用 `https` 时，浏览器或系统需要信任服务器的证书颁发机构。',
  },
};
