/** The .NET SDK takes a colon in a host for IPv6, so that no name can have a port: spec/clients.md §4.8. */
import { CONFIGURE } from '../captions.ts';
import { double } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

function configure(server: ServerFacts): readonly Snippet[] {
  const text = `var config = new CosXmlConfig.Builder()
    .IsHttps(false)
    .SetAppid(${double(server.appid)})
    .SetRegion(${double(server.region)})
    .SetProxyHost(${double(server.host)})
    .SetProxyPort(${server.port})
    .Build();
var keys = new DefaultQCloudCredentialProvider(${double(server.secretId)}, ${double(server.secretKey)}, 600);
var cos = new CosXmlServer(config, keys);
cos.PutObject(new PutObjectRequest(${double(server.bucket)}, "hello.txt", System.Text.Encoding.UTF8.GetBytes("hello from .NET")));`;
  return [{ caption: CONFIGURE, language: 'csharp', text }];
}

export const dotnet: Client = {
  id: 'dotnet',
  title: '.NET: Tencent.QCloud.Cos.Sdk',
  aliases: ['.net', 'csharp', 'c#'],
  forms: { proxy: configure },
  note: {
    en: 'The SDK takes no port in names: names of your own need a server on port 80 or 443 (`SetEndpointSuffix`).',
    zh: '该 SDK 的域名里不能带端口：使用自有域名（`SetEndpointSuffix`）时，服务器须监听 80 或 443 端口。',
  },
};
