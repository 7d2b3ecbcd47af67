/** Where the facts come from: a running server, its ready file, or the settings alone. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DEFAULT_APPID } from '../../access/key-file.ts';
import { ConfigError, type ServerConfig, valueAt } from '../../platform/config/index.ts';
import { KEY_PLACEHOLDER, type ServerFacts } from './types.ts';

interface Place {
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  readonly region: string;
  readonly baseDomains: readonly string[];
  readonly appid: string;
  readonly secretId: string;
  /** undefined: not shown. */
  readonly secretKey: string | undefined;
  readonly tlsPort?: number | undefined;
  readonly caFile?: string | undefined;
}

const AWS: ReadonlySet<string> = new Set(['amazonaws.com', 'amazonaws.com.cn']);
/** Domains of services, which nobody's own names lie below. */
const FOREIGN: ReadonlySet<string> = new Set(['myqcloud.com', 'tencentcos.cn', ...AWS]);
/** The file of the local authority in the data folder: its own module is heavy, and the banner must not wait for it. */
export const AUTHORITY: readonly string[] = ['tls', 'ca.crt'];
const EXAMPLE = 'examplebucket';
const MAX_READY_FILE = 64 * 1024;

export function factsOf(place: Place, bucket: string = EXAMPLE): ServerFacts {
  const { host = '127.0.0.1', port = 0 } = place.addresses[0] ?? {};
  const suffix = `-${place.appid}`;
  return {
    host: reachable(host),
    port,
    scheme: 'http',
    region: place.region,
    appid: place.appid,
    bucket: bucket.endsWith(suffix) ? bucket : `${bucket}${suffix}`,
    domain: place.baseDomains.find((name) => !FOREIGN.has(name)) ?? '',
    ...(place.baseDomains.some((name) => AWS.has(name)) ? { aws: true } : {}),
    secretId: place.secretId,
    secretKey: place.secretKey ?? KEY_PLACEHOLDER,
    tlsPort: place.tlsPort,
    caFile: place.caFile,
  };
}

/** An address to listen on as a client on this machine can use it. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** What `serve --ready-file` wrote; missing fields are the settings'. */
export interface ReadyFile {
  readonly addresses?: Place['addresses'];
  readonly region?: string;
  readonly dataDir?: string;
  readonly appid?: string;
  readonly secretId?: string;
  readonly tls?: { readonly port: number; readonly caFile: string };
}

/** @throws ConfigError when it is none; Node's own errors when it cannot be read */
export async function readReadyFile(file: string): Promise<ReadyFile> {
  const text = await readFile(file, 'utf8');
  let facts: unknown;
  try {
    facts = text.length > MAX_READY_FILE ? undefined : JSON.parse(text);
  } catch {
    facts = undefined;
  }
  if (!Array.isArray(valueAt(facts, ['addresses'])) || typeof valueAt(facts, ['secretId']) !== 'string') {
    const message = 'must be a file that `cosette serve --ready-file` wrote';
    throw new ConfigError([{ name: 'ready-file', source: 'flag --ready-file', value: file, message }]);
  }
  return facts as ReadyFile;
}

/** @param account the first account; undefined when no start has made one yet */
export function factsFrom(
  config: ServerConfig,
  ready: ReadyFile | undefined,
  account: { readonly appid: string; readonly secretId: string; readonly secretKey: string } | undefined,
  options: { readonly showSecret: boolean; readonly bucket?: string | undefined },
): ServerFacts {
  // Another folder's key is of no use to this server.
  const key = ready?.secretId === undefined || ready.secretId === account?.secretId ? account?.secretKey : undefined;
  const authority = resolve(ready?.dataDir ?? config.data, ...AUTHORITY);
  const place: Place = {
    addresses: ready?.addresses ?? config.host.map((host) => ({ host, port: config.port })),
    region: ready?.region ?? config.region,
    baseDomains: config.baseDomains,
    appid: ready?.appid ?? account?.appid ?? config.account.appid ?? DEFAULT_APPID,
    secretId: ready?.secretId ?? account?.secretId ?? 'SECRET_ID',
    secretKey: options.showSecret ? key : undefined,
    tlsPort: ready === undefined ? config.tls.port : ready.tls?.port,
    caFile: (ready?.tls?.caFile ?? config.tls.cert ?? authority) === authority ? authority : undefined,
  };
  return factsOf(place, options.bucket);
}
