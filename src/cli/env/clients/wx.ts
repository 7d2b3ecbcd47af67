/** cos-wx-sdk-v5 in a WeChat mini program: spec/clients.md §4.3. */
import { single } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function program(server: ServerFacts): readonly Snippet[] {
  const { scheme, domain, port } = server;
  // The SDK takes the scheme from here, and only from here.
  const text = `const COS = require('cos-wx-sdk-v5');
const cos = new COS({
  SecretId: ${single(server.secretId)},
  SecretKey: ${single(server.secretKey)},
  Domain: ${single(`${scheme}://{Bucket}.cos.{Region}.${domain}:${port}`)},
  ServiceDomain: ${single(`${scheme}://service.cos.${domain}:${port}`)},
});
cos.putObject({ Bucket: ${single(server.bucket)}, Region: ${single(server.region)}, Key: 'hello.txt', Body: 'hello' }, console.log);`;
  const caption = {
    en: 'Switch the check of domain names off in the developer tools ("Details", "Local settings").',
    zh: '在开发者工具的“详情 → 本地设置”里勾选“不校验合法域名”。',
  };
  return [{ caption, language: 'js', text }];
}

export const wx: Client = {
  id: 'wx',
  title: 'WeChat mini program: cos-wx-sdk-v5',
  aliases: ['wechat', 'miniprogram', 'cos-wx-sdk-v5'],
  forms: { domain: program, https: program },
};
