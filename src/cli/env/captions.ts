/** Captions that several clients share. */

import { trust } from './names.ts';
import type { Form, ServerFacts, Snippet, Text } from './types.ts';

/** The title of each form. */
export const FORM_TITLES: Readonly<Record<Form, Text>> = {
  ip: { en: "The server's address", zh: '直接连接服务器地址' },
  domain: { en: 'Names of your own', zh: '使用自有域名' },
  proxy: { en: 'The server as HTTP proxy', zh: '把服务器当作 HTTP 代理' },
  https: { en: 'TLS', zh: 'TLS 加密连接' },
};

/** What must be true where a client is given names of the server's own. */
export function needsNames(server: ServerFacts): Text {
  const names = `*.cos.${server.region}.${server.domain}`;
  return {
    en: `\`${names}\` and \`service.cos.${server.domain}\` must resolve to \`${server.host}\`.`,
    zh: `\`${names}\` 和 \`service.cos.${server.domain}\` 需要解析到 \`${server.host}\`。`,
  };
}

export const PROGRAM: Text = {
  en: 'Makes a bucket, writes an object and reads it back.',
  zh: '创建存储桶，写入一个对象再读回来。',
};

export const CONFIGURE: Text = { en: 'Configuration.', zh: '配置。' };

export const COMMANDS: Text = { en: 'In a shell:', zh: '在终端执行：' };

export const BUCKET_FIRST: Text = {
  en: 'The bucket must exist: make it with an SDK or coscli.',
  zh: '存储桶需要先创建：可以使用 SDK 或 coscli。',
};

const TRUST: Text = {
  en: "Trust the server's certificate authority, in the shell that starts the program:",
  zh: '在启动程序的终端里信任服务器的证书颁发机构：',
};

const TRUST_PROXY: Text = {
  en: "Trust the server's certificate authority, in the same shell (`cosette trust` makes it where there is none yet):",
  zh: '在同一终端里信任服务器的证书颁发机构（尚未生成时，`cosette trust` 会生成）：',
};

const PROXY: Text = {
  en: 'Send its HTTP requests to the server, in the shell that starts the program:',
  zh: '在启动程序的终端里把它的 HTTP 请求发往服务器：',
};

/** Before the program: the variable of the certificate authority. Nothing without TLS. */
export function trusting(server: ServerFacts, variable: string, caption = TRUST): readonly Snippet[] {
  const text = trust(server, variable);
  return text === '' ? [] : [{ caption, language: 'sh', text }];
}

/** The same where the client speaks TLS through the server as its proxy. Nothing with a certificate of the operator's. */
export function trustingProxy(server: ServerFacts, variable: string): readonly Snippet[] {
  return trusting({ ...server, scheme: 'https' }, variable, TRUST_PROXY);
}

/** The variable that makes most HTTP clients use the server as their proxy. */
export function proxied(url: string, variable = 'HTTP_PROXY'): Snippet {
  return { caption: PROXY, language: 'sh', text: `export ${variable}=${url}` };
}
