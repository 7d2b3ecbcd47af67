/** `cosette env`: what to paste into a client so that it reaches this server. */
import { resolve } from 'node:path';
import { findFirstAccount, KEY_FILE } from '../../access/key-file.ts';
import type { ServerConfig } from '../../platform/config/index.ts';
import { factsFrom, type ReadyFile, readReadyFile } from './facts.ts';
import { CLIENTS, findClient } from './registry.ts';
import { type RenderOptions, renderClient, renderJson, renderList } from './render.ts';
import { type Client, KEY_PLACEHOLDER, type Lang, type Text } from './types.ts';

export interface EnvOptions {
  /** Ids and aliases; `all` for every client that works; none for the list. */
  readonly clients: readonly string[];
  readonly form: RenderOptions['form'];
  readonly lang: Lang;
  readonly readyFile?: string | undefined;
  readonly bucket?: string | undefined;
  readonly showSecret: boolean;
  readonly json: boolean;
}

/** A name that is no client's. */
export class UnknownClientError extends Error {
  constructor(name: string) {
    super(`there is no client ${JSON.stringify(name)}: \`cosette env\` lists them`);
    this.name = 'UnknownClientError';
  }
}

/**
 * @returns what to print
 * @throws UnknownClientError, ConfigError, KeyFileError; Node's own errors when a file cannot be read
 */
export async function clientEnvironment(config: ServerConfig, options: EnvOptions): Promise<string> {
  const clients = named(options.clients);
  const ready = options.readyFile === undefined ? undefined : await readReadyFile(options.readyFile);
  const dataDir = ready?.dataDir ?? config.data;
  const account = await findFirstAccount(dataDir, config.account);
  const server = factsFrom(config, ready, account, options);
  if (options.json) return renderJson(clients.length === 0 ? CLIENTS : clients, server, options);
  if (clients.length === 0) return renderList(server, options.lang);
  const parts = clients.map((client) => renderClient(client, server, { ...options, level: 1 }));
  if (server.secretKey === KEY_PLACEHOLDER) parts.unshift(`${keyHint(dataDir, account, ready)[options.lang]}\n`);
  return parts.join('\n');
}

/** `zh` when the locale is Chinese. */
export function langOf(env: Readonly<Record<string, string | undefined>>): Lang {
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value !== undefined && value !== '');
  return /^zh/i.test(locale ?? '') ? 'zh' : 'en';
}

function named(names: readonly string[]): readonly Client[] {
  const found = new Set<Client>();
  for (const name of names) {
    if (name.toLowerCase() === 'all') {
      for (const client of CLIENTS) found.add(client);
      continue;
    }
    const client = findClient(name);
    if (client === undefined) throw new UnknownClientError(name);
    found.add(client);
  }
  return [...found];
}

/** Where the key is that the placeholder stands for. */
function keyHint(
  dataDir: string,
  account: Awaited<ReturnType<typeof findFirstAccount>>,
  ready: ReadyFile | undefined,
): Text {
  const file = resolve(dataDir, KEY_FILE);
  if (account === undefined && ready === undefined) {
    return {
      en: `There is no key pair in ${resolve(dataDir)} yet: the first start of the server makes one. ${KEY_PLACEHOLDER} stands for the SecretKey, SECRET_ID for the SecretId.`,
      zh: `${resolve(dataDir)} 中还没有密钥：服务器首次启动时生成。下文的 ${KEY_PLACEHOLDER} 代表 SecretKey，SECRET_ID 代表 SecretId。`,
    };
  }
  if (account?.origin === 'file' && (ready?.secretId ?? account.secretId) === account.secretId) {
    return {
      en: `${KEY_PLACEHOLDER} stands for the SecretKey: \`secretKey\` in ${file}. --show-secret puts it in.`,
      zh: `下文的 ${KEY_PLACEHOLDER} 代表 SecretKey，即 ${file} 中的 \`secretKey\`；加 --show-secret 直接填入。`,
    };
  }
  return {
    en: `${KEY_PLACEHOLDER} stands for the SecretKey that the server was given (COSETTE_SECRET_KEY or its configuration file).`,
    zh: `下文的 ${KEY_PLACEHOLDER} 代表为服务器配置的 SecretKey（COSETTE_SECRET_KEY 或配置文件）。`,
  };
}
