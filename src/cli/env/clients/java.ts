/** cos-java-sdk-v5: spec/clients.md §4.7. */
import { PROGRAM } from '../captions.ts';
import { address, double, ownServiceHost, shell } from '../names.ts';
import type { Client, ServerFacts, Snippet } from '../types.ts';

export const javaLine = (server: ServerFacts) =>
  `clientConfig.setHttpProtocol(HttpProtocol.http) and an EndpointResolver that returns ${double(address(server))}`;

const resolver = (server: ServerFacts) => `    config.setEndpointResolver(new EndpointResolver() {
      public String resolveGeneralApiEndpoint(String name) { return ${double(address(server))}; }
      public String resolveGetServiceApiEndpoint(String name) { return ${double(address(server))}; }
    });`;
const builder = (server: ServerFacts) => `    config.setEndpointBuilder(new EndpointBuilder() {
      public String buildGeneralApiEndpoint(String bucket) {
        return bucket + ${double(`.cos.${server.region}.${server.domain}:${server.port}`)};
      }
      public String buildGetServiceApiEndpoint() { return ${double(ownServiceHost(server))}; }
    });`;
const proxy = (server: ServerFacts) => `    config.setHttpProxyIp(${double(server.host)});
    config.setHttpProxyPort(${server.port});`;

function program(server: ServerFacts, connection: string): Snippet {
  const text = `import com.qcloud.cos.*;
import com.qcloud.cos.auth.BasicCOSCredentials;
import com.qcloud.cos.endpoint.*;
import com.qcloud.cos.http.HttpProtocol;
import com.qcloud.cos.region.Region;

public class Hello {
  public static void main(String[] args) {
    ClientConfig config = new ClientConfig(new Region(${double(server.region)}));
    config.setHttpProtocol(HttpProtocol.${server.scheme});
${connection}
    COSClient cos = new COSClient(
        new BasicCOSCredentials(${double(server.secretId)}, ${double(server.secretKey)}), config);
    String bucket = ${double(server.bucket)};
    if (!cos.doesBucketExist(bucket)) cos.createBucket(bucket);
    cos.putObject(bucket, "hello.txt", "hello from Java");
    System.out.println(cos.getObjectMetadata(bucket, "hello.txt").getContentLength());
    cos.shutdown();
  }
}`;
  return { caption: PROGRAM, language: 'java', file: 'Hello.java', text };
}

function trustStore(server: ServerFacts): readonly Snippet[] {
  if (server.caFile === undefined) return [];
  return [
    {
      caption: {
        en: "Put the server's certificate authority into a trust store and name it to the program:",
        zh: '把服务器的证书颁发机构放进信任库，并在启动程序时指定：',
      },
      language: 'sh',
      text: `keytool -importcert -noprompt -alias cosette -file ${shell(server.caFile)} -keystore cosette.p12 -storetype PKCS12 -storepass changeit
export JAVA_TOOL_OPTIONS="-Djavax.net.ssl.trustStore=cosette.p12 -Djavax.net.ssl.trustStorePassword=changeit"`,
    },
  ];
}

export const java: Client = {
  id: 'java',
  title: 'Java: cos_api (cos-java-sdk-v5)',
  aliases: ['cos_api', 'cos-java-sdk-v5'],
  forms: {
    ip: (server) => [program(server, resolver(server))],
    domain: (server) => [program(server, builder(server))],
    proxy: (server) => [program(server, proxy(server))],
    https: (server) => [...trustStore(server), program(server, builder(server))],
  },
};
