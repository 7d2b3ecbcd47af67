/** docs/clients.md and docs/clients.zh-CN.md: every client in every form, with the values of a start without settings (and port 9443 for TLS). */
import { SETTINGS } from '../../platform/config/index.ts';
import { AUTHORITY, factsOf } from './facts.ts';
import { CLIENTS } from './registry.ts';
import { renderClient } from './render.ts';
import type { Lang, ServerFacts } from './types.ts';

/** The values of a start with `--tls-port 9443`, and no other settings. */
export function exampleFacts(): ServerFacts {
  const setting = (name: string) => SETTINGS.find((row) => row.name === name)?.fallback;
  return factsOf({
    addresses: [{ host: '127.0.0.1', port: setting('port') as number }],
    region: setting('region') as string,
    baseDomains: setting('baseDomains') as string[],
    appid: '1250000000',
    secretId: 'SECRET_ID',
    secretKey: undefined,
    tlsPort: 9443,
    caFile: ['cosette-data', ...AUTHORITY].join('/'),
  });
}

const HEADS: Readonly<Record<Lang, string>> = {
  en: `# Clients

[中文](clients.zh-CN.md)

<!-- Generated from src/cli/env by \`npm run docs\`. Do not edit. -->

What to give each client so that it reaches this server, with the values of a start without settings (and port 9443 for TLS). \`cosette env\` lists
the clients, \`cosette env <client>\` prints the same text with the values of your server, and with its keys:

\`\`\`sh
npm run cosette -- env node --data cosette-data --show-secret
npm run cosette -- env all --ready-file ready.json --form domain --lang zh
\`\`\`

\`SECRET_ID\` and \`SECRET_KEY\` are the key pair: \`cosette key show\` prints it. There are up to four ways to connect:

| form | what it does |
| --- | --- |
| \`ip\` | the client keeps Tencent's names and connects to the server's address: needs no DNS |
| \`domain\` | buckets have names under a domain of yours (\`--base-domains\`), which must resolve to the server |
| \`proxy\` | the client keeps Tencent's names and takes the server for its HTTP proxy: needs no DNS. Some clients of S3 keep the names of AWS, where the server has them (\`--base-domains amazonaws.com\`) |
| \`https\` | through the TLS listener (\`--tls-port\`); \`cosette trust\` tells about its certificate authority |
`,
  zh: `# 客户端配置

[English](clients.md)

<!-- 由 src/cli/env 通过 \`npm run docs\` 生成，请勿直接修改。 -->

各客户端连接本服务器所需的配置，取值为不加任何设置启动时的默认值（TLS 以 9443 端口为例）。\`cosette env\` 列出所有客户端，
\`cosette env <客户端>\` 按你的服务器的实际取值（包括密钥）打印同样的内容：

\`\`\`sh
npm run cosette -- env node --data cosette-data --show-secret
npm run cosette -- env all --ready-file ready.json --form domain --lang zh
\`\`\`

\`SECRET_ID\` 和 \`SECRET_KEY\` 是密钥对，可用 \`cosette key show\` 查看。连接方式最多有四种：

| 方式 | 说明 |
| --- | --- |
| \`ip\` | 客户端仍使用腾讯云域名，但直接连接服务器地址，不需要 DNS |
| \`domain\` | 存储桶使用自有域名（\`--base-domains\`），域名须解析到服务器 |
| \`proxy\` | 客户端仍使用腾讯云域名，把服务器当作 HTTP 代理，不需要 DNS。部分 S3 客户端可以沿用 AWS 的域名，前提是服务器已接管这些域名（\`--base-domains amazonaws.com\`） |
| \`https\` | 通过 TLS 监听（\`--tls-port\`）连接；\`cosette trust\` 说明它的证书颁发机构 |
`,
};

export function renderClientsMarkdown(lang: Lang): string {
  const server = exampleFacts();
  let out = HEADS[lang];
  for (const client of CLIENTS) {
    out += `\n${renderClient(client, server, { lang, form: 'all', level: 2 })}`;
  }
  return out;
}
