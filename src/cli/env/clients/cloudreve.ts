/** Cloudreve 4: spec/clients.md §7. */
import { BUCKET_FIRST, trusting } from '../captions.ts';
import { ownBucketHost } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function policy(server: ServerFacts): readonly Snippet[] {
  const text = `Bucket:     ${server.bucket}
Endpoint:   ${server.scheme}://${ownBucketHost(server)}
SecretId:   ${server.secretId}
SecretKey:  ${server.secretKey}`;
  return [{ caption: BUCKET_FIRST, language: 'text', text }, ...trusting(server, 'SSL_CERT_FILE')];
}

export const cloudreve: Client = {
  id: 'cloudreve',
  title: 'Cloudreve',
  forms: { domain: policy, https: policy },
  note: {
    en: 'A storage policy of the type Tencent Cloud COS. Switch thumbnails by the store off: image processing is not offered. The browser uploads to the server itself and must resolve its name.',
    zh: '新建“腾讯云 COS”存储策略。请关闭存储端缩略图：本服务器不提供图片处理。浏览器会直接上传到服务器，因此也要能解析它的域名。',
  },
};
