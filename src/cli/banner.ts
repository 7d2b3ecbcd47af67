/** What `cosette serve` prints once it listens: where it is, whose it is, and a line for each common client. */
import { resolve } from 'node:path';
import type { ServerConfig } from '../platform/config/index.ts';
import type { RunningServer } from './serve.ts';

export interface BannerOptions {
  readonly version: string;
  /** Show the SecretKey also when it was not made by this start. */
  readonly showSecret: boolean;
}

/** Source of the client lines: spec/clients.md §4. */
export function renderBanner(server: RunningServer, config: ServerConfig, options: BannerOptions): string {
  const { account } = server;
  const address = reachable(server.addresses);
  const port = address.port;
  const endpoint = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}`;
  const visible = options.showSecret || account.origin === 'generated';
  const id = account.secretId;
  const key = visible ? account.secretKey : 'SECRET_KEY';
  const region = config.region;
  const bucket = `examplebucket-${account.appid}`;
  // A name of our own for clients that take no address: the first base domain that is not the service's.
  const domain = config.baseDomains.find((name) => !TENCENT.has(name));
  const named = domain === undefined ? undefined : `cos.${region}.${domain}:${port}`;
  const facts: [string, string][] = [
    ['Endpoint', `http://${endpoint}${server.addresses.length > 1 ? `  (listening on ${listening(server)})` : ''}`],
    ['Region', region],
    ['APPID', `${account.appid}  (bucket names end in -${account.appid})`],
    ['SecretId', id],
    ['SecretKey', secretLine(account.origin, visible, account.secretKey)],
    ['Data', resolve(server.dataDir)],
  ];
  if (config.durability === 'relaxed') {
    facts.push(['DURABILITY', 'RELAXED: acknowledged writes are not synced; a power loss may take them']);
  }
  const clients: [string, string][] = [
    ['Node.js', `new COS({ SecretId: '${id}', SecretKey: '${key}', Protocol: 'http:', Ip: '${endpoint}' })`],
    [
      'Python',
      `CosConfig(Region='${region}', SecretId='${id}', SecretKey='${key}', Scheme='http', IP='${address.host}', Port=${port}, ServiceDomain='${endpoint}')`,
    ],
    [
      'Go',
      `&cos.BaseURL{BucketURL: "http://${endpoint}", ServiceURL: "http://${endpoint}"} and client.Host = "${bucket}.cos.${region}.myqcloud.com"`,
    ],
    ['Java', `clientConfig.setHttpProtocol(HttpProtocol.http) and an EndpointResolver that returns "${endpoint}"`],
  ];
  if (named !== undefined) {
    clients.push(
      [
        'by name',
        `new COS({ …, Protocol: 'http:', Domain: '{Bucket}.cos.{Region}.${domain}:${port}', ServiceDomain: 'service.cos.${domain}:${port}' })`,
      ],
      ['coscli', `coscli ls cos://${bucket} -e ${named} -p http -i ${id} -k ${key} --init-skip`],
      ['coscmd', `coscmd config -a ${id} -s ${key} -b ${bucket} -e ${named} --do-not-use-ssl`],
    );
  }
  clients.push(
    [
      'curl',
      `curl http://${endpoint}/_cosette/health/ready  (other requests need a URL signed by an SDK's getObjectUrl)`,
    ],
    ['S3 tools', 'not yet: the S3 face is still to come'],
  );
  let out = `Cosette ${options.version}: object storage that speaks the COS XML API\n\n`;
  for (const [name, value] of facts) out += `  ${name.padEnd(11)}${value}\n`;
  out += '\n';
  for (const [name, value] of clients) out += `  ${name.padEnd(11)}${value}\n`;
  return `${out}\n`;
}

const TENCENT: ReadonlySet<string> = new Set(['myqcloud.com', 'tencentcos.cn']);

/** The first address as a client on this machine can use it. */
function reachable(addresses: RunningServer['addresses']): { host: string; port: number } {
  const { host = '127.0.0.1', port = 0 } = addresses[0] ?? {};
  return { host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host, port };
}

function listening(server: RunningServer): string {
  return server.addresses.map(({ host }) => host).join(', ');
}

function secretLine(origin: RunningServer['account']['origin'], visible: boolean, secretKey: string): string {
  if (origin === 'generated') return `${secretKey}  (made just now, shown this once; kept in credentials.json)`;
  if (visible) return secretKey;
  return origin === 'file' ? 'in credentials.json of the data folder' : 'as configured';
}
