/** What `cosette serve` prints once it listens: where it is, whose it is, and a line for each common client. */
import { resolve } from 'node:path';
import type { ServerConfig } from '../platform/config/index.ts';
import { coscliByName } from './env/clients/coscli.ts';
import { coscmdByName } from './env/clients/coscmd.ts';
import { curlLine } from './env/clients/curl.ts';
import { goByAddress } from './env/clients/go.ts';
import { javaLine } from './env/clients/java.ts';
import { nodeByAddress, nodeNames } from './env/clients/node.ts';
import { pythonByAddress } from './env/clients/python.ts';
import { factsOf } from './env/facts.ts';
import { addressUrl } from './env/names.ts';
import { exposureWarnings } from './exposure.ts';
import type { RunningServer } from './serve.ts';

export interface BannerOptions {
  readonly version: string;
  /** Show the SecretKey also when it was not made by this start. */
  readonly showSecret: boolean;
}

/** Source of the client lines: spec/clients.md §4. */
export function renderBanner(server: RunningServer, config: ServerConfig, options: BannerOptions): string {
  const { account } = server;
  const visible = options.showSecret || account.origin === 'generated';
  const place = factsOf({
    addresses: server.addresses,
    region: config.region,
    baseDomains: config.baseDomains,
    appid: account.appid,
    secretId: account.secretId,
    secretKey: visible ? account.secretKey : undefined,
  });
  const facts: [string, string][] = [
    ['Endpoint', `${addressUrl(place)}${server.addresses.length > 1 ? `  (listening on ${listening(server)})` : ''}`],
    ...tlsFact(server, config),
    ['Region', place.region],
    ['APPID', `${account.appid}  (bucket names end in -${account.appid})`],
    ['SecretId', account.secretId],
    ['SecretKey', secretLine(account.origin, visible, account.secretKey)],
    ['Data', resolve(server.dataDir)],
  ];
  if (config.durability === 'relaxed') {
    facts.push(['DURABILITY', 'RELAXED: acknowledged writes are not synced; a power loss may take them']);
  }
  const faulty = config.faults.nameProfileBuckets;
  if (faulty.length > 0) {
    facts.push(['FAULTS', `ON: objects of ${faulty.join(', ')} fail as their names say; not for production`]);
  }
  if (config.faults.rules) facts.push(['FAULTS', 'RULES ON: cosette fault makes requests fail; not for production']);
  if (config.faults.header) {
    facts.push(['FAULTS', 'HEADER ON: x-cosette-fault makes its request fail; not for production']);
  }
  if (config.testClock) facts.push(['TEST CLOCK', 'ON: cosette clock moves the time; not for production']);
  for (const warning of exposureWarnings(config, account)) facts.push(['NETWORK', warning]);
  const go = goByAddress(place);
  const clients: [string, string][] = [
    ['Node.js', nodeByAddress(place)],
    ['Python', pythonByAddress(place)],
    ['Go', `&cos.BaseURL{BucketURL: "${go.bucketUrl}", ServiceURL: "${go.serviceUrl}"} and client.Host = "${go.host}"`],
    ['Java', javaLine(place)],
  ];
  if (place.domain !== '') {
    clients.push(
      ['by name', `new COS({ …, Protocol: 'http:', ${nodeNames(place)} })`],
      ['coscli', coscliByName(place)],
      ['coscmd', coscmdByName(place)],
    );
  }
  clients.push(
    ['curl', `${curlLine(place)}  (other requests need a URL signed by an SDK's getObjectUrl)`],
    ['S3 tools', `endpoint ${addressUrl(place)}, path style  (cosette env aws-cli, boto3, rclone …)`],
    ['more', 'cosette env'],
  );
  let out = `Cosette ${options.version}: object storage that speaks the COS XML API\n\n`;
  for (const [name, value] of facts) out += `  ${name.padEnd(11)}${value}\n`;
  out += '\n';
  for (const [name, value] of clients) out += `  ${name.padEnd(11)}${value}\n`;
  return `${out}\n`;
}

function tlsFact(server: RunningServer, { tls }: ServerConfig): [string, string][] {
  const [first] = server.tlsAddresses;
  if (first === undefined) return [];
  const host = first.host === '0.0.0.0' ? '127.0.0.1' : first.host === '::' ? '::1' : first.host;
  const trusted = tls.cert === undefined ? 'cosette trust: how clients come to trust it' : `certificate: ${tls.cert}`;
  return [['TLS', `https://${host.includes(':') ? `[${host}]` : host}:${first.port}  (${trusted})`]];
}

function listening(server: RunningServer): string {
  return server.addresses.map(({ host }) => host).join(', ');
}

function secretLine(origin: RunningServer['account']['origin'], visible: boolean, secretKey: string): string {
  if (origin === 'generated') return `${secretKey}  (made just now, shown this once; kept in credentials.json)`;
  if (visible) return secretKey;
  return origin === 'file' ? 'in credentials.json of the data folder' : 'as configured';
}
