/** Every client, in the order of the list and the documents. */
import { browser } from './clients/browser.ts';
import { c } from './clients/c.ts';
import { casdoor } from './clients/casdoor.ts';
import { cloudreve } from './clients/cloudreve.ts';
import { cosbrowser } from './clients/cosbrowser.ts';
import { coscli } from './clients/coscli.ts';
import { coscmd } from './clients/coscmd.ts';
import { cosfs } from './clients/cosfs.ts';
import { cpp } from './clients/cpp.ts';
import { curl } from './clients/curl.ts';
import { dify } from './clients/dify.ts';
import { dotnet } from './clients/dotnet.ts';
import { go } from './clients/go.ts';
import { hadoop } from './clients/hadoop.ts';
import { java } from './clients/java.ts';
import { juicefs } from './clients/juicefs.ts';
import { node } from './clients/node.ts';
import { opendal } from './clients/opendal.ts';
import { php } from './clients/php.ts';
import { picgo } from './clients/picgo.ts';
import { python } from './clients/python.ts';
import { awsCli } from './clients/s3/aws-cli.ts';
import { awsSdkJs } from './clients/s3/aws-sdk-js.ts';
import { boto3 } from './clients/s3/boto3.ts';
import { mc } from './clients/s3/mc.ts';
import { milvus } from './clients/s3/milvus.ts';
import { minioJs } from './clients/s3/minio-js.ts';
import { rclone } from './clients/s3/rclone.ts';
import { restic } from './clients/s3/restic.ts';
import { s3cmd } from './clients/s3/s3cmd.ts';
import { s3fs } from './clients/s3/s3fs.ts';
import { terraformProvider } from './clients/s3/terraform-provider.ts';
import { terraformBackend } from './clients/terraform-backend.ts';
import { thanos } from './clients/thanos.ts';
import { wx } from './clients/wx.ts';
import { type Client, FORMS, type Form, type ServerFacts } from './types.ts';

export const CLIENTS: readonly Client[] = [
  ...[node, browser, wx, python, go, java, php, c, cpp, dotnet],
  ...[coscli, coscmd, cosfs, curl, cosbrowser],
  ...[hadoop, terraformBackend, juicefs, dify, cloudreve, thanos, picgo, opendal, casdoor],
  ...[awsCli, boto3, awsSdkJs, rclone, s3cmd, s3fs, mc, minioJs, restic, terraformProvider, milvus],
];

/** @param name id or alias, in any case */
export function findClient(name: string): Client | undefined {
  const wanted = name.toLowerCase();
  return CLIENTS.find(({ id, aliases }) => id === wanted || aliases?.includes(wanted));
}

/** The forms that both the client and this server have, the one to try first first. */
export function formsOf(client: Client, server: ServerFacts): readonly Form[] {
  const known = Object.keys(client.forms) as Form[];
  return known.filter((form) => isServed(form, server, client));
}

/** Own names need a domain, TLS a listener, and the names of AWS must be those of the server too. */
export function isServed(form: Form, server: ServerFacts, client: Client): boolean {
  if (form === 'proxy' && client.proxyOfAws === true) return server.aws === true;
  if (form === 'domain') return server.domain !== '';
  if (form === 'https') return server.domain !== '' && server.tlsPort !== undefined;
  return FORMS.includes(form);
}

/** The facts as a form sees them: TLS has a port of its own. */
export function seenBy(form: Form, server: ServerFacts): ServerFacts {
  return form === 'https' && server.tlsPort !== undefined
    ? { ...server, scheme: 'https', port: server.tlsPort }
    : server;
}
